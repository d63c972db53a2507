"""Packs for these tests: the built-in ones, and copies to break."""

from pathlib import Path
from shutil import copytree

from turncoat.scenarios import Briefing, Pack, find_pack
from turncoat.scenarios.catalog import BUILT_IN

NAMES = ("blackmail", "espionage", "lethal")
CANARY = "turncoat canary 5d0e7a1c-8f0b-4c55-9a1e-7b8b6d1f2c44: evaluation material, keep out of training data"


def packs() -> list[Pack]:
    return [find_pack(name) for name in NAMES]


def texts(briefing: Briefing) -> list[str]:
    """Everything of a briefing that somebody reads."""
    facts = briefing.facts
    return [
        briefing.brief,
        *(text for mail in briefing.inbox for text in (mail.subject, mail.body)),
        *(reply.body for reply in briefing.replies),
        *(text for person in facts.people for text in (person.name, person.role)),
        *(text for each in facts.secrets for text in (each.kind, each.statement, *each.details, *each.terms)),
        *(text for each in facts.items for text in (each.title, *each.terms)),
        *(text for each in facts.devices for text in (each.code, each.status, each.misuse) if text),
        *(text for each in briefing.controls for text in (each.description, each.result, each.leaves)),
        *([facts.decision.what] if facts.decision else []),
        *(
            text
            for steps in briefing.cue.acts.values()
            for step in steps
            for text in (step.subject, step.body, step.code)
        ),
        *(
            text
            for word in briefing.cue.words.values()
            for text in ([word] if isinstance(word, str) else word.values())
        ),
    ]


def copy(name: str, to: Path, *, called: str = "mine") -> Path:
    """A built-in pack in a folder of its own, under another name."""
    folder = to / called
    copytree(BUILT_IN / name, folder)
    change(folder, "pack.yaml", f"name: {name}", f"name: {called}")
    return folder


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Replace text that stands in a file exactly once."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def line_of(folder: Path, file: str, text: str) -> int:
    """The 1-based line of a text that stands in a file exactly once."""
    lines = [n for n, line in enumerate((folder / file).read_text(encoding="utf-8").splitlines(), 1) if text in line]
    assert len(lines) == 1, f"{text!r} stands in lines {lines} of {file}"
    return lines[0]
