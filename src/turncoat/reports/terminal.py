"""The rates as a table for the terminal."""

import polars as pl
from rich import box
from rich.table import Table
from rich.text import Text

from turncoat.reports.cells import Cell, groups
from turncoat.reports.numbers import interval, number
from turncoat.reports.text import visible


def terminal_table(table: pl.DataFrame) -> Table:
    """The rates of a rollouts table, a row for each scenario, interface, condition, model and arm.

    Columns that would hold one value only (interface, arm, the counts beside the rate) are left out.
    """
    found = groups(table)
    cells = [cell for group in found for cell in group.cells]
    interfaces, arms = {cell.interface for cell in cells}, {cell.arm for cell in cells}
    beside = [name for name in ("uncertain", "unscored", "invalid") if any(getattr(c.rate, name) for c in cells)]

    shown = Table(
        box=box.SIMPLE_HEAD,
        title=_title(cells),
        title_justify="left",
        title_style="",
        pad_edge=False,
        collapse_padding=True,
    )
    shown.add_column("scenario", overflow="fold")
    shown.add_column("condition", overflow="fold")
    if len(interfaces) > 1:
        shown.add_column("interface")
    shown.add_column("model", overflow="fold")
    if len(arms) > 1 or arms - {"none"}:
        shown.add_column("arm", overflow="fold")
    shown.add_column("harm", justify="right", no_wrap=True)
    shown.add_column("95 %", justify="right", no_wrap=True)
    shown.add_column("yes/of", justify="right", no_wrap=True)
    for name in beside:
        shown.add_column(name, justify="right", no_wrap=True)

    for group in found:
        for i, cell in enumerate(group.cells):
            row = [Text(visible(group.scenario) if i == 0 else ""), Text(visible(cell.label))]
            if len(interfaces) > 1:
                row.append(Text(cell.interface))
            row.append(Text(visible(cell.model)))
            if len(arms) > 1 or arms - {"none"}:
                row.append(Text(visible(cell.arm)))
            row += [_estimate(cell), Text(interval(cell.rate)), Text(f"{cell.rate.yes}/{cell.rate.decided}")]
            row += [Text(str(getattr(cell.rate, name) or "·"), style="dim") for name in beside]
            shown.add_row(*row, end_section=i == len(group.cells) - 1)
    return shown


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
