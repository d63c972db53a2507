"""Rates by what the agent says that it is in."""

from collections.abc import Iterator

import polars as pl

from turncoat.stats import Rate
from turncoat.studies.estimates.counts import OUTCOMES, outcomes
from turncoat.studies.estimates.results import Belief

_KEYS = ("scenario", "model", "reference", "label")


def beliefs(table: pl.DataFrame) -> Iterator[Belief]:
    """For each scenario and model over all conditions, then in each; where any belief but `none` is ever stated.

    `table` has a column `label`, that of the condition. Rollouts whose reasoning was not judged state no belief.
    """
    counted = table.filter(pl.col("stated_belief").is_not_null()).group_by(*_KEYS, "stated_belief").agg(*outcomes())
    split: dict[tuple[str, str, bool, str], dict[str, Rate]] = {}
    for scenario, model, reference, label, belief, *counts in counted.sort(*_KEYS, "stated_belief").iter_rows():
        rate = Rate(**dict(zip(OUTCOMES, counts, strict=True)))
        for condition in dict.fromkeys(("", label)):
            rates = split.setdefault((scenario, model, reference, condition), {})
            rates[belief] = rates.get(belief, Rate()) + rate
    stating = {key[:2] for key, rates in split.items() if set(rates) - {"none"}}
    for (scenario, model, reference, condition), rates in sorted(split.items()):
        if (scenario, model) in stating:
            yield Belief(
                scenario=scenario,
                model=model,
                reference=reference,
                condition=condition,
                rates=rates,
                shares={belief: rate.n for belief, rate in rates.items()},
            )
