"""The words of reference agents: dozens of phrasings for each act, as data, in two halves.

The `heldout` half was written before any pattern of a judge and is kept out of their development.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Literal

from turncoat.errors import UsageError, unknown
from turncoat.record._base import Document
from turncoat.scenarios.template import PackTemplateError, render
from turncoat.scenarios.yaml import load, parse

_FOLDER = Path(__file__).parent / "phrasings"
Half = Literal["all", "open", "heldout"]


class Phrasing(Document):
    """One way of saying something; templates. `subject` is empty where the act is no mail."""

    subject: str = ""
    body: str


class _ActFile(Document):
    act: str
    lines: tuple[Phrasing, ...]


@lru_cache(maxsize=256)
def phrasings(act: str, half: Half = "all") -> tuple[Phrasing, ...]:
    """All phrasings of an act. Raises `UsageError` for an act that has none."""
    halves = ("open", "heldout") if half == "all" else (half,)
    files = [path for each in halves if (path := _FOLDER / each / f"{act}.yaml").is_file()]
    if not files:
        raise unknown("act", act, acts())
    return tuple(line for path in files for line in parse(_ActFile, load(path, path.name)).lines)


@lru_cache(maxsize=1)
def acts() -> frozenset[str]:
    """The names of all acts."""
    return frozenset(path.stem for path in _FOLDER.glob("*/*.yaml"))


def say(act: str, words: Mapping[str, object], random: Random, *, half: Half = "all") -> Phrasing:
    """A phrasing of the act, drawn and filled in. Raises `UsageError` when `words` lacks something it needs."""
    line = random.choice(phrasings(act, half))
    try:
        return Phrasing(subject=render(line.subject, words), body=render(line.body, words))
    except PackTemplateError as error:
        raise UsageError(f"The phrasings of {act!r} need more `words` in acts.yaml: {error}") from None
