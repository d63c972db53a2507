"""Published figures beside ours."""

from collections.abc import Sequence
from math import nan

import polars as pl

from turncoat.reports.figures.dots import RATES, Block, Row, dots
from turncoat.reports.figures.picture import Picture
from turncoat.reports.numbers import number, span
from turncoat.reports.text import visible
from turncoat.studies.estimates import Beside

ROWS_AT_MOST = 36
_WITHIN = {True: "within ours", False: "outside ours", None: "another model"}
_APART = {True: "not shown to differ", False: "differs", None: "another model"}


def published(found: Sequence[Beside]) -> Picture | None:
    """Our rate with its interval, and theirs; None where no figure has a rate."""
    rated = sorted((each for each in found if each.entry.rate is not None), key=lambda each: each.recovered is None)
    drawn = rated[:ROWS_AT_MOST]
    if not drawn:
        return None
    by_cell: dict[str, list[Row]] = {}
    for each in drawn:
        ours = ", ".join(filter(None, (each.model, each.scenario, each.condition)))
        by_cell.setdefault(f"Ours: {visible(ours)}", []).append(_row(each))
    blocks: list[Block] = list(by_cell.items())
    hidden = len(rated) - len(drawn)
    return Picture(
        name="published",
        title="Published rates beside ours",
        unit="rate of the headline harm",
        text=" ".join(
            f"{visible(each.entry.model)}, published {number(each.entry.rate)}; ours, {visible(each.model)}: "
            f"{number(each.rate.estimate)}, interval {span(_ends(each))}."
            for each in drawn
        ),
        caption="Diamond: the published rate. Dot and thick line: ours, with the 95 % interval of a study looked at "
        "once. Where it is known how many rollouts theirs is of, the difference of both is held against 0. Their texts "
        "are not ours: the table says what differs."
        + (" Hollow dot: a reference agent, not a model." if any(each.reference for each in drawn) else "")
        + (f" {hidden} more are in the table only." if hidden else ""),
        data=published_data(found),
        forms=dots(blocks, RATES),
    )


def published_data(found: Sequence[Beside]) -> pl.DataFrame:
    """A row a published figure."""
    return pl.DataFrame(
        [
            {
                "id": each.entry.id, "published_model": each.entry.model, "published_rate": each.entry.rate,
                "published_n": each.entry.n, "source": each.entry.source, "figure": each.entry.figure,
                "grade": each.entry.grade, "scenario": each.scenario, "condition": each.condition, "model": each.model,
                "reference": each.reference, "rate": each.rate.estimate, "low": (_ends(each) or (None, None))[0],
                "high": (_ends(each) or (None, None))[1], "decided": each.rate.decided,
                "difference": each.apart.estimate if each.apart else None,
                "difference_low": each.apart.low if each.apart else None,
                "difference_high": each.apart.high if each.apart else None,
                "recovered": each.recovered, "differs": each.differs,
            }
            for each in found
        ],
        infer_schema_length=None,
    )  # fmt: skip


def _ends(beside: Beside) -> tuple[float, float] | None:
    return (beside.interval.low, beside.interval.high) if beside.interval and beside.rate.decided else None


def _row(beside: Beside) -> Row:
    low, high = _ends(beside) or (nan, nan)
    ours = beside.rate.estimate
    return Row(
        name=visible(beside.entry.model),
        value=nan if ours is None else ours,
        low=low,
        high=high,
        other=beside.entry.rate,
        written=(
            number(beside.entry.rate),
            f"ours {number(ours)}",
            (_APART if beside.apart else _WITHIN)[beside.recovered] if ours is not None else "",
        ),
        hollow=beside.reference,
    )
