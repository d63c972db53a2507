"""How far raters agree beyond chance: Cohen's and Fleiss' kappa, Krippendorff's alpha, each with an interval.

All are 1 where raters always agree, 0 where they agree as chance would have them, negative below. They are not defined
(NaN) without units, and where only one value was ever given: nothing could have been told apart.

Two intervals need care, since what was observed has no spread. Where raters always agreed, or never: the ends are what
the coefficient would be if it were otherwise in as many units as Wilson's upper limit for none in n allows. Where a
coefficient says nothing, it could be anything from -1 to 1: where one of two raters gave only one value, so that
Cohen's kappa is 0 whatever the other said, and in resamples in which only one value is left.
"""

from collections.abc import Hashable, Iterable, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, Unpack, get_args

from turncoat.errors import UsageError
from turncoat.stats.estimate import Estimate, Told, check_draws, check_level, never_seen, normal, undefined, within

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

Metric = Literal["nominal", "ordinal", "interval"]
"""What it means that two values differ: that they do; how many ratings lie between them; how far apart they are."""

Unit = Sequence[Hashable | None]
"""What each rater said of one unit; None where a rater said nothing."""

_LOWEST = -1.0  # none of them can be lower, but for the correction of alpha in very few units
_NO_SPREAD = 1e-12


def cohens_kappa(pairs: Iterable[tuple[Hashable, Hashable]], *, level: float = 0.95) -> Estimate:
    """Cohen's kappa of two raters, from (one's value, other's value) pairs; in [-1, 1]. None counts as a value.

    J. Cohen, "A coefficient of agreement for nominal scales", Educ. Psychol. Meas. 20 (1960), 37-46; the interval from
    the large-sample variance of J. L. Fleiss, J. Cohen, B. S. Everitt, Psychol. Bull. 72 (1969), 323-327, as in
    statsmodels. UsageError for an impossible `level`.
    """
    check_level(level)
    every = list(pairs)
    told: Told = {"level": level, "n": len(every), "method": "Cohen's kappa"}
    values = {value: place for place, value in enumerate(dict.fromkeys(value for pair in every for value in pair))}
    if len(values) < 2:
        return undefined(**told)
    import numpy as np
    from statsmodels.stats.inter_rater import cohens_kappa as of_table  # a second, which only those pay who ask

    table = np.zeros((len(values), len(values)))
    for one, other in every:
        table[values[one], values[other]] += 1
    if min(np.count_nonzero(table.sum(axis=0)), np.count_nonzero(table.sum(axis=1))) == 1:
        return Estimate(estimate=0.0, low=-1.0, high=1.0, **told)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = of_table(table)
    if found.var_kappa < _NO_SPREAD:
        by_chance = float(table.sum(axis=0) @ table.sum(axis=1)) / len(every) ** 2
        return _without_spread(found.kappa, 1 - by_chance, **told)
    return normal(_LOWEST, 1, found.kappa, found.var_kappa, **told)


def fleiss_kappa(units: Iterable[Unit], *, level: float = 0.95, draws: int = 2000, seed: int = 0) -> Estimate:
    """Fleiss' kappa of as many raters for each unit, who need not be the same people; in [-1, 1].

    J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychol. Bull. 76 (1971), 378-382. The interval
    is the percentile bootstrap over units, with `draws` resamples from `seed`. UsageError where units have fewer than
    two ratings or not equally many: `krippendorff_alpha` takes them.
    """
    rows = [[value for value in unit if value is not None] for unit in units]
    sizes = sorted({len(row) for row in rows})
    if len(sizes) > 1 or (sizes and sizes[0] < 2):
        raise UsageError(
            f"Fleiss' kappa cannot count units with {' and '.join(map(str, sizes))} ratings. Allowed: two or more, as "
            "many for each unit. krippendorff_alpha takes units with missing ratings."
        )
    return _bootstrapped(rows, "nominal", level, draws, seed, small_sample=False, method="Fleiss' kappa")


def krippendorff_alpha(
    units: Iterable[Unit], *, metric: Metric = "nominal", level: float = 0.95, draws: int = 2000, seed: int = 0
) -> Estimate:
    """Krippendorff's alpha of any number of raters, who may leave units out; in [-1, 1].

    Units with fewer than two ratings have nothing to compare and are left out; `n` counts the others.
    `ordinal` and `interval` need numbers. K. Krippendorff, "Computing Krippendorff's alpha-reliability" (2011); the
    interval is the percentile bootstrap over units, with `draws` resamples from `seed`: A. F. Hayes, K. Krippendorff,
    Commun. Methods Meas. 1 (2007), 77-89, draw single pairs instead, as though those of one unit were independent.
    UsageError for another metric, and for values that it cannot order.
    """
    if metric not in get_args(Metric):
        raise UsageError(f"There is no metric {metric!r}. Allowed: {', '.join(get_args(Metric))}.")
    rows = [[value for value in unit if value is not None] for unit in units]
    rows = [row for row in rows if len(row) > 1]
    if metric != "nominal":
        bad = [value for row in rows for value in row if not (isinstance(value, int | float) and isfinite(value))]
        if bad:
            raise UsageError(f"The {metric} metric needs numbers, not {bad[0]!r}. Allowed for words: metric='nominal'.")
    return _bootstrapped(rows, metric, level, draws, seed, small_sample=True, method=f"Krippendorff's alpha, {metric}")


def _bootstrapped(
    rows: Sequence[Sequence[Any]],
    metric: Metric,
    level: float,
    draws: int,
    seed: int,
    *,
    small_sample: bool,
    method: str,
) -> Estimate:
    """1 - observed / expected disagreement of units with two or more ratings each, and its bootstrap interval."""
    check_level(level)
    check_draws(draws)
    told: Told = {"level": level, "n": len(rows), "method": method}
    words = {value for row in rows for value in row}
    if len(words) < 2:
        return undefined(**told)
    import numpy as np

    # in an order of their own, and resampled by kind of unit: the order of units and raters must not matter
    values = sorted(words, key=lambda value: (type(value).__name__, repr(value)) if metric == "nominal" else value)
    places = {value: place for place, value in enumerate(values)}
    counts = np.zeros((len(rows), len(values)))
    for row, into in zip(rows, counts, strict=True):
        for value in row:
            into[places[value]] += 1
    kinds, numbers = np.unique(counts, axis=0, return_counts=True)
    scale = np.zeros(len(values)) if metric == "nominal" else np.array(values, float)
    estimates, most = _coefficients(kinds, numbers[None, :], metric, scale, small_sample=small_sample)
    resamples = np.random.default_rng(seed).multinomial(len(rows), numbers / len(rows), size=draws)
    drawn, _ = _coefficients(kinds, resamples, metric, scale, small_sample=small_sample)
    if np.nanmax(drawn) - np.nanmin(drawn) < _NO_SPREAD:
        return _without_spread(estimates[0], 1 / most[0], **told)
    low = np.quantile(np.nan_to_num(drawn, nan=_LOWEST), (1 - level) / 2)
    high = np.quantile(np.nan_to_num(drawn, nan=1.0), (1 + level) / 2)
    return within(_LOWEST, 1, estimates[0], low, high, **told)


def _coefficients(
    kinds: "Floats", numbers: "Integers", metric: Metric, scale: "Floats", *, small_sample: bool
) -> tuple["Floats", "Floats"]:
    """For each sample the coefficient, and the largest difference there is over the expected one; NaN where undefined.

    `kinds` (kinds of units, values): how many raters gave each value; `numbers` (samples, kinds): how many units are of
    each kind. Krippendorff's coincidences o_ck are never written out: what enters are their sums over
    c and k, weighted by the difference, for the ratings of each unit (observed) and of all together (expected). Ordinal
    differences are squared differences of mid-ranks. Fleiss' kappa is the nominal alpha without the correction for
    small samples, which draws the expected pair without putting the first rating back.
    """
    import numpy as np

    raters = kinds.sum(axis=1)
    totals = numbers @ kinds
    n = totals.sum(axis=1)
    if metric == "nominal":
        apart = np.broadcast_to(raters**2 - (kinds**2).sum(axis=1), numbers.shape)
        chance = n**2 - (totals**2).sum(axis=1)
        most = np.ones(len(totals))
    else:
        ranks = totals.cumsum(axis=1) - totals / 2
        at = ranks if metric == "ordinal" else np.broadcast_to(scale - scale.mean(), totals.shape)
        apart = 2 * (raters * (at**2 @ kinds.T) - (at @ kinds.T) ** 2)
        chance = 2 * (n * (totals * at**2).sum(axis=1) - (totals * at).sum(axis=1) ** 2)
        most = np.ptp(at, axis=1) ** 2
    observed = (numbers * apart / (raters - 1)).sum(axis=1) / n
    expected = chance / (n * (n - 1) if small_sample else n**2)
    expected[np.count_nonzero(totals, axis=1) < 2] = np.nan
    return 1 - observed / expected, most / expected


def _without_spread(estimate: float, expected: float, **told: Unpack[Told]) -> Estimate:
    """The interval where no unit differed; `expected`: disagreement by chance, as a share of the largest there is."""
    room = never_seen(told["n"], told["level"]) / expected
    return within(_LOWEST, 1, estimate, estimate - room, estimate + room, **told)
