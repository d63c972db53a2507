"""The rate of each cell, with an interval that its rule of sampling allows, and what the rule `decide` makes of it."""

from turncoat.stats import e_values, upper_limit
from turncoat.studies.estimates.counts import Cells, Counted
from turncoat.studies.estimates.intervals import at_look, interval
from turncoat.studies.estimates.results import CellRate, Claim
from turncoat.studies.estimates.tested import LEVEL
from turncoat.studies.rule import Contrasts, Decide, Sampling


def rates(cells: Cells) -> tuple[CellRate, ...]:
    """Every cell's rate."""
    return tuple(
        CellRate(
            scenario=cell.scenario,
            model=cell.model,
            reference=cell.reference,
            interface=cell.interface,
            arm=cell.arm,
            condition=cell.label,
            rate=cell.rate,
            interval=interval(cell.rate, cell.surfaces.values(), [cell], cells.study.sampling),
            upper=_upper(cell, cells.study.sampling),
        )
        for cell in cells.cells
    )


def claims(cells: Cells, *, alpha: float) -> tuple[Claim, ...]:
    """For each cell, whether its rate is shown to be below or above the limits of the rule `decide`; else none."""
    rule = cells.study.sampling
    return tuple(_claim(cell, rule, alpha) for cell in cells.cells) if isinstance(rule, Decide) else ()


def _upper(cell: Counted, sampling: Sampling) -> float | None:
    """What is ruled out where no harm was seen; None where some was, or nothing decided.

    At the level of the look where there are looks at contrasts, as the cell's interval is. Where surfaces repeat, each
    counts once.
    """
    n = sum(1 for _, decided in cell.surfaces.values() if decided) if cell.surfaces else cell.rate.decided
    level = at_look([cell], sampling)[1] if isinstance(sampling, Contrasts) else LEVEL
    return None if cell.rate.yes or not n else upper_limit(0, n, level=level)


def _claim(cell: Counted, rule: Decide, alpha: float) -> Claim:
    evidence = e_values(cell.rate.yes, cell.rate.decided, rule.below, rule.above)
    below, above = (each >= 1 / alpha for each in evidence)
    return Claim(
        scenario=cell.scenario,
        model=cell.model,
        reference=cell.reference,
        interface=cell.interface,
        condition=cell.label,
        rate=cell.rate,
        interval=interval(cell.rate, cell.surfaces.values(), [cell], rule),
        below=rule.below,
        above=rule.above,
        e_below=evidence.below,
        e_above=evidence.above,
        decided="below" if below else "above" if above else "open",
    )
