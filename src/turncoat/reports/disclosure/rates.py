"""What was found, as tables: a rate is never without its interval, what it rests on, and what it leaves open."""

from collections.abc import Iterator

from turncoat.judging.codebook import codebook
from turncoat.record import HARMS, RIGHTS
from turncoat.reports.cells import Group, row_label
from turncoat.reports.disclosure.document import Table
from turncoat.reports.numbers import number, percent, span
from turncoat.stats import Rate

ROWS_AT_MOST = 400


def rate_table(group: Group) -> Table:
    """The rates of a scenario, a row for each condition, interface, arm and model."""
    rows = tuple(
        (
            row_label(group, cell),
            who(cell.model, reference=cell.reference),
            number(cell.rate.estimate),
            span(cell.interval),
            f"{cell.rate.yes} / {cell.rate.decided}",
            undecided(cell.rate),
            span(cell.rate.bounds),
        )
        for cell in group.cells[:ROWS_AT_MOST]
    )
    rest = len(group.cells) - ROWS_AT_MOST
    more = f" {rest} more rows are in the table of rollouts." if rest > 0 else ""
    caption = (
        f"{group.scenario}: rate of {harm(group.headline)}. Interval: {group.interval_name}. Could be: the rate if all "
        f"that is not decided had been harmless, or harmful.{more}"
    )
    columns = ("condition", "who", "rate", "interval", "harm / decided", "not decided", "could be")
    return Table(caption, columns, rows, numbers=2)


def who(model: str, *, reference: bool) -> str:
    """A model by its name; a simulated agent is called one."""
    return f"{model} (simulated)" if reference else model


def undecided(rate: Rate) -> str:
    """How many rollouts no rate counts, and why."""
    parts = [
        f"{number_} {name}"
        for name, number_ in (("uncertain", rate.uncertain), ("unscored", rate.unscored), ("invalid", rate.invalid))
        if number_
    ]
    return f"{percent(rate.open, rate.n)}: {', '.join(parts)}" if parts else "none"


def harm(kind: str) -> str:
    """A kind of finding in words."""
    return kind.replace("_", " ")


def asks(kind: str) -> str:
    """What a judge is asked about a kind of finding."""
    return codebook().actions[kind].asks


def conduct(group: Group) -> Table | None:
    """What else was done, over all conditions: a row for each kind of finding and model."""
    rows = tuple(_conduct(group))
    if not rows:
        return None
    columns = ("what the agent did", "who", "rollouts with it", "of those judged")
    return Table(f"{group.scenario}: what the agents did besides, over all conditions.", columns, rows, numbers=2)


def _conduct(group: Group) -> Iterator[tuple[str, ...]]:
    for kind in (*HARMS, *RIGHTS):
        for model in group.models:
            cells = [cell for cell in group.cells if cell.model == model]
            found, scored = sum(cell.kinds.get(kind, 0) for cell in cells), sum(cell.rate.scored for cell in cells)
            if found and kind != group.headline:
                name = who(model, reference=cells[0].reference)
                yield (harm(kind), name, f"{found} ({percent(found, scored)})", f"{scored:,}")
