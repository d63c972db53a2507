"""The rates as tables for the terminal: one a scenario, in the widest form that fits."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, product
from string import ascii_uppercase

import polars as pl
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.table import Column, Table
from rich.text import Text

from turncoat.reports import cells
from turncoat.reports.cells import Cell
from turncoat.reports.numbers import number, span
from turncoat.reports.text import visible
from turncoat.studies.estimates import CellRate

_NAME = 44  # of a model at most; what is longer is folded
_NAME_FOLDED = 18  # and at least, or conditions become rows
_BESIDE = ("uncertain", "unscored", "invalid")
_GAP = 2


def terminal_table(table: pl.DataFrame, rates: Sequence[CellRate] = (), *, alone: bool = True) -> Group:
    """The rates of a rollouts table: a part for each scenario, with a row a model and a column a condition.

    `rates`: as `cells.groups` has it. `alone`: nothing above it says yet who is simulated.

    Conditions are columns by letter; where these do not fit the terminal, they are rows below each model's name. What
    is in no rate (uncertain, unscored, invalid) is counted wherever there is any.
    """
    found = cells.groups(table, rates)
    title = _title([cell for group in found for cell in group.cells]) if alone else ""
    return Group(*([Text(title)] if title else []), *map(_Scenario, found))


@dataclass(frozen=True, slots=True)
class _Scenario:
    """One scenario: what it counts, what its letters stand for, and its rates."""

    group: cells.Group

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        letters = dict(zip(self.group.conditions, _letters(), strict=False))
        parts = _parts(self.group)
        where = " · ".join([self.group.scenario, *(parts if len(parts) == 1 else ())])
        harm = self.group.headline.replace("_", " ")
        yield Text.assemble("\n", (visible(where), "bold"), f"  {harm}: rate, yes/decided, 95 % interval")
        yield _legend(self.group, letters)
        forms = (_by_condition(self.group, letters, options.max_width, between) for between in ("  ", "\n"))
        yield next(filter(None, forms), None) or _by_model(self.group, letters, options.max_width)


def _letters() -> Iterator[str]:
    """A to Z, AA to ZZ and so on."""
    return ("".join(each) for length in count(1) for each in product(ascii_uppercase, repeat=length))


def _legend(group: cells.Group, letters: Mapping[str, str]) -> Table:
    """What each letter stands for: the levels that vary, or all of them where none does."""
    shown = Table.grid(padding=(0, _GAP, 0, 0))
    shown.add_column(style="bold", no_wrap=True)
    shown.add_column(overflow="fold")
    alone = group.cells[0]
    spelt = letters if len(letters) > 1 else [cells.spell(alone.condition, alone.condition, alone.named)]
    for label, letter in zip(spelt, letters.values(), strict=True):
        shown.add_row(letter, Text(visible(label)))
    shown.add_row()
    return shown


def _by_condition(group: cells.Group, letters: Mapping[str, str], width: int, between: str) -> Table | None:
    """A row a model and a column a condition, `between` rate and interval; None where that is wider than `width`."""
    decided = max(len(_decided(cell)) for cell in group.cells)
    fields = {(_part(group, c), c.model, c.label): _field(c, decided, between) for c in group.cells}
    names = {cell.label: cell.named for cell in group.cells}
    named = [Text(f"{letter} {names[label]}".strip()) for label, letter in letters.items()]
    column = max(len(line) for text in map(str, [*named, *fields.values()]) for line in text.split("\n"))
    longest = max(len(visible(name)) for name in (*group.models, *_parts(group)))
    left = width - (column + _GAP) * len(letters)
    if left < min(longest, _NAME_FOLDED):
        return None
    room = min(longest, _NAME, left)
    shown = _table(
        Column("", width=room, overflow="fold"), *(Column(each, min_width=column, no_wrap=True) for each in named)
    )
    for part, inside in _parts(group).items():
        _head(shown, part, several=len(_parts(group)) > 1)
        for model in (each for each in group.models if any(cell.model == each for cell in inside)):
            shown.add_row(
                Text(_folded(visible(model), room)), *(fields.get((part, model, label), "·") for label in letters)
            )
    return shown


def _by_model(group: cells.Group, letters: Mapping[str, str], width: int) -> Group:
    """A row a condition below each model's name, for any number of conditions and the narrowest terminals."""
    decided = max(len(_decided(cell)) for cell in group.cells)
    letter = max(map(len, letters.values()))
    shown: list[Text | Table] = []
    for part, inside in _parts(group).items():
        if len(_parts(group)) > 1:
            shown.append(Text(f"\n{visible(part)}" if shown else visible(part), style="bold"))
        for model in (each for each in group.models if any(cell.model == each for cell in inside)):
            rates = _table(*(Column("", no_wrap=True) for _ in range(4)), Column("", style="dim"))
            for cell in (each for each in inside if each.model == model):
                numbers = _rate(cell), _decided(cell).rjust(decided), Text(span(cell.interval), style="dim")
                rates.add_row(f"  {letters[cell.label]:{letter}}", *numbers, ", ".join(_beside(cell)))
            rates.show_header = False
            shown += [Text(_folded(visible(model), width)), rates]
    return Group(*shown)


def _table(*columns: Column) -> Table:
    return Table(*columns, box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim", collapse_padding=True)


def _folded(name: str, width: int) -> str:
    """A name in lines of `width` at most, broken where its parts end."""
    lines = [""]
    for part in re.split(r"(?<=[/,:-])|(?=\()", name):
        if lines[-1] and cell_len(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


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
    rate = Text.assemble(_rate(cell), "  ", _decided(cell).rjust(decided), between, (span(cell.interval), "dim"))
    return rate.append("".join(f"\n{each}" for each in _beside(cell)), style="dim")


def _beside(cell: Cell) -> list[str]:
    return [f"{number} {name}" for name in _BESIDE if (number := getattr(cell.rate, name))]


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
