"""Dose and response: how the rate goes with a factor that is a number."""

from collections.abc import Iterator, Sequence

from turncoat.scenarios.shared import shared_factors
from turncoat.stats import trend
from turncoat.studies.estimates.counts import Cells, Counted, by, total
from turncoat.studies.estimates.results import Dose
from turncoat.studies.study import OTHER_KEYS

_UNIT = 10.0


def doses(cells: Cells) -> tuple[Dose, ...]:
    """For each scenario, model and factor with several numbers as levels."""
    counting = [name for name, factor in shared_factors().items() if factor.most is not None]
    return tuple(
        dose
        for inside in by(cells.cells, "scenario", "model").values()
        for factor in cells.varying[inside[0].scenario]
        if factor in counting
        for dose in _dose(factor, inside)
    )


def _dose(factor: str, cells: Sequence[Counted]) -> Iterator[Dose]:
    """Of cells that are there with the same levels each, all else equal; none where there are no two such."""
    points = tuple((float(level), total(inside)) for (level,), inside in _alike(factor, cells))
    if len(points) > 1:
        found = trend([(level, rate.yes, rate.decided) for level, rate in points], unit=_UNIT)
        yield Dose(
            scenario=cells[0].scenario,
            model=cells[0].model,
            reference=cells[0].reference,
            factor=factor,
            points=points,
            slope=found.slope,
            unit=found.unit,
            p=found.p,
        )


def _alike(factor: str, cells: Sequence[Counted]) -> list[tuple[tuple[str, ...], list[Counted]]]:
    """By level the cells of the strata that have the most levels, so that no other factor hides behind this one."""
    others = [name for name in dict.fromkeys(name for cell in cells for name in cell.condition) if name != factor]
    strata = by(cells, *OTHER_KEYS, *others).values()
    sets = [frozenset(by(inside, factor)) for inside in strata]
    fullest = max(sets, key=lambda levels: (len(levels), sets.count(levels), sorted(levels)))
    like = [cell for levels, inside in zip(sets, strata, strict=True) if levels == fullest for cell in inside]
    return sorted(by(like, factor).items(), key=lambda each: int(each[0][0]))
