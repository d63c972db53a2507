"""Labels that people have given, to compare verdicts with."""

import json
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from turncoat.errors import UsageError
from turncoat.judging._lines import json_lines
from turncoat.judging.agreement import CODEBOOK, Value

_FIELDS = f"id and labels ({', '.join(CODEBOOK)})"


def read_labels(path: Path) -> dict[str, dict[str, Value]]:
    """Labels by id; fields that the codebook does not have are kept, and nothing is compared with them.

    Raises `UsageError` with file and line for a missing or repeated id, a label that its field cannot have, and a field
    that looks like one of the codebook's with its name misspelt.
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
            _check(field, label, value, here)
        seen[key], labels[key] = number, value
    if not labels:
        raise UsageError(f"{path}: no labels. Each line is one object with {_FIELDS}.")
    return labels


def _check(field: str, label: object, beside: dict[str, Any], here: str) -> None:
    if field in CODEBOOK:
        options = CODEBOOK[field]
        if not any(label == each and type(label) is type(each) for each in options):
            allowed = ", ".join(map(_json, options))
            raise UsageError(f"{here}: {field}: {_json(label)} is none of its labels. Allowed: {allowed}.")
        return
    near = get_close_matches(field.lower(), CODEBOOK, n=1, cutoff=0.75)
    if near and near[0] not in beside:
        raise UsageError(
            f"{here}: unknown field {field!r}. Did you mean {near[0]!r}? Correct it, or rename a field of your "
            f"own. Compared are: {', '.join(CODEBOOK)}."
        )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:60]
