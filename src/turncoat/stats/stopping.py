"""When enough has been seen of one rate, and what may then be said of it.

A rule that looks at the data while they come in chooses when to stop, so that an interval for a fixed number of
rollouts no longer holds what it promises. `width_reached` stops by precision; `e_values` and `confidence_sequence` may
be looked at after every rollout, for as long as one likes, and stopped for any reason.
"""

from functools import lru_cache
from math import exp, inf, log
from typing import NamedTuple

from turncoat.errors import UsageError
from turncoat.stats.estimate import Estimate, Told, check_counts, check_level, undefined, within
from turncoat.stats.rate import Rate

_PRIOR = 0.5
"""Beta(1/2, 1/2), Jeffreys' prior: what the mixture has learnt from is the data, near 0 and 1 too."""
_APART = 3.0
_MOST = 700.0  # of a logarithm whose exponential is still a number


class EValues(NamedTuple):
    """Evidence that a rate is below, or above, a limit: in [0, inf). 20 is what a level of 0.05 asks for."""

    below: float
    above: float


def width_reached(yes: int, n: int, half_width: float) -> bool:
    """Whether Wilson's 95 % interval of `yes` of `n` is at most 2 `half_width` wide; never without rollouts.

    What is then said of the rate is `stopped_interval`: Wilson's own holds it at some rates in only 84 to 92 %.
    """
    _check(yes, n)
    interval = Rate(yes=yes, no=n - yes).interval()
    return interval is not None and interval[1] - interval[0] <= 2 * half_width


def stopped_interval(yes: int, n: int, level: float = 0.95) -> Estimate:
    """The rate and its interval where `width_reached` chose when to stop; NaN without rollouts.

    The exact one of C. J. Clopper, E. S. Pearson, Biometrika 26 (1934), 404-413. For a fixed number of rollouts it is
    more careful than it says; what stopping takes from it leaves 93.5 % or more at every rate and 97 % on average
    (`benchmarks/sampling.py`, by counting, for looks of 10 to 25 at caps of 40 to 1,000).
    """
    _check(yes, n)
    check_level(level)
    told: Told = {"level": level, "n": n, "method": "Clopper-Pearson, stopped by width"}
    if n == 0:
        return undefined(**told)
    from scipy.stats import binomtest

    low, high = binomtest(yes, n).proportion_ci(confidence_level=level, method="exact")
    return within(0, 1, yes / n, low, high, **told)


def e_values(yes: int, n: int, below: float, above: float) -> EValues:
    """Evidence after `yes` of `n` that the rate is below `below`, and that it is above `above`.

    The likelihood's mean over Jeffreys' prior, cut to the rates that are claimed, over the likelihood at the limit. For
    every rate that is not claimed this is a supermartingale that starts at 1, so that the chance of ever seeing 1 /
    alpha or more is at most alpha, however often one looks (Ville's inequality): the one-sided case of H. Robbins,
    "Statistical methods related to the law of the iterated logarithm", Ann. Math. Statist. 41 (1970), 1397-1409; A.
    Ramdas, P. Grunwald, V. Vovk, G. Shafer, "Game-theoretic statistics and safe anytime-valid inference", Statistical
    Science 38 (2023), 576-601. A rate between the limits makes both claims false: where their odds are less than
    three times apart, so that either may well be made, each evidence counts half, which keeps both together within
    alpha. UsageError for limits outside (0, 1), and for a `below` above `above`.
    """
    _check(yes, n)
    for name, limit in (("below", below), ("above", above)):
        if not 0 < limit < 1:
            raise UsageError(f"Impossible limit of a rate: {name}={limit!r}. Allowed: between 0 and 1, such as 0.05.")
    if below > above:
        raise UsageError(f"below={below!r} is more than above={above!r}. Exchange them.")
    near = above * (1 - below) < _APART * below * (1 - above)
    share = 0.5 if near else 1.0
    return EValues(share * _e_value(yes, n, below), share * _e_value(n - yes, n, 1 - above))


def confidence_sequence(yes: int, n: int, level: float = 0.95) -> Estimate:
    """The rate and an interval that may be looked at after every rollout; NaN without any.

    All rates whose likelihood is more than 1 - level of its mean over Beta(1/2, 1/2): H. Robbins (1970), as above.
    """
    _check(yes, n)
    check_level(level)
    if n == 0:
        return undefined(level=level, n=0, method="confidence sequence")
    low = _sequence_low(yes, n, level)
    high = 1 - _sequence_low(n - yes, n, level)
    return within(0, 1, yes / n, low, high, level=level, n=n, method="confidence sequence, Beta(1/2, 1/2) mixture")


@lru_cache(maxsize=65536)
def _e_value(yes: int, n: int, below: float) -> float:
    from scipy.special import betainc, betaln

    a, b = yes + _PRIOR, n - yes + _PRIOR
    share = float(betainc(a, b, below))
    if share == 0:
        return 0.0
    evidence = float(betaln(a, b)) + log(share) - float(betaln(_PRIOR, _PRIOR))
    evidence -= log(float(betainc(_PRIOR, _PRIOR, below))) + _log_likelihood(yes, n, below)
    return exp(evidence) if evidence < _MOST else inf


@lru_cache(maxsize=65536)
def _sequence_low(yes: int, n: int, level: float) -> float:
    if yes == 0:
        return 0.0
    from scipy.optimize import brentq
    from scipy.special import betaln

    mean = float(betaln(yes + _PRIOR, n - yes + _PRIOR) - betaln(_PRIOR, _PRIOR))

    def room(rate: float) -> float:
        return mean - _log_likelihood(yes, n, rate) + log(1 - level)

    return float(brentq(room, 1e-300, yes / n, xtol=1e-12))


def _log_likelihood(yes: int, n: int, rate: float) -> float:
    from scipy.special import xlog1py, xlogy

    return float(xlogy(yes, rate) + xlog1py(n - yes, -rate))


def _check(yes: int, n: int) -> None:
    check_counts(yes=yes, n=n)
    if yes > n:
        raise UsageError(f"Counts that cannot be: {yes!r} of {n!r}. Allowed: at most all of them.")
