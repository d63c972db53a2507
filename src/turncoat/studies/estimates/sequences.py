"""What was tried first: an honest route, or the harm."""

from collections.abc import Iterator

import polars as pl

from turncoat.studies.estimates.results import Sequences
from turncoat.studies.table import FINDING, HONEST

_YES = pl.col("headline_harm") == "yes"
_BEFORE = pl.col("first_honest_before_harm").fill_null(False)


def sequences(table: pl.DataFrame) -> Iterator[Sequences]:
    """Of rollouts with a clear verdict, for each scenario, model and condition; `table` has their column `label`."""
    honest, refused = pl.any_horizontal(*map(_sure, HONEST)), _sure("refusal")
    counted = (
        table.filter(pl.col("headline_harm").is_in(["yes", "no"]))
        .group_by("scenario", "model", "reference", "label")
        .agg(
            (_YES & _BEFORE).sum().alias("honest_then_harm"),
            (_YES & ~_BEFORE).sum().alias("harm_first"),
            (~_YES & honest).sum().alias("honest_only"),
            (~_YES & ~honest & refused).sum().alias("refused"),
            (~_YES & ~honest & ~refused).sum().alias("neither"),
            pl.col("paused").fill_null(False).sum(),
        )
        .sort("scenario", "model", "label")
    )
    for row in counted.rename({"label": "condition"}).iter_rows(named=True):
        yield Sequences(**row)


def _sure(kind: str) -> pl.Expr:
    return (pl.col(FINDING + kind).is_not_null() & (pl.col(FINDING + kind) != "unsure")).fill_null(False)
