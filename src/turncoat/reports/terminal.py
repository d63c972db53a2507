"""The rates as tables for the terminal: one a scenario, in the widest form that fits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, product
from string import ascii_uppercase

import polars as pl
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.table import Table
from rich.text import Text

from turncoat.reports import cells
from turncoat.reports.cells import Cell
from turncoat.reports.numbers import interval, number
from turncoat.reports.text import visible

_NAME = 44  # of a model at most; what is longer is folded
_NAME_FOLDED = 18  # and at least, or conditions become rows
_BESIDE = ("uncertain", "unscored", "invalid")
_GAP = 2


def terminal_table(table: pl.DataFrame) -> Group:
    """The rates of a rollouts table: a part for each scenario, with a row a model and a column a condition.

    Conditions are columns by letter; where these do not fit the terminal, every rate has a row. What is in no rate
    (uncertain, unscored, invalid) is counted wherever there is any.
    """
    found = cells.groups(table)
    title = _title([cell for group in found for cell in group.cells])
    return Group(*([Text(title)] if title else []), *map(_Scenario, found))


@dataclass(frozen=True, slots=True)
class _Scenario:
    """One scenario: what it counts, what its letters stand for, and its rates."""

    group: cells.Group

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        several = len(self.group.conditions) > 1
        letters = dict(zip(self.group.conditions, _letters() if several else [""], strict=False))
        parts = _parts(self.group)
        where = " · ".join([self.group.scenario, *(parts if len(parts) == 1 else ())])
        harm = self.group.headline.replace("_", " ")
        yield Text.assemble("\n", (visible(where), "bold"), f"  {harm}: rate, yes/decided, 95 % interval")
        if several:
            yield _legend(letters)
        forms = (_by_condition(self.group, letters, options.max_width, between) for between in ("  ", "\n"))
        yield next(filter(None, forms), None) or _by_rate(self.group, letters)


def _letters() -> Iterator[str]:
    """A to Z, AA to ZZ and so on."""
    return ("".join(each) for length in count(1) for each in product(ascii_uppercase, repeat=length))


def _legend(letters: Mapping[str, str]) -> Table:
    shown = Table.grid(padding=(0, _GAP, 0, 0))
    shown.add_column(style="bold", no_wrap=True)
    shown.add_column(overflow="fold")
    for label, letter in letters.items():
        shown.add_row(letter, Text(visible(label)))
    shown.add_row()
    return shown


def _by_condition(group: cells.Group, letters: Mapping[str, str], width: int, between: str) -> Table | None:
    """A row a model and a column a condition, `between` rate and interval; None where that is wider than `width`."""
    decided = max(len(_decided(cell)) for cell in group.cells)
    fields = {(_part(group, c), c.model, c.label): _field(c, decided, between) for c in group.cells}
    named = {cell.label: f"{letters[cell.label]} {cell.named}".strip() for cell in group.cells}
    column = max(len(line) for text in [*named.values(), *map(str, fields.values())] for line in text.split("\n"))
    longest = max(len(visible(name)) for name in (*group.models, *_parts(group)))
    left = width - (column + _GAP) * len(letters)
    if left < min(longest, _NAME_FOLDED):
        return None
    shown = _table(min(longest, _NAME, left))
    for label in letters:
        shown.add_column(Text(named[label]), min_width=column, no_wrap=True)
    for part, inside in _parts(group).items():
        _head(shown, part, several=len(_parts(group)) > 1)
        for model in (each for each in group.models if any(cell.model == each for cell in inside)):
            shown.add_row(Text(visible(model)), *(fields.get((part, model, label), "·") for label in letters))
    return shown


def _by_rate(group: cells.Group, letters: Mapping[str, str]) -> Table:
    """A row a model and condition, for any number of conditions."""
    beside = [name for name in _BESIDE if any(getattr(cell.rate, name) for cell in group.cells)]
    shown = _table(None)
    shown.add_column("")
    for name in ("rate", "yes/decided", "95 %", *beside):
        shown.add_column(name, justify="right", no_wrap=True)
    for part, inside in _parts(group).items():
        _head(shown, part, several=len(_parts(group)) > 1)
        for cell in inside:
            counts = (Text(str(getattr(cell.rate, name) or "·"), style="dim") for name in beside)
            estimate = _rate(cell), _decided(cell), interval(cell.rate)
            shown.add_row(Text(visible(cell.model)), letters[cell.label], *estimate, *counts)
    return shown


def _table(name_width: int | None) -> Table:
    shown = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim", collapse_padding=True)
    shown.add_column("", width=name_width, overflow="fold")
    return shown


def _head(shown: Table, part: str, *, several: bool) -> None:
    if several and shown.row_count:
        shown.add_row()
    if several:
        shown.add_row(Text(visible(part), style="bold"))


def _parts(group: cells.Group) -> dict[str, list[Cell]]:
    """The cells by interface, and by arm unless there is none."""
    parts: dict[str, list[Cell]] = {}
    for cell in sorted(group.cells, key=lambda cell: (cell.interface, cell.arm != "none", cell.arm)):
        parts.setdefault(_part(group, cell), []).append(cell)
    return parts


def _part(group: cells.Group, cell: Cell) -> str:
    arm = f"arm {cell.arm}" if group.arms != ("none",) else ""
    return " · ".join(filter(None, (cell.interface, arm)))


def _field(cell: Cell, decided: int, between: str) -> Text:
    rate = Text.assemble(_rate(cell), "  ", _decided(cell).rjust(decided), between, (interval(cell.rate), "dim"))
    beside = ((getattr(cell.rate, name), name) for name in _BESIDE)
    return rate.append("".join(f"\n{number} {name}" for number, name in beside if number), style="dim")


def _rate(cell: Cell) -> Text:
    estimate = cell.rate.estimate
    style = "dim" if estimate is None else "bold red" if estimate >= 0.5 else "red" if estimate > 0 else "green"
    return Text(number(estimate).ljust(4), style=style)


def _decided(cell: Cell) -> str:
    return f"{cell.rate.yes}/{cell.rate.decided}"


def _title(cells: Sequence[Cell]) -> str:
    if cells and all(cell.reference for cell in cells):
        return "Reference agents only: the instrument's calibration, no model is measured"
    if any(cell.reference for cell in cells):
        return "Rows named reference/... are calibration, not measurements of a model"
    return ""
