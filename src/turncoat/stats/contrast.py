"""Rates compared: the difference of two, over strata of cells that are alike, and whether it could be chance.

Interval and p-value are one method, so that they never contradict each other: the score test that asks of every
possible difference whether the counts deny it. At a difference of 0 it is the Cochran-Mantel-Haenszel test.
"""

from collections.abc import Sequence
from math import sqrt
from typing import TYPE_CHECKING

from turncoat.errors import UsageError
from turncoat.stats.estimate import Estimate, Told, check_counts, check_level, undefined, within, z_of
from turncoat.stats.rate import Rate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Stratum2 = tuple[int, int, int, int]
"""Cells that are alike in all but what is compared: yes and decided rollouts of one side, then of the other."""

CORRECTION = 0.25
"""Of a rollout, for each side. Counts are whole numbers: two sides of equal size differ by steps of one rollout, and
half a step is what a continuous distribution has to give way. Without it the test errs in up to 7 % of studies of
unequal sides, and in 5.7 % of those of equal ones; with it in at most 5 % (`benchmarks/intervals.py`)."""

_EDGE = 1 - 1e-9


def difference(yes1: int, n1: int, yes2: int, n2: int, *, level: float = 0.95) -> Estimate:
    """The rate yes1 / n1 minus the rate yes2 / n2, in [-1, 1]; `stratified_difference` of a single stratum."""
    return stratified_difference([(yes1, n1, yes2, n2)], level=level)


def stratified_difference(strata: Sequence[Stratum2], *, level: float = 0.95) -> Estimate:
    """The mean over strata of the difference of two rates, in [-1, 1], weighted by n1 n2 / (n1 + n2); NaN without any.

    Score interval: O. Miettinen, M. Nurminen, "Comparative analysis of two rates", Statistics in Medicine 4 (1985),
    213-226, with Mantel-Haenszel weights, the rates under each difference in closed form as in C. P. Farrington,
    G. Manning, Statistics in Medicine 9 (1990), 1447-1454, and a continuity correction of `CORRECTION` rollouts a
    side (P. J. Laud, Pharmaceutical Statistics 16 (2017), 334-348, has it for any). Strata with an empty side say
    nothing and are left out. `n` counts the rollouts of the others. statsmodels 0.15 has it for one stratum, with a
    slip in that cubic, and fails without a yes. UsageError for counts that cannot be, and for an impossible `level`.
    """
    check_level(level)
    test = _Score.of(strata)
    told: Told = {"level": level, "n": 0, "method": "Miettinen-Nurminen score"}
    if test is None:
        return undefined(**told)
    told["n"] = test.n
    from scipy.optimize import brentq

    z = z_of(level)
    ends = []
    for sign, edge in ((1, -_EDGE), (-1, _EDGE)):
        if sign * test.z(edge) <= z:
            ends.append(edge / _EDGE)
        else:
            ends.append(brentq(lambda delta, sign=sign: sign * test.z(delta) - z, edge, test.estimate, xtol=1e-10))
    return within(-1, 1, test.estimate, *ends, **told)


def p_value(strata: Sequence[Stratum2]) -> float:
    """The two-sided p-value of no difference: below 1 - level where `stratified_difference` of that level excludes 0.

    The Cochran-Mantel-Haenszel test (N. Mantel, W. Haenszel, J. Natl. Cancer Inst. 22 (1959), 719-748) with half of its
    usual continuity correction. NaN where no stratum has both sides; 1 where all or none were yes.
    """
    from scipy.special import ndtr

    test = _Score.of(strata)
    return float("nan") if test is None else min(1.0, 2 * float(ndtr(-abs(test.z(0.0)))))


def difference_bounds(one: Rate, other: Rate) -> tuple[float, float] | None:
    """Where the rate of `one` minus that of `other` could be, had every rollout been decided; None without any.

    The worst cases of C. F. Manski, AER 80 (1990), 319-323, as in `Rate.bounds`.
    """
    if one.bounds is None or other.bounds is None:
        return None
    return one.bounds[0] - other.bounds[1], one.bounds[1] - other.bounds[0]


class _Score:
    """The score statistic of strata that have both sides."""

    def __init__(self, yes1: "Floats", n1: "Floats", yes2: "Floats", n2: "Floats") -> None:
        self.yes, self.n1, self.n2 = yes1 + yes2, n1, n2
        self.yes1 = yes1
        self.all = n1 + n2
        self.n = int(self.all.sum())
        self.weights = n1 * n2 / self.all
        self.total = float(self.weights.sum())
        self.estimate = float((self.weights * (yes1 / n1 - yes2 / n2)).sum()) / self.total

    @classmethod
    def of(cls, strata: Sequence[Stratum2]) -> "_Score | None":
        import numpy as np

        for yes1, n1, yes2, n2 in strata:
            check_counts(yes1=yes1, n1=n1, yes2=yes2, n2=n2)
            if yes1 > n1 or yes2 > n2:
                raise UsageError(
                    f"Counts that cannot be: {yes1!r} of {n1!r} and {yes2!r} of {n2!r}. Allowed: at most all of them."
                )
        full = [stratum for stratum in strata if stratum[1] and stratum[3]]
        return cls(*np.array(full, float).T) if full else None

    def z(self, delta: float) -> float:
        """How many standard errors the estimate lies above `delta`, after the correction."""
        import numpy as np

        rates1, rates2 = self._rates(delta)
        variances = (rates1 * (1 - rates1) / self.n1 + rates2 * (1 - rates2) / self.n2) * self.all / (self.all - 1)
        spread = sqrt(float((self.weights**2 * variances).sum())) / self.total
        apart = self.estimate - delta
        room = max(abs(apart) - CORRECTION / self.total, 0.0)
        return float(np.sign(apart)) * (room / spread if spread else (np.inf if room else 0.0))

    def _rates(self, delta: float) -> tuple["Floats", "Floats"]:
        """The most likely rates of either side of each stratum that are `delta` apart."""
        import numpy as np

        if delta == 0:
            return self.yes / self.all, self.yes / self.all
        yes2 = self.yes - self.yes1
        # the cubic a x^3 + b x^2 + c x + d of the likelihood's derivative in the other side's rate
        a = self.all
        b = (self.n1 + 2 * self.n2) * delta - self.all - self.yes
        c = (self.n2 * delta - self.all - 2 * yes2) * delta + self.yes
        d = yes2 * delta * (1 - delta)
        v = (b / (3 * a)) ** 3 - b * c / (6 * a * a) + d / (2 * a)
        u = np.where(v >= 0, 1.0, -1.0) * np.sqrt(np.maximum((b / (3 * a)) ** 2 - c / (3 * a), 0))
        ratio = np.divide(v, u**3, out=np.zeros_like(v), where=u != 0)
        angle = (np.pi + np.arccos(np.clip(ratio, -1, 1))) / 3
        rates2 = np.clip(2 * u * np.cos(angle) - b / (3 * a), max(0.0, -delta), min(1.0, 1 - delta))
        return np.clip(rates2 + delta, 0, 1), rates2
