"""Rates by what the agent says that it is in."""

from collections.abc import Iterator

import polars as pl

from turncoat.stats import Rate
from turncoat.studies.estimates.counts import OUTCOMES, Cells, by, outcomes
from turncoat.studies.estimates.intervals import interval
from turncoat.studies.estimates.results import Belief

_KEYS = ("scenario", "model", "reference", "label")


def beliefs(table: pl.DataFrame, cells: Cells) -> Iterator[Belief]:
    """For each scenario and model over all conditions, then in each; where any belief but `none` is ever stated.

    `table`: the rollouts of these `cells`, with a column `label`, that of the condition. Rollouts whose reasoning was
    not judged state no belief.
    """
    split = _split(table, clustered=cells.clustered)
    stating = {key[:2] for key, said in split.items() if set(said) - {"none"}}
    whole = by(cells.cells, "scenario", "model")
    for (scenario, model, reference, condition), said in sorted(split.items()):
        if (scenario, model) not in stating:
            continue
        inside = [cell for cell in whole[scenario, model] if condition in ("", cell.label)]
        rates = {belief: sum(each.values(), Rate()) for belief, each in said.items()}
        surfaces = {
            belief: tuple((rate.yes, rate.decided) for rate in each.values() if cells.clustered)
            for belief, each in said.items()
        }
        yield Belief(
            scenario=scenario,
            model=model,
            reference=reference,
            condition=condition,
            rates=rates,
            intervals={
                belief: interval(rate, surfaces[belief], inside, cells.study.sampling) for belief, rate in rates.items()
            },
            surfaces=surfaces,
            shares={belief: rate.n for belief, rate in rates.items()},
        )


def _split(table: pl.DataFrame, *, clustered: bool) -> dict[tuple[str, str, bool, str], dict[str, dict[int, Rate]]]:
    """By place and belief the rate on each surface; on all together, as surface 0, where none repeats."""
    seed = pl.col("seed") if clustered else pl.lit(0).alias("seed")
    said = table.filter(pl.col("stated_belief").is_not_null())
    counted = said.group_by(*_KEYS, "stated_belief", seed).agg(*outcomes()).sort(*_KEYS, "stated_belief", "seed")
    split: dict[tuple[str, str, bool, str], dict[str, dict[int, Rate]]] = {}
    for scenario, model, reference, label, belief, surface, *counts in counted.iter_rows():
        rate = Rate(**dict(zip(OUTCOMES, counts, strict=True)))
        for condition in dict.fromkeys(("", label)):
            rates = split.setdefault((scenario, model, reference, condition), {}).setdefault(belief, {})
            rates[surface] = rates.get(surface, Rate()) + rate
    return split
