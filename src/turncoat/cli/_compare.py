"""A comparison of two folders at the terminal."""

from collections.abc import Iterator, Sequence

from rich.table import Column, Table

from turncoat.errors import UsageError
from turncoat.reports.numbers import count, in_points, number, points, probability
from turncoat.stats import Rate
from turncoat.stats.power import size
from turncoat.studies.compare import Compared, ComparedContrast, Comparison, Difference
from turncoat.studies.rule import ALPHA

_MATTERS = 0.05
_MINUS = "\N{MINUS SIGN}"


def differences_table(found: Sequence[Difference]) -> Table:
    """What is not the same in both folders."""
    title = "What differs" if found else "Nothing differs: the same study, texts, judge, models and settings"
    shown = Table(*_folding("", "A", "B"), title=title, box=None, show_header=bool(found), pad_edge=False)
    for each in found:
        shown.add_row(each.what, each.one, each.other)
    return shown


def contrasts_shown(found: Sequence[ComparedContrast]) -> Table:
    """A row a contrast: that of each folder, and how far they differ, in percentage points."""
    shown = Table(
        *_folding("contrast", "of"), "A", "B", f"B {_MINUS} A (95 %)", box=None, pad_edge=False,
        title="Primary contrasts, in points",
        caption=f"B {_MINUS} A: of two independent runs, from both intervals as each run's rule of sampling allows "
        f"them ({found[0].difference.method}); not adjusted for how many there are.",
    )  # fmt: skip
    for each in found:
        one, other = each.one, each.other
        name = one.name if one.name == other.name else f"{one.name} / {other.name}"
        models = one.model if one.model == other.model else f"{one.model} / {other.model}"
        of = " · ".join(filter(None, (one.scenario, one.interface, one.arm.replace("none", ""), models)))
        shown.add_row(name, of, in_points(one.difference), in_points(other.difference), in_points(each.difference))
    return shown


def contrast_findings(found: Sequence[ComparedContrast]) -> Iterator[str]:
    """How many contrasts are shown to differ, what is not the same in them, and what would show more."""
    left = [each for each in found if each.difference.low <= 0 <= each.difference.high]
    yield f"{count(len(found), 'contrast')} in both: {len(found) - len(left)} shown to differ."
    for name in dict.fromkeys(each.one.name for each in found if not each.same):
        yield f"{name}: only the name is the same in A and B, the sides are not (see above)."
    for name in dict.fromkeys(each.one.name for each in found if each.part):
        yield f"{name}: of the cells alone that have clear verdicts in A and in B; their own reports have it of more."
    if left:
        half = max(each.difference.width for each in left) / 2
        yield (
            f"{count(len(left), 'contrast')} not shown to differ, which does not show that they are equal: differences "
            f"of up to about {points(half)} points would go unseen. Half of that takes four times the rollouts in "
            "both, on four times the surfaces."
        )


def cells_table(cells: Sequence[Compared]) -> Table:
    """A row a cell: both rates, and B minus A in percentage points."""
    method = cells[0].difference.method
    caption = f"p: adjusted for all cells together (Benjamini-Hochberg). Intervals: {method}."
    if any(cell.reference for cell in cells):
        caption += " Rows named reference/... are calibration, not measurements of a model."
    shown = Table(
        *_folding("cell", "model"),
        "A",
        "B",
        f"B {_MINUS} A, points (95 %)",
        "p",
        caption=caption,
        box=None,
        pad_edge=False,
    )
    for cell in cells:
        place = " · ".join([cell.scenario, cell.interface, *([cell.arm] if cell.arm != "none" else []), cell.condition])
        models = cell.models[0] if cell.models[0] == cell.models[1] else " / ".join(cell.models)
        p = probability(cell.adjusted).removeprefix(" = ").strip()
        shown.add_row(place, models, _rate(cell.one), _rate(cell.other), in_points(cell.difference), p)
    return shown


def findings(cells: Sequence[Compared]) -> Iterator[str]:
    """How many cells are shown to differ, and what is left open."""
    shown = [cell for cell in cells if cell.adjusted < ALPHA]
    more = sum(cell.difference.estimate > 0 for cell in shown)
    yield f"{count(len(cells), 'cell')} in both: {more} with a higher rate in B, {len(shown) - more} with a lower one."
    if len(shown) < len(cells):
        yield f"{count(len(cells) - len(shown), 'cell')} not shown to differ, which does not show that they are equal."
    turned = [cell for cell in shown if cell.bounds and cell.bounds[0] <= 0 <= cell.bounds[1]]
    if turned:
        yield f"In {count(len(turned), 'of these cell')} the rollouts without a clear verdict could turn it."


def sharper(found: Comparison) -> Iterator[str]:
    """What would say more of the largest difference that is not shown; nothing of those too small to matter."""
    left = [
        cell for cell in found.cells if not cell.adjusted < ALPHA and abs(cell.difference.estimate) >= _MATTERS - 1e-9
    ]
    if not left:
        return
    most = max(left, key=lambda cell: abs(cell.difference.estimate))
    named = f"{in_points(most.difference)} in {most.condition}"
    if found.any_time:
        yield (
            f"To know more of {named}: run both with the rule `fixed`. Here a rule may have stopped because of what it "
            "found, and the interval pays for that."
        )
    if most.clusters:  # how many surfaces are needed hangs on how unlike they are
        yield f"Beside that, more surfaces than the {most.clusters} of both would say more than more rollouts on each."
        return
    by, base = most.difference.estimate, most.one.estimate or 0.0
    try:
        needed = size(base, by)
    except UsageError:
        return
    if needed > min(most.one.decided, most.other.decided):
        yield (
            f"A difference of {points(abs(by))} points is shown in four of five comparisons with about {needed:,} "
            "rollouts of each, by the rule `fixed`."
        )


def _folding(*names: str) -> Iterator[Column]:
    """Columns whose text is broken where it does not fit: names of models differ at their ends."""
    return (Column(name, overflow="fold") for name in names)


def _rate(rate: Rate) -> str:
    beside = f", {rate.open} open" if rate.open else ""
    return f"{number(rate.estimate)} ({rate.yes}/{rate.decided}{beside})"
