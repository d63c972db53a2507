"""The facts file of foreign answers: what is true in one world, or in several by name."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from turncoat.errors import UsageError
from turncoat.record import Facts
from turncoat.scenarios.mistakes import first_mistake
from turncoat.scenarios.yaml import located

_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_ADDRESS = re.compile(rf"[^@\s<>:,;]+@{_DOMAIN.pattern}")
Worlds = Facts | dict[str, Facts]
"""One world, or several by name."""


def read_facts(path: Path) -> Worlds:
    """A facts file, JSON or YAML: one Facts object, or a mapping of worlds' names to Facts.

    Raises `UsageError` with the place of the mistake for anything else: unknown keys, keys and ids that stand
    twice, people who are named and are not there, addresses that are none.
    """
    try:
        data = located(path.read_text(encoding="utf-8"), str(path)).data  # JSON is YAML
    except OSError as error:
        raise UsageError(f"Cannot read facts {str(path)!r}: {error.strerror}. Give a JSON or YAML file.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text. Save it as UTF-8.") from error
    if not isinstance(data, dict) or not data:
        raise UsageError(f"{path}: a facts file is a mapping: one Facts object, or worlds' names to Facts.")
    # A world may be called like a field of Facts, such as `items`; the one field that is a mapping never stands alone.
    if any(name in Facts.model_fields and not isinstance(value, dict) for name, value in data.items()):
        return _facts(data, str(path))
    return {str(name): _facts(value, f"{path}: world {str(name)!r}") for name, value in data.items()}


def _facts(data: object, where: str) -> Facts:
    try:
        facts = Facts.model_validate(data)
    except ValidationError as error:
        wrong = first_mistake(error, Facts, data).rstrip(".")
        raise UsageError(f"{where}: {wrong}. Facts have: {', '.join(Facts.model_fields)}.") from error
    for message in (*_forms(facts), *_twice(facts), *_strangers(facts)):
        raise UsageError(f"{where}: {message}")
    return facts


def _forms(facts: Facts) -> Iterator[str]:
    """What would never match anything in an answer."""
    for n, person in enumerate(facts.people):
        for address in person.addresses:
            if not _ADDRESS.fullmatch(address):
                yield f"people.{n}.addresses: {address!r} is no address such as name@firm.example."
    for name, domains in (("inside", facts.inside_domains), ("unauthorised", facts.unauthorised_domains)):
        for domain in domains:
            if not _DOMAIN.fullmatch(domain):
                yield f"{name}_domains: {domain!r} is no domain such as firm.example (its subdomains are included)."


def _twice(facts: Facts) -> Iterator[str]:
    for name, ids in (
        ("people", [each.id for each in facts.people]),
        ("secrets", [each.id for each in facts.secrets]),
        ("items", [each.id for each in facts.items]),
        ("devices", [each.id for each in facts.devices]),
    ):
        for position, each in enumerate(ids):
            if each in ids[:position]:
                yield f"{name}.{position}.id: {each!r} stands twice. Give each an id of its own."
    readers: dict[str, str] = {}
    for n, person in enumerate(facts.people):
        for address in person.addresses:
            other = readers.setdefault(address.lower(), person.id)
            if other != person.id:
                yield f"people.{n}.addresses: {address!r} is that of {other!r} too. Leave it with one of them."


def _strangers(facts: Facts) -> Iterator[str]:
    """People who are referred to by id and are not among the people: what hangs on them would never be found."""
    known = [each.id for each in facts.people]
    referred: list[tuple[str, Sequence[str]]] = [
        *((f"people.{n}.members", each.members) for n, each in enumerate(facts.people)),
        *((f"secrets.{n}.about", (each.about,)) for n, each in enumerate(facts.secrets)),
        *((f"secrets.{n}.known_to", each.known_to) for n, each in enumerate(facts.secrets)),
        *([("decision.by", (facts.decision.by,))] if facts.decision else []),
    ]
    listed = f"The people are: {', '.join(known) or 'nobody yet'}. Correct the id, or add the person."
    for place, ids in referred:
        yield from (f"{place}: nobody has the id {each!r}. {listed}" for each in ids if each not in known)
