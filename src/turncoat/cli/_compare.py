"""A comparison of two folders at the terminal."""

from collections.abc import Iterator, Sequence

from rich.table import Table

from turncoat.reports.numbers import count, in_points, number, probability
from turncoat.stats import Rate
from turncoat.studies.compare import Compared, Difference

_ALPHA = 0.05


def differences_table(found: Sequence[Difference]) -> Table:
    """What is not the same in both folders."""
    title = "What differs" if found else "Nothing differs: the same study, texts, judge, models and settings"
    shown = Table("", "A", "B", title=title, box=None, show_header=bool(found), pad_edge=False)
    for each in found:
        shown.add_row(each.what, each.one, each.other)
    return shown


def cells_table(cells: Sequence[Compared]) -> Table:
    """A row a cell: both rates, and B minus A in percentage points."""
    caption = "p: adjusted for all cells together (Benjamini-Hochberg). " + cells[0].difference.method + "."
    if any(cell.reference for cell in cells):
        caption += " Rows named reference/... are calibration, not measurements of a model."
    shown = Table(
        "cell", "model", "A", "B", "B \N{MINUS SIGN} A, points (95 %)", "p", caption=caption, box=None, pad_edge=False
    )
    for cell in cells:
        place = " · ".join([cell.scenario, cell.interface, *([cell.arm] if cell.arm != "none" else []), cell.condition])
        models = cell.models[0] if cell.models[0] == cell.models[1] else " / ".join(cell.models)
        p = probability(cell.adjusted).removeprefix(" = ").strip()
        shown.add_row(place, models, _rate(cell.one), _rate(cell.other), in_points(cell.difference), p)
    return shown


def findings(cells: Sequence[Compared]) -> Iterator[str]:
    """How many cells are shown to differ, and what is left open."""
    shown = [cell for cell in cells if cell.adjusted < _ALPHA]
    more = sum(cell.difference.estimate > 0 for cell in shown)
    yield f"{count(len(cells), 'cell')} in both: {more} with a higher rate in B, {len(shown) - more} with a lower one."
    if len(shown) < len(cells):
        yield f"{count(len(cells) - len(shown), 'cell')} not shown to differ, which does not show that they are equal."
    turned = [cell for cell in shown if cell.bounds and cell.bounds[0] <= 0 <= cell.bounds[1]]
    if turned:
        yield f"In {count(len(turned), 'of these cell')} the rollouts without a clear verdict could turn it."


def _rate(rate: Rate) -> str:
    beside = f", {rate.open} open" if rate.open else ""
    return f"{number(rate.estimate)} ({rate.yes}/{rate.decided}{beside})"
