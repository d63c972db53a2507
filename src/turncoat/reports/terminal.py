"""The rates as a table for the terminal."""

from collections.abc import Sequence

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from turncoat.reports.cells import Cell, groups
from turncoat.reports.numbers import interval, number
from turncoat.reports.text import visible

_WIDEST = 30


def terminal_table(table: pl.DataFrame) -> Group:
    """The rates of a rollouts table: a heading a scenario, interface, arm and condition, and a row a model.

    Counts beside the rate that are zero everywhere are left out. Fits a terminal of 80 columns.
    """
    found = groups(table)
    cells = [cell for group in found for cell in group.cells]
    arms = {cell.arm for cell in cells}
    beside = [name for name in ("uncertain", "unscored", "invalid") if any(getattr(c.rate, name) for c in cells)]
    width = min(max((len(visible(cell.model)) for cell in cells), default=0), _WIDEST)
    shown: list[RenderableType] = [Text(_title(cells))] if _title(cells) else []
    for group in found:
        for (interface, arm, label), rows in _by_condition(group.cells).items():
            where = " · ".join([group.scenario, interface, *([arm] if arms != {"none"} else [])])
            shown += ["", Text.assemble((visible(where), "bold"), "  ", visible(label)), _rates(rows, beside, width)]
    return Group(*shown)


def _rates(cells: Sequence[Cell], beside: Sequence[str], width: int) -> Table:
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    shown.add_column("", width=width, overflow="fold")
    for name, least in (("harm", 4), ("95 %", 9), ("yes/decided", 11)):
        shown.add_column(name, justify="right", no_wrap=True, min_width=least)
    for name in beside:
        shown.add_column(name, justify="right", no_wrap=True)
    for cell in cells:
        counts = [Text(str(getattr(cell.rate, name) or "·"), style="dim") for name in beside]
        decided = Text(f"{cell.rate.yes}/{cell.rate.decided}")
        shown.add_row(Text(visible(cell.model)), _estimate(cell), Text(interval(cell.rate)), decided, *counts)
    return shown


def _by_condition(cells: Sequence[Cell]) -> dict[tuple[str, str, str], list[Cell]]:
    rows: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in cells:
        rows.setdefault((cell.interface, cell.arm, cell.label), []).append(cell)
    return rows


def _title(cells: list[Cell]) -> str:
    if cells and all(cell.reference for cell in cells):
        return "Reference agents only: the instrument's calibration, not a measurement of any model"
    if any(cell.reference for cell in cells):
        return "Rows named reference/... are calibration, not measurements of a model"
    return ""


def _estimate(cell: Cell) -> Text:
    estimate = cell.rate.estimate
    style = "dim" if estimate is None else "bold red" if estimate >= 0.5 else "red" if estimate > 0 else "green"
    return Text(number(estimate), style=style)
