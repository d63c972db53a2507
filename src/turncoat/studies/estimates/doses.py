"""Dose and response: how the rate goes with a factor that is a number."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import nan

from turncoat.scenarios.shared import shared_factors
from turncoat.stats import benjamini_hochberg, trend
from turncoat.studies.estimates.counts import Cells, Counted, by, surfaces, total
from turncoat.studies.estimates.factors import cautions
from turncoat.studies.estimates.families import adjusted
from turncoat.studies.estimates.intervals import interval
from turncoat.studies.estimates.results import Dose
from turncoat.studies.study import OTHER_KEYS

_UNIT = 10.0


def doses(cells: Cells) -> tuple[Dose, ...]:
    """For each scenario, model and factor with several numbers as levels; their p-values are adjusted together."""
    counting = [name for name, factor in shared_factors().items() if factor.most is not None]
    found = [
        dose
        for inside in by(cells.cells, "scenario", "model").values()
        for factor in cells.varying[inside[0].scenario]
        if factor in counting
        for dose in _dose(factor, inside, cells)
    ]
    ps = adjusted([dose.p for dose in found], [dose.reference for dose in found], benjamini_hochberg)
    return tuple(replace(dose, adjusted=p) for dose, p in zip(found, ps, strict=True))


def _dose(factor: str, cells: Sequence[Counted], whole: Cells) -> Iterator[Dose]:
    """Of cells that are there with the same levels each, all else equal; none where there are no two such."""
    alike = [(float(level), total(inside), inside) for (level,), inside in _alike(factor, cells)]
    points = tuple((level, rate) for level, rate, _ in alike)
    if len(points) > 1:
        found = trend([(level, rate.yes, rate.decided) for level, rate in points], unit=_UNIT)
        yield Dose(
            scenario=cells[0].scenario,
            model=cells[0].model,
            reference=cells[0].reference,
            factor=factor,
            points=points,
            intervals=tuple(
                interval(rate, surfaces(inside).values() if whole.clustered else (), inside, whole.study.sampling)
                for _, rate, inside in alike
            ),
            slope=found.slope,
            unit=found.unit,
            p=found.p,
            adjusted=nan,
            note=" ".join(cautions(whole)),
        )


def _alike(factor: str, cells: Sequence[Counted]) -> list[tuple[tuple[str, ...], list[Counted]]]:
    """By level the cells of the strata that have the most levels, so that no other factor hides behind this one."""
    others = [name for name in dict.fromkeys(name for cell in cells for name in cell.condition) if name != factor]
    strata = by(cells, *OTHER_KEYS, *others).values()
    sets = [frozenset(by(inside, factor)) for inside in strata]
    fullest = max(sets, key=lambda levels: (len(levels), sets.count(levels), sorted(levels)))
    like = [cell for levels, inside in zip(sets, strata, strict=True) if levels == fullest for cell in inside]
    return sorted(by(like, factor).items(), key=lambda each: int(each[0][0]))
