"""Many questions at once: p-values adjusted so that a family of them keeps its promise.

NaN stands for a question that could not be asked; it stays NaN, and does not count. UsageError for what is no p-value.
"""

from collections.abc import Sequence
from math import isnan

from turncoat.errors import UsageError


def holm(ps: Sequence[float]) -> list[float]:
    """Adjusted so that the chance of even one false claim stays below the level, whatever hangs on what.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979), 65-70.
    """
    return _adjusted(ps, "holm")


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """Adjusted so that of the claims made, the expected share of false ones stays below the level.

    Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", J. R. Statist. Soc. B 57 (1995), 289-300.
    """
    return _adjusted(ps, "fdr_bh")


def _adjusted(ps: Sequence[float], method: str) -> list[float]:
    bad = [p for p in ps if not (isnan(p) or 0 <= p <= 1)]
    if bad:
        raise UsageError(f"Not a p-value: {bad[0]!r}. Allowed: 0 to 1, or NaN where there is none.")
    asked = [place for place, p in enumerate(ps) if not isnan(p)]
    if not asked:
        return list(ps)
    from statsmodels.stats.multitest import multipletests  # a second, which only those pay who ask

    adjusted = [float("nan")] * len(ps)
    for place, p in zip(asked, multipletests([ps[place] for place in asked], method=method)[1], strict=True):
        adjusted[place] = min(1.0, float(p))
    return adjusted
