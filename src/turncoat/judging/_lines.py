"""JSON lines that people bring."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from turncoat.errors import UsageError


def json_lines(path: Path, *, fields: str, torn: bool = False) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSON-lines file with their line numbers (from 1), blank lines left out.

    `fields` says in messages what an object holds. `torn`: a line that is no JSON is what a kill left, and passed over.
    Raises `UsageError` with file and line for a file that cannot be read, a line that is not an object, or a key that
    stands twice (JSON would keep the last one without a word).
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise UsageError(f"Cannot read {str(path)!r}: {error.strerror}. Give a JSON-lines file.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line, object_pairs_hook=once)
        except (ValueError, RecursionError) as error:
            if torn:
                continue
            raise UsageError(f"{path}:{number}: not JSON ({error}). Each line is one object with {fields}.") from error
        if not isinstance(value, dict):
            raise UsageError(f"{path}:{number}: {type(value).__name__} where an object is needed, with {fields}.")
        yield number, value


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON (as `object_pairs_hook`); raises ValueError where a name stands twice."""
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise ValueError(f"{name!r} stands twice")
        made[name] = value
    return made
