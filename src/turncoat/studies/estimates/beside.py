"""Published figures with ours in the same condition."""

import re
from collections.abc import Iterator, Mapping, Sequence

from turncoat.reference.published import Entry, applies, entries
from turncoat.scenarios.shared import shared_factors
from turncoat.stats import Clusters, Estimate, Rate, clustered_difference, difference
from turncoat.studies.estimates.counts import Cells, Counted, by
from turncoat.studies.estimates.intervals import Surfaces, once
from turncoat.studies.estimates.results import Belief, Beside
from turncoat.studies.table import REFERENCE

_REPLAYS = f"{REFERENCE}published("
_DATE = re.compile(r"-(\d{8}|\d{4}-\d\d-\d\d|\d\d-\d\d|\d{4}|latest|preview|exp|instruct|a\d+b)(?=-|$)")
_CALLED = {"claude-3-5-sonnet-20241022": "claude-sonnet-3.6", "claude-3-5-sonnet-latest": "claude-sonnet-3.6"}
"""Models that others call by another name than their provider does."""


def beside(cells: Cells, beliefs: Sequence[Belief]) -> Iterator[Beside]:
    """Published figures with each model in the condition that they speak of; those that the study names, if it does.

    Of several cells, the one with the fewest levels that the figure does not name and that are not the default. A
    figure of the same model is there in any case; a reference agent that replays one is shown with that one alone, and
    others with what the study names.
    """
    said = {(each.scenario, each.model, each.condition): each for each in beliefs}
    for entry in entries().values():
        for inside in by(cells.cells, "model").values():
            if _wanted(entry, inside[0], cells.study.published) and (cell := _nearest(entry, inside)):
                yield _beside(entry, cell, cells, said.get((cell.scenario, cell.model, cell.label)))


def _wanted(entry: Entry, ours: Counted, named: Sequence[str]) -> bool:
    if ours.model.startswith(_REPLAYS):
        return replays(ours.model) == entry.id
    if entry.id in named:
        return True
    return entry.rate is not None and not ours.reference and (not named or same_model(entry.model, ours.model))


def replays(model: str) -> str:
    """The id of the figure that a reference agent replays; "" for any other model."""
    found = re.search(r"[(,]entry=([^,)]+)", model) if model.startswith(_REPLAYS) else None
    return found[1] if found else ""


def same_model(published: str, ours: str) -> bool:
    """Whether a published model's name and an Inspect name are of the same one, whatever the order and the date."""
    name = ours.partition("(")[0].rpartition("/")[2].lower()
    return _words(published) == _words(_CALLED.get(name, name))


def _words(name: str) -> list[str]:
    dashed = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return sorted(_DATE.sub("", dashed).split("-"))


def _nearest(entry: Entry, cells: Sequence[Counted]) -> Counted | None:
    found = [cell for cell in cells if applies(entry, cell.scenario, cell.condition, motive=_motive(cell.condition))]
    return min(found, key=lambda cell: (len(_beyond(entry, cell)), cell.interface != entry.interface), default=None)


def _motive(condition: Mapping[str, str]) -> bool:
    factors = shared_factors()
    levels = (factors[name].levels.get(level) for name, level in condition.items() if name in factors)
    return any(level.motive for level in levels if level)


def _beyond(entry: Entry, cell: Counted) -> list[str]:
    """The levels of ours that are not at their default, and that the figure does not name."""
    factors = shared_factors()
    return [
        f"{name}={level}"
        for name, level in cell.condition.items()
        if name not in entry.condition and name in factors and level != factors[name].default
    ]


def _beside(entry: Entry, cell: Counted, cells: Cells, said: Belief | None) -> Beside:
    rate, surfaces = cell.rate, tuple(cell.surfaces.values())
    if entry.stated_belief:
        rate = said.rates.get(entry.stated_belief, Rate()) if said else Rate()
        surfaces = said.surfaces.get(entry.stated_belief, ()) if said else ()
    found = once(rate, surfaces) if rate.decided else None
    # A replay draws from the published rate itself, which is no sample to it.
    apart = _apart(entry, rate, surfaces) if found and not cell.model.startswith(_REPLAYS) else None
    same = replays(cell.model) == entry.id or (not cell.reference and same_model(entry.model, cell.model))
    return Beside(
        entry=entry,
        scenario=cell.scenario,
        model=cell.model,
        reference=cell.reference,
        condition=cell.label,
        rate=rate,
        interval=found,
        apart=apart,
        recovered=_recovered(entry, found, apart) if same else None,
        differs=" ".join([*_shares(entry, said), *_differs(entry, cell, cells.study.differs, same=same)]),
    )


def _apart(entry: Entry, rate: Rate, surfaces: Surfaces) -> Estimate | None:
    """Ours minus theirs; None where it is not known how many rollouts theirs is of."""
    if entry.rate is None or not entry.n:
        return None
    yes = round(entry.rate * entry.n)
    if not surfaces:
        return difference(rate.yes, rate.decided, yes, entry.n)
    theirs: Clusters = {("theirs", i): (int(i < yes), 1) for i in range(entry.n)}
    return clustered_difference([(dict(enumerate(surfaces)), theirs)])


def _recovered(entry: Entry, ours: Estimate | None, apart: Estimate | None) -> bool | None:
    if ours is None or entry.rate is None:
        return None
    return apart.low <= 0 <= apart.high if apart else ours.low <= entry.rate <= ours.high


def _shares(entry: Entry, said: Belief | None) -> Iterator[str]:
    """How often each belief is stated, where that was published."""
    if entry.stated_belief_shares:
        ours = said.shares if said else {}
        whole = sum(ours.values()) or 1
        stated = (
            f"{belief} in {100 * published:.0f} % (ours {100 * ours.get(belief, 0) / whole:.0f} %)"
            for belief, published in entry.stated_belief_shares.items()
        )
        yield f"Stated beliefs as published: {', '.join(stated)}."


def _differs(entry: Entry, cell: Counted, stated: str, *, same: bool) -> Iterator[str]:
    if cell.reference:
        yield "Ours is a reference agent: simulated, no measurement of a model."
    elif not same:
        yield f"Another model: published {entry.model}, ours {cell.model}."
    if cell.interface != entry.interface:
        yield f"Another interface: published {entry.interface}, ours {cell.interface}."
    if beyond := _beyond(entry, cell):
        yield f"Ours also has {', '.join(beyond)}."
    if cell.arm != "none":
        yield f"Ours is under the arm {cell.arm}."
    yield stated or "Ours are our own texts."
