"""Rates where surfaces repeat: rollouts on one text are alike, and say less than as many on different ones.

A cluster is a surface: its name -> (yes, decided rollouts). What a cluster is worth is measured by how far their rates
are apart. With few clusters that is itself uncertain, which t quantiles pay for. Where no surface had both yes and no,
nothing speaks against the text deciding all (it does for an agent without chance): each surface counts once.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan, sqrt

from turncoat.errors import UsageError
from turncoat.stats.estimate import Estimate, Told, check_counts, check_level, undefined, within

Clusters = Mapping[Hashable, tuple[int, int]]
"""Of each surface: yes and decided rollouts."""

_SURE = 1e-12


def effective(rollouts: int, surfaces: int, correlation: float) -> float:
    """How many independent rollouts those of a cell are worth where rollouts on one surface go together.

    The design effect 1 + (m - 1) rho for clusters of m: L. Kish, "Survey Sampling" (1965), section 5.4.
    """
    return rollouts / (1 + max(0.0, rollouts / surfaces - 1) * correlation)


def clustered_rate(clusters: Sequence[tuple[int, int]], *, level: float = 0.95) -> Estimate:
    """yes / n over clusters of (yes, n), in [0, 1]; `n` counts the clusters. NaN without rollouts.

    Wilson's interval with the effective number of rollouts in place of theirs, and t quantiles of clusters - 1: E. L.
    Korn, B. I. Graubard, Survey Methodology 24 (1998), 193-201; N. Dean, M. Pagano, "Evaluating confidence interval
    methods for binomial proportions in clustered surveys", J. Surv. Stat. Methodol. 3 (2015), 484-503, who find it the
    best of those compared. The effective number is never more than the number. UsageError for counts that cannot be.
    """
    check_level(level)
    side = _Side.of([(1.0, dict(enumerate(clusters)))])
    told: Told = {"level": level, "n": 0, "method": "Wilson, effective size by clusters"}
    if side is None:
        return undefined(**told)
    told["n"] = side.clusters
    return within(0, 1, side.rate, *side.ends(level), **told)


def clustered_difference(strata: Sequence[tuple[Clusters, Clusters]], *, level: float = 0.95) -> Estimate:
    """The mean difference of two rates over strata of either side's clusters, in [-1, 1]; `n` counts the surfaces.

    A surface of the same name is the same one, on both sides and in all strata: what it does to both sides alike is
    taken out of the difference. Strata are weighted by n1 n2 / (n1 + n2); those with an empty side say nothing.
    Each side has its interval as in `clustered_rate`; both are put together by their distances from the estimate,
    with the correlation of the sides over surfaces: R. G. Newcombe, "Improved confidence intervals for the difference
    between binomial proportions based on paired data", Statistics in Medicine 17 (1998), 2635-2650; G. Y. Zou, A.
    Donner, Statistics in Medicine 27 (2008), 1693-1702. UsageError for counts that cannot be.
    """
    check_level(level)
    told: Told = {"level": level, "n": 0, "method": "square-and-add, effective size by clusters"}
    sides = _sides(strata)
    if sides is None:
        return undefined(**told)
    one, other = sides
    told["n"] = len(one.residuals.keys() | other.residuals.keys())
    return within(-1, 1, one.rate - other.rate, *_ends(one, other, level), **told)


def clustered_p_value(strata: Sequence[tuple[Clusters, Clusters]]) -> float:
    """The two-sided p-value of no difference: 1 - the level at which `clustered_difference` just holds 0.

    NaN where there is nothing to compare, or only one surface on a side.
    """
    sides = _sides(strata)
    if sides is None or min(side.clusters for side in sides) < 2:
        return nan
    one, other = sides
    apart = one.rate - other.rate
    if abs(apart) < _SURE:
        return 1.0

    def holds(level: float) -> bool:
        low, high = _ends(one, other, level)
        return low <= 0 <= high

    return 1 - _turning(holds)


def _turning(holds: Callable[[float], bool]) -> float:
    """The level from which on it holds, by halving 1 - level in its logarithm; at most 1 - 1e-12."""
    low, high = 1e-12, 1.0
    if not holds(1 - low):
        return 1 - low
    for _ in range(60):
        middle = sqrt(low * high)
        if middle < 1 and holds(1 - middle):
            low = middle
        else:
            high = middle
    return 1 - low


@dataclass(frozen=True, slots=True)
class _Side:
    """A weighted rate over strata; what each surface adds to its error; how many rollouts it is worth."""

    rate: float
    residuals: Mapping[Hashable, float]
    effective: float

    @property
    def clusters(self) -> int:
        return len(self.residuals)

    @classmethod
    def of(cls, strata: Sequence[tuple[float, Clusters]]) -> "_Side | None":
        """From strata with weights that sum to 1; None without rollouts."""
        for _, clusters in strata:
            for yes, n in clusters.values():
                check_counts(yes=yes, n=n)
                if yes > n:
                    raise UsageError(f"Counts that cannot be: {yes!r} of {n!r}. Allowed: at most all of them.")
        full = [(weight, clusters) for weight, clusters in strata if any(n for _, n in clusters.values())]
        if not full:
            return None
        rate = binomial = 0.0
        residuals: dict[Hashable, float] = {}
        told_apart = False
        for weight, clusters in full:
            n = sum(n for _, n in clusters.values())
            share = sum(yes for yes, _ in clusters.values()) / n
            rate += weight * share
            # rollouts of the whole that this stratum's weight makes of its own, if they were independent
            binomial += weight**2 / n
            for name, (yes, of) in clusters.items():
                if of:
                    residuals[name] = residuals.get(name, 0.0) + weight * (yes - share * of) / n
                    told_apart = told_apart or 0 < yes < of
        number = len(residuals)
        most = 1 / binomial
        spread = rate * (1 - rate)
        if number < 2 or spread < _SURE or not told_apart:
            return cls(rate, residuals, min(most, number))
        variance = number / (number - 1) * sum(each**2 for each in residuals.values())
        return cls(rate, residuals, min(most, spread / variance) if variance > _SURE * spread / most else most)

    def ends(self, level: float) -> tuple[float, float]:
        """Wilson's interval with t quantiles; of a single cluster, all that it could be."""
        if self.clusters < 2:
            return 0.0, 1.0
        from scipy.special import stdtrit

        square = float(stdtrit(self.clusters - 1, (1 + level) / 2)) ** 2 / self.effective
        centre = (self.rate + square / 2) / (1 + square)
        half = sqrt(square * self.rate * (1 - self.rate) + square**2 / 4) / (1 + square)
        return max(0.0, min(centre - half, self.rate)), min(1.0, max(centre + half, self.rate))


def _sides(strata: Sequence[tuple[Clusters, Clusters]]) -> tuple[_Side, _Side] | None:
    sizes = [tuple(sum(n for _, n in side.values()) for side in stratum) for stratum in strata]
    weights = [one * other / (one + other) if one and other else 0.0 for one, other in sizes]
    whole = sum(weights)
    if not whole:
        return None
    parts = [(weight / whole, stratum) for weight, stratum in zip(weights, strata, strict=True) if weight]
    one, other = (_Side.of([(weight, stratum[side]) for weight, stratum in parts]) for side in (0, 1))
    return (one, other) if one and other else None


def _ends(one: _Side, other: _Side, level: float) -> tuple[float, float]:
    if min(one.clusters, other.clusters) < 2:
        return -1.0, 1.0
    (low1, high1), (low2, high2) = one.ends(level), other.ends(level)
    alike = _correlation(one.residuals, other.residuals)
    apart = one.rate - other.rate

    def room(first: float, second: float) -> float:
        return sqrt(max(0.0, first**2 - 2 * alike * first * second + second**2))

    return apart - room(one.rate - low1, high2 - other.rate), apart + room(high1 - one.rate, other.rate - low2)


def _correlation(one: Mapping[Hashable, float], other: Mapping[Hashable, float]) -> float:
    """Of both sides' errors over surfaces, in [-1, 1]; 0 where either has none, or they share no surface."""
    both = sum(error * other[name] for name, error in one.items() if name in other)
    spread = sqrt(sum(each**2 for each in one.values()) * sum(each**2 for each in other.values()))
    return 0.0 if spread < _SURE or isnan(both) else max(-1.0, min(1.0, both / spread))
