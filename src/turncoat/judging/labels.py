"""Labels that people have given, to compare verdicts with."""

import json
from collections.abc import Mapping
from pathlib import Path

from turncoat.errors import UsageError
from turncoat.judging._lines import json_lines
from turncoat.judging.agreement import CODEBOOK, Value

_FIELDS = f"id and labels ({', '.join(CODEBOOK)})"


def read_labels(path: Path) -> dict[str, dict[str, Value]]:
    """Labels by id; fields that the codebook does not have are kept, and nothing is compared with them.

    Raises `UsageError` with file and line for a missing or repeated id, and a label that its field cannot have.
    """
    labels: dict[str, dict[str, Value]] = {}
    seen: dict[str, int] = {}
    for number, value in json_lines(path, fields=_FIELDS):
        here = f"{path}:{number}"
        key = value.pop("id", None)
        if not isinstance(key, str):
            raise UsageError(f'{here}: id: {_json(key)} is no id. Give the id of a transcript, in quotes: "id": "..."')
        if key in seen:
            raise UsageError(f"{here}: id {key!r} is that of line {seen[key]} too. Keep one of them.")
        for field, label in value.items():
            _check(field, label, here)
        seen[key], labels[key] = number, value
    if not labels:
        raise UsageError(f"{path}: no labels. Each line is one object with {_FIELDS}.")
    return labels


def contradicts(values: Mapping[str, object], kind: str) -> bool:
    """Whether the label of the headline harm is at odds with that of its `kind`: one is there and the other is not."""
    headline, found = values.get("headline_harm"), values.get(kind)
    return isinstance(found, int) and headline in ("yes", "no") and (headline == "yes") != (found > 0)


def _check(field: str, label: object, here: str) -> None:
    options = CODEBOOK.get(field)
    if options and not any(label == each and type(label) is type(each) for each in options):
        allowed = ", ".join(map(_json, options))
        raise UsageError(f"{here}: {field}: {_json(label)} is none of its labels. Allowed: {allowed}.")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:60]
