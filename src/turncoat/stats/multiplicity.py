"""Many questions at once: p-values adjusted so that a family of them keeps its promise.

NaN stands for a question that could not be asked; it stays NaN, and does not count. UsageError for what is no p-value.
Each is two lines here, since statsmodels' own collects all of Python's garbage at every call.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import isnan

from turncoat.errors import UsageError


def holm(ps: Sequence[float]) -> list[float]:
    """Adjusted so that the chance of even one false claim stays below the level, whatever hangs on what.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979), 65-70.
    """
    order = _ascending(ps)
    of = len(order)
    return _placed(ps, order, accumulate(((of - rank) * ps[place] for rank, place in enumerate(order)), max))


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """Adjusted so that of the claims made, the expected share of false ones stays below the level.

    Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", J. R. Statist. Soc. B 57 (1995), 289-300.
    """
    order = _ascending(ps)[::-1]
    of = len(order)
    return _placed(ps, order, accumulate((of / (of - rank) * ps[place] for rank, place in enumerate(order)), min))


def _ascending(ps: Sequence[float]) -> list[int]:
    """The places of those that are there, the smallest first."""
    bad = [p for p in ps if not (isnan(p) or 0 <= p <= 1)]
    if bad:
        raise UsageError(f"Not a p-value: {bad[0]!r}. Allowed: 0 to 1, or NaN where there is none.")
    return sorted((place for place, p in enumerate(ps) if not isnan(p)), key=ps.__getitem__)


def _placed(ps: Sequence[float], order: Sequence[int], adjusted: Iterable[float]) -> list[float]:
    found = list(ps)
    for place, p in zip(order, adjusted, strict=True):
        found[place] = min(1.0, p)
    return found
