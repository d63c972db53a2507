"""Rates with the intervals that may be shown of them."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from turncoat.stats import Estimate, Rate, clustered_rate, confidence_sequence, repeated_level, stopped_interval
from turncoat.stats.estimate import undefined
from turncoat.studies.estimates.counts import Counted
from turncoat.studies.estimates.tested import LEVEL, look
from turncoat.studies.rule import Contrasts, Decide, Sampling, Width

Surfaces = Collection[tuple[int, int]]
"""yes and decided of each surface; empty where none repeats."""


def interval(rate: Rate, surfaces: Surfaces, cells: Sequence[Counted], sampling: Sampling) -> Estimate:
    """The rate of rollouts of these cells, or of some of them, with the interval that the rule of sampling allows.

    The look is that of the smallest of the cells, however few of their rollouts these are.
    """
    if isinstance(sampling, Decide):
        return confidence_sequence(rate.yes, rate.decided, LEVEL)
    if isinstance(sampling, Contrasts):
        reached, level = at_look(cells, sampling)
        found = once(rate, surfaces, level=level)
        return replace(found, level=LEVEL, method=f"{found.method}, O'Brien-Fleming look {reached} of {sampling.looks}")
    if isinstance(sampling, Width) and not surfaces:
        return stopped_interval(rate.yes, rate.decided, LEVEL)
    return once(rate, surfaces)


def at_look(cells: Sequence[Counted], sampling: Contrasts) -> tuple[int, float]:
    """The look that the smallest of the cells is at, the first one before it, and the level of what is said there."""
    reached = max(look(min((cell.rate.n for cell in cells), default=0), sampling), 1)
    return reached, repeated_level(reached, sampling.looks, alpha=1 - LEVEL)


def once(rate: Rate, surfaces: Surfaces, *, level: float = LEVEL) -> Estimate:
    """The rate with the interval of a study that is looked at once."""
    if surfaces:
        return clustered_rate(list(surfaces), level=level)
    ends, estimate = rate.interval(level), rate.estimate
    if ends is None or estimate is None:
        return undefined(level=level, n=0, method="Wilson")
    return Estimate(estimate=estimate, low=ends[0], high=ends[1], level=level, n=rate.decided, method="Wilson")
