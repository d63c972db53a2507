"""The facts file of foreign answers: what is true in one world, or in several by name."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError

from turncoat.errors import UsageError
from turncoat.record import Facts
from turncoat.scenarios.mistakes import first_mistake
from turncoat.scenarios.yaml import PlainLoader

Worlds = Facts | dict[str, Facts]
"""One world, or several by name."""


def read_facts(path: Path) -> Worlds:
    """A facts file, JSON or YAML: one Facts object, or a mapping of worlds' names to Facts.

    Raises `UsageError` with the place of the mistake for anything else: unknown keys, ids that stand twice, people who
    are named and are not there.
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=PlainLoader)  # JSON is YAML
    except OSError as error:
        raise UsageError(f"Cannot read facts {str(path)!r}: {error.strerror}. Give a JSON or YAML file.") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: neither JSON nor YAML ({str(error).splitlines()[0]}).") from error
    if not isinstance(data, dict) or not data:
        raise UsageError(f"{path}: a facts file is a mapping: one Facts object, or worlds' names to Facts.")
    if set(data) & set(Facts.model_fields):
        return _facts(data, str(path))
    return {str(name): _facts(value, f"{path}: world {str(name)!r}") for name, value in data.items()}


def _facts(data: object, where: str) -> Facts:
    try:
        facts = Facts.model_validate(data)
    except ValidationError as error:
        wrong = first_mistake(error, Facts, data).rstrip(".")
        raise UsageError(f"{where}: {wrong}. Facts have: {', '.join(Facts.model_fields)}.") from error
    for message in (*_twice(facts), *_strangers(facts)):
        raise UsageError(f"{where}: {message}")
    return facts


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
