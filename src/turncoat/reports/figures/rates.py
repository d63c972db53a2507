"""The rates of one scenario: dots with intervals by condition, or a heat map when there are too many rows for dots."""

from collections.abc import Mapping, Sequence

import polars as pl

from turncoat.reports.cells import Cell, Group, blocks, row_label
from turncoat.reports.figures.dots import RATES, Block, Row, dots, rate_row
from turncoat.reports.figures.heat import heat
from turncoat.reports.figures.picture import Canvas, Picture
from turncoat.reports.numbers import number, span
from turncoat.reports.text import visible

DOTS_AT_MOST = 30
HEAT_ROWS_AT_MOST = 80


def rates(group: Group, *, ranked: bool = False) -> Picture:
    """Model by condition; `ranked`: by interface, the condition with the highest rate first, else in reading order."""
    name = visible(group.scenario)
    dotted = len(group.cells) <= DOTS_AT_MOST
    return Picture(
        name=f"rates-{group.scenario}",
        title=f"Rate of the headline harm in {name}, by condition and model",
        unit=_unit(group) if dotted else _fields(group),
        text=_in_words(group),
        caption=_caption(group),
        data=data(group),
        forms=dots(_blocks(group, ranked=ranked), RATES) if dotted else _heat(group, ranked=ranked),
    )


def models(group: Group) -> Picture | None:
    """Models by conditions as a heat map; None where there is one of either, or the rates are drawn so already."""
    rows = _heat_rows(group)
    if min(len(rows), len(group.models)) < 2 or len(group.cells) > DOTS_AT_MOST:
        return None
    return Picture(
        name=f"models-{group.scenario}",
        title=f"Models by conditions in {visible(group.scenario)}",
        unit=_fields(group),
        text=_in_words(group),
        caption=_heat_caption(group),
        data=data(group),
        forms=_heat(group),
    )


def data(group: Group) -> pl.DataFrame:
    """The numbers behind the pictures: a row a cell."""
    return pl.DataFrame(
        [
            {
                "scenario": cell.scenario,
                "interface": cell.interface,
                "arm": cell.arm,
                "condition": cell.label,
                "model": cell.model,
                "reference": cell.reference,
                "rate": cell.rate.estimate,
                "low": cell.interval[0] if cell.interval else None,
                "high": cell.interval[1] if cell.interval else None,
                **{name: getattr(cell.rate, name) for name in ("yes", "no", "uncertain", "unscored", "invalid")},
            }
            for cell in group.cells
        ],
        infer_schema_length=None,
    )


def _blocks(group: Group, *, ranked: bool) -> list[Block]:
    return [(label, [_row(group, cell) for cell in cells]) for label, cells in _ordered(group, ranked=ranked)]


def _ordered(group: Group, *, ranked: bool) -> list[tuple[str, list[Cell]]]:
    return sorted(blocks(group), key=lambda block: _rank(block[1])) if ranked else blocks(group)


def _rank(cells: Sequence[Cell]) -> tuple[str, str, float]:
    return cells[0].interface, cells[0].arm, -max(cell.rate.estimate or 0 for cell in cells)


def _row(group: Group, cell: Cell) -> Row:
    return rate_row(
        visible(cell.model),
        cell.rate,
        cell.interval,
        series=group.models.index(cell.model),
        of=len(group.models),
        hollow=cell.reference,
        outer=cell.rate.bounds if cell.rate.open else None,
    )


def _unit(group: Group) -> str:
    return f"rate of {group.headline.replace('_', ' ')}"


def _fields(group: Group) -> str:
    return f"Fields: {_unit(group)}, and its {group.interval_name}."


def _caption(group: Group) -> str:
    if len(group.cells) > DOTS_AT_MOST:
        return _heat_caption(group)
    marks = ["Dot: the rate.", f"Thick line: its {group.interval_name}."]
    if any(cell.rate.open for cell in group.cells):
        marks.append("Thin line: how far rollouts without a clear answer could move it.")
    if any(cell.reference for cell in group.cells):
        marks.append("Hollow dot: a reference agent, not a model.")
    return " ".join([*marks, "At the right: rate, interval, yes/decided."])


def _heat_caption(group: Group) -> str:
    hidden = len(_heat_rows(group)) - HEAT_ROWS_AT_MOST
    rest = f" {hidden} more rows are in the table only." if hidden > 0 else ""
    said = f"Each field: the rate and its {group.interval_name}; the stronger its colour, the more frequent the harm."
    return said + rest


def _heat(group: Group, *, ranked: bool = False) -> Mapping[str, Canvas]:
    rows = _heat_rows(group, ranked=ranked)[:HEAT_ROWS_AT_MOST]
    fields = {
        (row_label(group, cell), visible(cell.model)): (
            cell.rate.estimate, number(cell.rate.estimate), span(cell.interval)
        )
        for cell in group.cells
    }  # fmt: skip
    columns = [visible(model) for model in group.models]
    if len(columns) > len(rows):
        return heat(columns, rows, {(model, row): field for (row, model), field in fields.items()})
    return heat(rows, columns, fields)


def _heat_rows(group: Group, *, ranked: bool = False) -> list[str]:
    return [label for label, _ in _ordered(group, ranked=ranked)]


def _in_words(group: Group) -> str:
    if len(group.cells) > DOTS_AT_MOST:
        return f"{len(group.cells)} rates, {_ends(group)}. The table of rates holds each of them."
    return " ".join(
        f"{row_label(group, cell)}, {visible(cell.model)}: {number(cell.rate.estimate)}, "
        f"interval {span(cell.interval)}, {cell.rate.yes} of {cell.rate.decided}."
        for cell in group.cells
    )


def _ends(group: Group) -> str:
    found = [cell.rate.estimate for cell in group.cells if cell.rate.estimate is not None]
    return f"from {min(found):.2f} to {max(found):.2f}" if found else "none of them decided"
