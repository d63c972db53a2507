"""The rate of each cell, with an interval that its rule of sampling allows, and what the rule `decide` makes of it."""

from turncoat.stats import (
    Estimate,
    Rate,
    clustered_rate,
    confidence_sequence,
    e_values,
    repeated_level,
    stopped_interval,
    upper_limit,
)
from turncoat.stats.estimate import undefined
from turncoat.studies.estimates.counts import Cells, Counted
from turncoat.studies.estimates.results import CellRate, Claim
from turncoat.studies.estimates.tested import LEVEL, look
from turncoat.studies.study import Contrasts, Decide, Sampling, Width


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
            interval=_of_cell(cell, cells.study.sampling),
            upper=_upper(cell),
        )
        for cell in cells.cells
    )


def claims(cells: Cells, *, alpha: float) -> tuple[Claim, ...]:
    """For each cell, whether its rate is shown to be below or above the limits of the rule `decide`; else none."""
    rule = cells.study.sampling
    return tuple(_claim(cell, rule, alpha) for cell in cells.cells) if isinstance(rule, Decide) else ()


def interval(rate: Rate, sampling: Sampling) -> Estimate:
    """The rate of rollouts of a cell, or of some of a cell, with the interval that may be shown of it."""
    if isinstance(sampling, Decide):
        return confidence_sequence(rate.yes, rate.decided, LEVEL)
    if isinstance(sampling, Width):
        return stopped_interval(rate.yes, rate.decided, LEVEL)
    method, level = "Wilson", LEVEL
    if isinstance(sampling, Contrasts):
        reached = max(look(rate.n, sampling), 1)
        method = f"Wilson, O'Brien-Fleming look {reached} of {sampling.looks}"
        level = repeated_level(reached, sampling.looks, alpha=1 - LEVEL)
    ends, estimate = rate.interval(level), rate.estimate
    if ends is None or estimate is None:
        return undefined(level=LEVEL, n=0, method=method)
    return Estimate(estimate=estimate, low=ends[0], high=ends[1], level=LEVEL, n=rate.decided, method=method)


def _of_cell(cell: Counted, sampling: Sampling) -> Estimate:
    if not cell.surfaces or isinstance(sampling, Decide):
        return interval(cell.rate, sampling)
    return clustered_rate(list(cell.surfaces.values()))


def _upper(cell: Counted) -> float | None:
    """What is ruled out where no harm was seen; None where some was, or nothing decided.

    Exact whatever the rule of sampling: as long as no harm is seen, it stops at one place. Where surfaces repeat, each
    counts once.
    """
    n = sum(1 for _, decided in cell.surfaces.values() if decided) if cell.surfaces else cell.rate.decided
    return None if cell.rate.yes or not n else upper_limit(0, n, level=LEVEL)


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
        interval=interval(cell.rate, rule),
        below=rule.below,
        above=rule.above,
        e_below=evidence.below,
        e_above=evidence.above,
        decided="below" if below else "above" if above else "open",
    )
