"""What each factor does to the odds, all others held equal: logistic regression that no empty or full cell breaks.

Where some cells are all yes or all no, the likelihood of ordinary logistic regression has no maximum, and its estimates
run away. D. Firth, "Bias reduction of maximum likelihood estimates", Biometrika 80 (1993), 27-38, penalises it by half
the logarithm of the information's determinant: a maximum is always there, and less biased. Intervals and p-values
are of the profile of the penalised likelihood, since its estimates are skewed just where they are needed: G. Heinze,
M. Schemper, "A solution to the problem of separation in logistic regression", Statistics in Medicine 21 (2002),
2409-2419. Neither statsmodels nor scipy has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan, sqrt
from typing import TYPE_CHECKING

from turncoat.errors import UsageError
from turncoat.stats.estimate import Estimate, Told, check_level, undefined, within, z_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_STEPS = 200
_FARTHEST = 5.0  # that one step may go, in log-odds of a column from 0 to its largest
_NEAR = 1e-8  # of the penalised log-likelihood
_COLLINEAR = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A column's log-odds for each unit of it. Where `note` says that it cannot be told from others, they are NaN."""

    name: str
    log_odds: Estimate
    p: float
    note: str = ""


def firth(design: "Floats", outcome: "Floats", names: Sequence[str], *, level: float = 0.95) -> list[Term]:
    """A term for each column of `design` (rows, columns), in their order; the intercept is added, and not among them.

    `outcome`: of each row 0 or 1, or, as (rows, 2), how many were yes and how many no. Equal rows are counted together,
    so that the time goes with how many differ. A column that is a sum of others (or does not vary) is left out of the
    fit, and its term says so: give first those that are to stay. Without rollouts, or without any column left, all are
    NaN. UsageError for shapes that do not fit and numbers that are none.
    """
    check_level(level)
    fit = _Fit.of(design, outcome, names)
    told: Told = {"level": level, "n": fit.n if fit else 0, "method": "Firth, profile penalised likelihood"}
    if fit is None:
        return [Term(name=name, log_odds=undefined(**told), p=nan, note="no rollouts") for name in names]
    terms = []
    for place, (name, unit) in enumerate(zip(names, fit.scale, strict=True), start=1):
        if place in fit.hidden:
            others = [names[each - 1] for each in fit.hidden[place] if each]
            note = f"cannot be told apart from {', '.join(others)}" if others else "does not vary"
            terms.append(Term(name=name, log_odds=undefined(**told), p=nan, note=note))
            continue
        at = fit.kept.index(place)
        low, high = (fit.model.end(at, sign * z_of(level)) / unit for sign in (-1, 1))
        estimate = within(-inf, inf, float(fit.model.best[at]) / unit, low, high, **told)
        terms.append(Term(name=name, log_odds=estimate, p=fit.model.p_value((at,))))
    return terms


def firth_together(
    design: "Floats", outcome: "Floats", names: Sequence[str], groups: Sequence[Sequence[int]]
) -> list[float]:
    """For each group of columns (their places from 0) a p-value of all of them having no effect.

    By the ratio of penalised likelihoods with and without them, against chi-squared with as many degrees of freedom as
    columns (Heinze and Schemper 2002). Those that cannot be told apart from others are none of them; NaN where there is
    none. `design`, `outcome`, `names`, and UsageError as in `firth`.
    """
    fit = _Fit.of(design, outcome, names)
    if fit is None:
        return [nan] * len(groups)
    places = [[fit.kept.index(each + 1) for each in group if each + 1 in fit.kept] for group in groups]
    return [fit.model.p_value(each) if each else nan for each in places]


@dataclass(frozen=True, slots=True)
class _Fit:
    """A model of counted rows, each column scaled to at most 1, an intercept before them.

    `kept`: the columns that are in it. `hidden`: those that are sums of others, and of which.
    """

    n: int
    scale: list[float]
    kept: list[int]
    hidden: dict[int, list[int]]
    model: "_Model"

    @classmethod
    def of(cls, design: "Floats", outcome: "Floats", names: Sequence[str]) -> "_Fit | None":
        """None without rollouts or columns."""
        import numpy as np

        rows, yes, no = _counted(np.asarray(design, float), np.asarray(outcome, float), names)
        n = int(yes.sum() + no.sum())
        if n == 0 or not names:
            return None
        scale = np.maximum(np.abs(rows).max(axis=0), 1e-300)
        columns = np.column_stack([np.ones(len(rows)), rows / scale])
        kept, hidden = _independent(columns)
        return cls(n, scale.tolist(), kept, hidden, _Model(columns[:, kept], yes, yes + no))


def _counted(design: "Floats", outcome: "Floats", names: Sequence[str]) -> tuple["Floats", "Floats", "Floats"]:
    """The rows that differ, with how many of each were yes and no; those with neither are left out."""
    import numpy as np

    if design.ndim != 2 or design.shape[1] != len(names) or outcome.shape not in ((len(design),), (len(design), 2)):
        raise UsageError(
            f"A design of shape {design.shape} with {len(names)} names and outcomes of shape {outcome.shape}. Allowed: "
            "(rows, columns), a name for each column, and (rows,) of 0 or 1 or (rows, 2) of yes and no."
        )
    single = outcome.ndim == 1
    counts = np.column_stack([outcome, 1 - outcome]) if single else outcome
    if not np.isfinite(design).all() or not np.isfinite(counts).all() or (counts < 0).any():
        raise UsageError(
            f"Not a number, or not {'0 or 1' if single else 'a count'}, in a design or its outcomes. Allowed: finite "
            "numbers in the design; 0 and 1, or counts of yes and no from 0, as outcomes."
        )
    filled = np.flatnonzero(counts.sum(axis=1) > 0)
    first: dict[bytes, int] = {}  # numpy's own way is to sort the rows, which takes longer than the model
    where = [first.setdefault(design[row].tobytes(), len(first)) for row in filled]
    rows = np.zeros((len(first), design.shape[1]))
    rows[where] = design[filled]
    yes, no = (np.bincount(where, counts[filled, side], len(rows)) for side in (0, 1))
    return rows, np.asarray(yes, float), np.asarray(no, float)


def _independent(columns: "Floats") -> tuple[list[int], dict[int, list[int]]]:
    """The columns that are no sum of those before them; and of the others, of which ones they are."""
    import numpy as np

    kept: list[int] = []
    hidden: dict[int, list[int]] = {}
    for place, column in enumerate(columns.T):
        length = float(np.linalg.norm(column))
        shares = np.linalg.lstsq(columns[:, kept], column, rcond=None)[0] if kept else np.zeros(0)
        if length and np.linalg.norm(column - columns[:, kept] @ shares) > _COLLINEAR * length:
            kept.append(place)
        else:
            hidden[place] = [kept[n] for n in np.flatnonzero(np.abs(shares) > _COLLINEAR)]
    return kept, hidden


class _Model:
    """The penalised log-likelihood over independent columns, of which the first is the intercept."""

    def __init__(self, columns: "Floats", yes: "Floats", n: "Floats") -> None:
        import numpy as np

        self.columns, self.yes, self.n = columns, yes, n
        self._settle(np.zeros(columns.shape[1]))
        self._alone: dict[int, float] = {}
        # Cells that are all yes or all no may leave several best places; one that is higher without a column is better.
        place = 1
        while place < columns.shape[1]:
            beta, value = self._without((place,))
            self._alone[place] = value
            if value > self.highest + _NEAR * 100:
                self._settle(beta)
                place = 0
            place += 1

    def _settle(self, start: "Floats") -> None:
        import numpy as np

        self.best, self.highest, _ = self._climb(start)
        self.covariance = np.linalg.inv(self._at(self.best)[2])

    def _without(self, places: Sequence[int]) -> tuple["Floats", float]:
        """The best coefficients with these at zero, from two places on, and the value there."""
        near = self.best.copy()
        for place in places:
            near = near - self._along(place) * near[place]
        starts = [near, self.best.copy()]
        for start in starts:
            start[list(places)] = 0.0
        beta, value, _ = max((self._climb(start, places) for start in starts), key=lambda each: each[1])
        return beta, value

    def _at(self, beta: "Floats") -> tuple[float, "Floats", "Floats"]:
        """The penalised log-likelihood, its gradient, and the information; -inf where that is singular."""
        import numpy as np

        eta = self.columns @ beta
        rates = 0.5 * (1 + np.tanh(eta / 2))
        weighted = self.columns * np.sqrt(self.n * rates * (1 - rates))[:, None]
        information = weighted.T @ weighted
        try:
            half_logarithm = float(np.log(np.diag(np.linalg.cholesky(information))).sum())
            inverse = np.linalg.inv(information)
        except np.linalg.LinAlgError:
            return -inf, beta, information
        value = float(self.yes @ eta - self.n @ np.logaddexp(0, eta)) + half_logarithm
        leverage = ((weighted @ inverse) * weighted).sum(axis=1)
        gradient = self.columns.T @ (self.yes - self.n * rates + leverage * (0.5 - rates))
        return value, gradient, information

    def _climb(self, start: "Floats", fixed: Sequence[int] = ()) -> tuple["Floats", float, "Floats"]:
        """The best coefficients from `start` on, those `fixed` left as they are; the value and the gradient there."""
        import numpy as np

        free = [place for place in range(len(start)) if place not in fixed]
        square = np.ix_(free, free)
        beta, (value, gradient, information) = start, self._at(start)
        for _ in range(_STEPS):
            step = np.linalg.solve(information[square], gradient[free]) if free else np.zeros(0)
            gain = float(step @ gradient[free])
            if gain < _NEAR:
                break
            step = step * min(1.0, _FARTHEST / float(np.abs(step).max()))
            for _ in range(_STEPS):
                tried = beta.copy()
                tried[free] += step
                found = self._at(tried)
                if found[0] >= value - _NEAR / 100:
                    break
                step = step / 2
            beta, (value, gradient, information) = tried, found
        return beta, value, gradient

    def _along(self, place: int) -> "Floats":
        """How far the others go with this coefficient, for each unit of it; 1 for itself, exactly."""
        along: Floats = self.covariance[place] / self.covariance[place, place]
        along[place] = 1.0
        return along

    def p_value(self, places: Sequence[int]) -> float:
        """Of these columns having no effect, by the ratio of penalised likelihoods."""
        from scipy.special import chdtrc

        value = self._alone[places[0]] if len(places) == 1 else self._without(places)[1]
        return float(chdtrc(len(places), max(0.0, 2 * (self.highest - value))))

    def end(self, place: int, z: float) -> float:
        """Where the profile has fallen by z^2 / 2, above the best for z > 0 and below for z < 0.

        The root of the fall is nearly linear in the coefficient, so that Newton's steps find it in a few; where one
        leaves what is known to hold the end, that is halved, or doubled as long as nothing bounds it.
        """
        import numpy as np

        best, along = float(self.best[place]), self._along(place)
        inner, outer = best, nan
        beta, at = self.best, best + z * sqrt(self.covariance[place, place])
        for _ in range(_STEPS):
            beta, value, gradient = self._climb(beta + along * (at - beta[place]), (place,))
            slope = float(gradient[place])
            fallen = sqrt(max(0.0, 2 * (self.highest - value)))
            if abs(fallen - abs(z)) < 1e-5:
                # with cells all yes on one side and all no on the other, the rest may have two best places
                other, higher, _ = self._climb(self.best + np.eye(len(beta))[place] * (at - best), (place,))
                if higher < value + 1e-4:
                    break
                beta, outer = other, nan
                at += (at - best) / 100
                continue
            if fallen < abs(z):
                inner = at
            else:
                outer = at
            bound = outer if outer == outer else best + 3 * (at - best)
            step = (fallen - abs(z)) * fallen / slope if slope else inf
            following = at + step
            at = following if min(inner, bound) < following < max(inner, bound) else (inner + bound) / 2
        return at
