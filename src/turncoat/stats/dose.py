"""Dose and response: how a rate goes with a factor that is a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan

from turncoat.errors import UsageError
from turncoat.stats.estimate import Estimate, check_counts, check_level, undefined
from turncoat.stats.logistic import firth


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """`slope`: how the log-odds change with each `unit` more; `p`: of no slope, two-sided.

    NaN with fewer than two doses.
    """

    slope: Estimate
    unit: float
    p: float


def trend(points: Sequence[tuple[float, int, int]], *, unit: float = 1.0, level: float = 0.95) -> Trend:
    """The slope through points of (dose, yes, n), by `firth`: one straight line of log-odds, also where all are no.

    The p-value is near that of P. Armitage, "Tests for linear trends in proportions and frequencies", Biometrics 11
    (1955), 375-386, which asks the same without a slope. UsageError for counts that cannot be, doses that are no number
    and a `unit` that is not above 0.
    """
    check_level(level)
    for dose, yes, n in points:
        check_counts(yes=yes, n=n)
        if yes > n or not isfinite(dose):
            raise UsageError(f"A point that cannot be: {yes!r} of {n!r} at {dose!r}. Allowed: yes <= n, a number.")
    if not (isfinite(unit) and unit > 0):
        raise UsageError(f"Impossible unit of a dose: {unit!r}. Allowed: above 0.")
    full = [point for point in points if point[2]]
    method = "Firth, profile penalised likelihood"
    if len({dose for dose, _, _ in full}) < 2:
        n = sum(n for _, _, n in full)
        return Trend(slope=undefined(level=level, n=n, method=method), unit=unit, p=nan)
    import numpy as np

    doses = np.array([[dose / unit] for dose, _, _ in full])
    counts = np.array([[yes, n - yes] for _, yes, n in full], float)
    (term,) = firth(doses, counts, ["dose"], level=level)
    return Trend(slope=term.log_odds, unit=unit, p=term.p)
