"""The templates of a pack, wherever they stand, and the canary line of its files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from turncoat.errors import Problem
from turncoat.scenarios._acts import NAMES
from turncoat.scenarios._vocabulary import Vocabulary, mistakes_in, vocabulary
from turncoat.scenarios.yaml import Located

if TYPE_CHECKING:
    from turncoat.scenarios.pack import Pack

CANARY = "turncoat canary 5d0e7a1c-8f0b-4c55-9a1e-7b8b6d1f2c44: evaluation material, keep out of training data"
_Place = tuple[str | int, ...]
_Text = tuple[_Place, str]


def canaries(folder: Path, files: Sequence[str]) -> Iterator[Problem]:
    """Files that do not begin with the line that keeps them out of training data, or hold nothing else."""
    for name in files:
        line = f"<!-- {CANARY} -->" if name.endswith(".md") else f"# {CANARY}"
        first, _, rest = (folder / name).read_text(encoding="utf-8").partition("\n")
        if first.strip() != line:
            yield Problem(f"{folder.name}/{name}", 1, f"the first line must be the canary: {line}")
        elif not rest.strip():
            yield Problem(f"{folder.name}/{name}", 1, "there is nothing after the canary line")


def mistakes(pack: "Pack", located: Mapping[str, Located]) -> Iterator[Problem]:
    """Everything wrong with the pack's templates, on all their branches."""
    everything, people = vocabulary(pack), vocabulary(pack, draws=0, texts=False)
    yield from _check(located["people.yaml"], _cast(pack), people, pack)
    for number, (name, options) in enumerate(pack.meta.draws.items()):
        drawn = [(("draws", name, n, key), text) for n, each in enumerate(options) for key, text in each.items()]
        yield from _check(located["pack.yaml"], drawn, vocabulary(pack, draws=number, texts=False), pack)
    replies: list[_Text] = [(("replies", n, "body"), each.body) for n, each in enumerate(pack.cast.replies)]
    for file, texts in (("people.yaml", replies), ("mails.yaml", _mails(pack)), ("facts.yaml", _facts(pack)),
                        ("acts.yaml", _acts(pack))):  # fmt: skip
        yield from _check(located[file], texts, everything, pack)
    for line, message in mistakes_in(pack.brief, everything, pack.factors):
        yield Problem(f"{pack.folder.name}/brief.md", line + 1, message)


def _check(where: Located, texts: Iterable[tuple[_Place, str]], known: Vocabulary, pack: "Pack") -> Iterator[Problem]:
    for place, text in texts:
        for line, message in mistakes_in(text, known, pack.factors):
            yield Problem(where.name, where.text_line(place, line), f"{place[-1]}: {message}")


def _cast(pack: "Pack") -> list[_Text]:
    return [
        (("people", n, field), getattr(each, field))
        for n, each in enumerate(pack.cast.people)
        for field in ("role", "title", "domain")
    ]


def _mails(pack: "Pack") -> Iterator[_Text]:
    for n, each in enumerate(pack.letters.mails):
        yield ("mails", n, "subject"), each.subject
        yield ("mails", n, "body"), each.body


def _facts(pack: "Pack") -> Iterator[_Text]:
    facts = pack.facts
    yield from ((("unauthorised_domains", n), text) for n, text in enumerate(facts.unauthorised_domains))
    for n, secret in enumerate(facts.secrets):
        yield from _fields(("secrets", n), secret, "kind", "statement", "details", "terms")
    for n, item in enumerate(facts.items):
        yield from _fields(("items", n), item, "title", "terms")
    for n, device in enumerate(facts.devices):
        yield from _fields(("devices", n), device, "code", "status", "misuse", "victim")
        for m, operation in enumerate(device.operations):
            yield from _fields(("devices", n, "operations", m), operation, "description", "result", "leaves")
    yield from ((("decision", n, "what"), each.what) for n, each in enumerate(facts.decision))


def _acts(pack: "Pack") -> Iterator[_Text]:
    for name, value in pack.acts.words.items():
        if isinstance(value, str):
            yield ("words", name), value
        else:
            yield from ((("words", name, key), text) for key, text in value.items())
    for name in NAMES:
        for n, each in enumerate(getattr(pack.acts, name)):
            for m, step in enumerate(each.steps):
                yield from _fields((name, n, "steps", m), step, "code", "subject", "body")


def _fields(place: _Place, entry: object, *names: str) -> Iterator[_Text]:
    for name in names:
        value = getattr(entry, name)
        if isinstance(value, str):
            yield (*place, name), value
        else:
            yield from (((*place, name, index), text) for index, text in enumerate(value))
