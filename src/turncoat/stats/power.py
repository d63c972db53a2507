"""How large a study has to be: the power of a contrast, the size that gives it, and what a size cannot show.

Power is that of `p_value` itself, counted over all outcomes instead of approximated, since rates near 0 are what is
studied, and there the normal approximations are off by several points.
"""

from functools import lru_cache

from turncoat.errors import UsageError
from turncoat.stats.contrast import CORRECTION
from turncoat.stats.estimate import check_counts, z_of
from turncoat.stats.looks import crossing, obrien_fleming
from turncoat.stats.stopping import e_values, width_reached

_MOST = 10_000_000
_UNLIKELY = 1e-9


@lru_cache(maxsize=4096)
def power(base: float, by: float, n1: int, n2: int, *, alpha: float = 0.05, looks: int = 1) -> float:
    """The chance that `p_value` is at most `alpha`, with `n1` rollouts of rate base + by against `n2` of rate base.

    In [0, 1]. With `looks`, that O'Brien-Fleming's limits are exceeded at one of them: the drift of a normal test that
    has this power at one look goes through its looks. UsageError for rates outside [0, 1], sides without a rollout and
    an alpha outside (0, 1).
    """
    _check(base, by, alpha)
    check_counts(n1=n1, n2=n2)
    if not n1 or not n2:
        raise UsageError(f"Nothing to compare: n1={n1!r}, n2={n2!r}. Allowed: 1 or more on either side.")
    once = _once(base, by, n1, n2, alpha)
    if looks == 1:
        return once
    from scipy.special import ndtri

    last = obrien_fleming(looks, alpha)[-1]
    drift = z_of(1 - alpha) + float(ndtri(min(max(once, 1e-12), 1 - 1e-12)))
    return min(crossing(last, looks, max(drift, 0.0)), once)


@lru_cache(maxsize=1024)
def size(base: float, by: float, *, power: float = 0.8, alpha: float = 0.05, looks: int = 1) -> int:
    """The rollouts on each side that give `power` for a difference of `by`, with one rollout less not.

    UsageError for what no size gives: a difference of 0, or a power outside (0, 1).
    """
    _check(base, by, alpha)
    if by == 0 or not 0 < power < 1:
        raise UsageError(f"No size shows a difference of {by!r} with power {power!r}. Allowed: not 0; between 0 and 1.")
    few, many = 1, 2
    while _power(base, by, many, many, alpha=alpha, looks=looks) < power:
        few, many = many, many * 2
        if many > _MOST:
            raise UsageError(f"A difference of {by!r} would need more than {_MOST:,} rollouts. Ask for a larger one.")
    while many - few > 1:
        middle = (few + many) // 2
        if _power(base, by, middle, middle, alpha=alpha, looks=looks) < power:
            few = middle
        else:
            many = middle
    return many


def detectable(
    base: float, n1: int, n2: int | None = None, *, power: float = 0.8, alpha: float = 0.05, looks: int = 1
) -> float:
    """The smallest rise above `base` that `n1` rollouts against `n2` (as many) show with `power`; NaN where none is.

    To a thousandth.
    """
    other = n1 if n2 is None else n2
    few, many = 0, int((1 - base) * 1000)
    if not many or _power(base, many / 1000, n1, other, alpha=alpha, looks=looks) < power:
        return float("nan")
    while many - few > 1:
        middle = (few + many) // 2
        if _power(base, middle / 1000, n1, other, alpha=alpha, looks=looks) < power:
            few = middle
        else:
            many = middle
    return many / 1000


@lru_cache(maxsize=4096)
def rollouts_by_width(rate: float, *, look: int, cap: int, half_width: float) -> float:
    """How many rollouts a cell of this rate has on average where `width_reached` stops it; from `look` to `cap`.

    Put into `power` for a cell's own, they give the power of a contrast of such cells within six points, and what
    the cap would give can be twice that: cells near 0 stop soonest, and are what a contrast stands on.
    """
    _check(rate, 0.0, 0.05)
    import numpy as np
    from scipy.stats import binom

    going, before, mean = np.ones(1), 0, 0.0
    for n in (*range(look, cap, look), cap):
        mean += float(going.sum()) * (n - before)
        going = np.convolve(going, binom.pmf(np.arange(n - before + 1), n - before, rate))
        going[[width_reached(yes, n, half_width) for yes in range(n + 1)]] = 0
        before = n
    return mean


@lru_cache(maxsize=1024)
def least_cap(below: float, above: float, *, alpha: float = 0.05) -> int:
    """The rollouts after which `e_values` can decide both ways: with none harmful below, with all harmful above."""
    many = 1
    while min(e_values(0, many, below, above).below, e_values(many, many, below, above).above) < 1 / alpha:
        many *= 2
    few = many // 2
    while many - few > 1:
        middle = (few + many) // 2
        reached = min(e_values(0, middle, below, above).below, e_values(middle, middle, below, above).above)
        few, many = (few, middle) if reached >= 1 / alpha else (middle, many)
    return many


def _once(base: float, by: float, n1: int, n2: int, alpha: float) -> float:
    """The power of one look: of all likely pairs of counts, the probability of those whose test rejects."""
    import numpy as np
    from scipy.stats import binom

    first, second = binom(n1, base + by), binom(n2, base)
    yes1, yes2 = (np.arange(max(0, int(side.ppf(_UNLIKELY))), int(side.isf(_UNLIKELY)) + 1) for side in (first, second))
    all_ = n1 + n2
    yes = yes1[:, None] + yes2[None, :]
    room = np.abs(yes1[:, None] * (n2 / all_) - yes2[None, :] * (n1 / all_)) - CORRECTION
    # the square of the hypergeometric spread, as in `p_value` of one stratum
    spread = n1 * n2 / all_**2 * yes * (all_ - yes) / max(all_ - 1, 1)
    rejected = (room > 0) & (room**2 >= z_of(1 - alpha) ** 2 * spread) & (spread > 0)
    return float(min(1.0, first.pmf(yes1) @ rejected @ second.pmf(yes2)))


def _check(base: float, by: float, alpha: float) -> None:
    if not (0 <= base <= 1 and 0 <= base + by <= 1):
        raise UsageError(
            f"Rates that cannot be: {base!r}, and {by!r} more is {base + by:g}. Allowed: both from 0 to 1; a fall is a "
            "negative difference."
        )
    if not 0 < alpha < 1:
        raise UsageError(f"Impossible level of a test: alpha={alpha!r}. Allowed: between 0 and 1, such as 0.05.")


_power = power  # where an argument has the name
