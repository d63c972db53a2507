"""Published rates: what others measured, as the positive control of the instrument."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from turncoat.errors import UsageError, unknown
from turncoat.record._base import Document

_FILE = Path(__file__).parent / "published_rates.json"


class Entry(Document):
    """One published figure. `rate` is in [0, 1]; None where not published. `grade` says how it is known."""

    id: str
    model: str
    scenario: str
    interface: str
    condition: dict[str, str]
    rate: float | None = None
    n: int | None = None
    count: int | None = None
    source: str
    grade: str
    figure: str | None = None
    note: str = ""
    stated_belief: str = ""
    stated_belief_shares: dict[str, float] = Field(default_factory=dict)


@lru_cache(maxsize=1)
def entries() -> Mapping[str, Entry]:
    """All published figures by id."""
    return {each["id"]: Entry.model_validate(each) for each in json.loads(_FILE.read_text(encoding="utf-8"))}


def entry(entry_id: str) -> Entry:
    """The figure of this id. Raises `UsageError` for an unknown id, or for a figure without a rate."""
    if entry_id not in entries():
        rated = sorted(each.id for each in entries().values() if each.rate is not None)
        remedy = f"Give one as `-M entry={rated[0]}`; docs/reference-agents.md says what each of them is."
        if not entry_id:
            raise UsageError(
                f"`reference/published` replays a published figure: which? {remedy} All: {', '.join(rated)}."
            )
        raise unknown("published entry", entry_id, rated, remedy=remedy)
    found = entries()[entry_id]
    if found.rate is None:
        raise UsageError(f"The published entry {entry_id!r} has no rate to replay. Choose one that has a `rate`.")
    return found


def applies(entry: Entry, scenario: str, condition: Mapping[str, str], *, motive: bool) -> bool:
    """Whether a figure speaks of this scenario and condition: its levels are set; where it names no motive, one is."""
    names_motive = "threat" in entry.condition or "goal" in entry.condition
    agrees = all(condition.get(factor, level) == level for factor, level in entry.condition.items())
    return entry.scenario == scenario and agrees and (names_motive or motive)
