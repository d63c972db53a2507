"""A contrast looked at several times, at equally spaced looks, without erring more often: O'Brien and Fleming's limits.

P. C. O'Brien, T. R. Fleming, "A multiple testing procedure for clinical trials", Biometrics 35 (1979), 549-556;
repeated intervals and p-values: C. Jennison, B. W. Turnbull, J. R. Statist. Soc. B 51 (1989), 305-361.

At look k of K, with k/K of all rollouts there, the standardised difference has to exceed C sqrt(K/k): what looks like
proof early on has to be overwhelming, and the last look is nearly that of a study which looks once.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import sqrt

from turncoat.errors import UsageError
from turncoat.stats.contrast import Stratum2, stratified_difference
from turncoat.stats.estimate import Estimate

_FARTHEST = 40.0
_NODES = 96


@lru_cache(maxsize=256)
def obrien_fleming(looks: int, alpha: float = 0.05) -> tuple[float, ...]:
    """The two-sided critical z at each of `looks` looks: 4.049, 2.863, 2.337, 2.024 for four at 0.05.

    UsageError for less than one look or more than a hundred, and for an alpha outside (0, 1).
    """
    _check(1, looks)
    if not 0 < alpha < 1:
        raise UsageError(f"Impossible level of a test: alpha={alpha!r}. Allowed: between 0 and 1, such as 0.05.")
    from scipy.optimize import brentq

    last = brentq(lambda c: crossing(c, looks) - alpha, 1e-6, _FARTHEST, xtol=1e-10)
    return tuple(last * sqrt(looks / look) for look in range(1, looks + 1))


def repeated_level(look: int, looks: int, *, alpha: float = 0.05) -> float:
    """The level to give an interval at `look`, so that all the looks' intervals together hold with 1 - alpha."""
    _check(look, looks)
    from scipy.special import ndtr

    # not rounded to 1, which is no level: the first of a hundred looks asks for 20 standard errors
    return min(1 - 2 * float(ndtr(-obrien_fleming(looks, alpha)[look - 1])), 1 - 1e-15)


def repeated_interval(strata: Sequence[Stratum2], look: int, looks: int, *, alpha: float = 0.05) -> Estimate:
    """`stratified_difference` at `look` of `looks`: an interval that may be looked at each time, of level 1 - alpha."""
    found = stratified_difference(strata, level=repeated_level(look, looks, alpha=alpha))
    method = f"{found.method}, O'Brien-Fleming look {look} of {looks}"
    return Estimate(estimate=found.estimate, low=found.low, high=found.high, level=1 - alpha, n=found.n, method=method)


def repeated_p_value(p: float, look: int, looks: int) -> float:
    """What the two-sided `p` of a test at `look` is worth: the alpha whose limits it just reaches, >= p; NaN for NaN.

    A contrast is decided at the first look where it is at most alpha; several, where it is after `holm`.
    """
    _check(look, looks)
    from scipy.special import ndtri

    if p != p or looks == 1 or p >= 1:
        return p
    z = -float(ndtri(max(p, 5e-324) / 2))
    return max(p, crossing(z * sqrt(look / looks), looks))


@lru_cache(maxsize=4096)
def crossing(last: float, looks: int, drift: float = 0.0) -> float:
    """The chance that |z| exceeds last sqrt(K/k) at any look k of K = `looks`; `drift` is the mean of z at the last.

    By the recursion of P. Armitage, C. K. McPherson, B. C. Rowe, J. R. Statist. Soc. A 132 (1969), 235-244: in terms
    of the sum s = z sqrt(k), with independent steps, the limit is the same at every look.
    """
    import numpy as np
    from scipy.special import ndtr

    limit, step = last * sqrt(looks), drift / sqrt(looks)

    def beyond(at: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        return np.asarray(ndtr(at + step - limit) + ndtr(-limit - at - step))

    start = np.zeros(1)
    crossed = float(beyond(start)[0])
    if looks == 1:
        return crossed
    # nothing that counts lies farther out than nine standard deviations of the sum
    reach = min(limit, abs(drift) * sqrt(looks) + 9 * sqrt(looks))
    pieces = max(1, int(reach // 6))
    nodes, shares = np.polynomial.legendre.leggauss(_NODES)
    edges = np.linspace(-reach, reach, pieces + 1)
    middle, half = (edges[1:] + edges[:-1]) / 2, (edges[1] - edges[0]) / 2
    at = (middle[:, None] + half * nodes).ravel()
    weights = np.tile(half * shares, pieces)
    steps = np.exp(-((at[:, None] - at[None, :] - step) ** 2) / 2) / sqrt(2 * np.pi)
    density = np.exp(-((at - step) ** 2) / 2) / sqrt(2 * np.pi)
    for look in range(2, looks + 1):
        crossed += float((density * weights) @ beyond(at))
        if look < looks:
            density = steps @ (density * weights)
    return min(crossed, 1.0)


def _check(look: int, looks: int) -> None:
    if not 1 <= look <= looks <= 100:
        raise UsageError(f"No such look: {look!r} of {looks!r}. Allowed: 1 to 100 looks, and one of them.")
