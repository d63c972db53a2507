"""Primary contrasts that were looked at on the way: what was answered at one look is answered."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isnan, nan

import polars as pl

from turncoat.stats import holm
from turncoat.studies.estimates.contrasts import PRIMARY, answered, hypotheses
from turncoat.studies.estimates.counts import Cells, count
from turncoat.studies.estimates.families import adjusted
from turncoat.studies.estimates.results import Contrast
from turncoat.studies.rule import Contrasts, at_looks
from turncoat.studies.study import Study


def primary_contrasts(seen: Sequence[Cells], *, alpha: float) -> tuple[Contrast, ...]:
    """The study's hypotheses, from its cells as they were `seen` at each look so far, the last one being now.

    The smallest p-value of a contrast over its looks is adjusted, which is as valid as that of one look: that it is
    ever below alpha has a chance of alpha. A contrast that is answered by it is shown as it was at that look; an open
    one as it is now. One that no cell speaks to is there too, with nothing in it.
    """
    now = {_key(each): each for each in hypotheses(seen[-1])}
    best = {key: each if isnan(each.p) else replace(each, p=1.0) for key, each in now.items()}
    for number, cells in enumerate(seen, 1):
        for each in hypotheses(cells):
            # At a look that one of its cells has not reached, or has stopped before, nothing is tested.
            if each.look == number and each.p < best[_key(each)].p:
                best[_key(each)] = each
    found = []
    # One that cannot be tested was asked all the same: left out, it would make the others easier.
    asked = [1.0 if isnan(each.p) else each.p for each in best.values()]
    ps = adjusted(asked, [each.reference for each in best.values()], holm)
    for (key, each), holms in zip(best.items(), ps, strict=True):
        p = nan if isnan(each.p) else holms
        given = answered(each, p, alpha)
        found.append(
            replace(now[key] if given == "open" else each, p=each.p, adjusted=p, adjustment=PRIMARY, answered=given)
        )
    return tuple(found)


def seen_at_looks(table: pl.DataFrame, study: Study) -> list[Cells]:
    """The cells as they were at each look that the rule `contrasts` has had; with any other rule as they are now."""
    whole = count(table, study)
    if not isinstance(study.sampling, Contrasts) or not study.hypotheses:
        return [whole]
    return [*_looks(table, study, study.sampling), whole]


def _looks(table: pl.DataFrame, study: Study, sampling: Contrasts) -> Iterator[Cells]:
    # Their own numbers, not their ranks: a rollout that is lost makes no later one the earlier.
    place = pl.col("id").str.extract(r"(\d+)$").cast(pl.Int64) + 1
    for size in at_looks(sampling):
        first = table.filter(place <= size)
        yield count(first, study)
        if first.height == table.height:
            return


def _key(contrast: Contrast) -> tuple[str, ...]:
    return (contrast.name, contrast.scenario, contrast.model, contrast.interface, contrast.arm)
