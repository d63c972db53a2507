"""What one labeller has answered so far, in a file of their own that is whole at every moment."""

import fcntl
import json
import os
import re
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from turncoat.errors import UsageError
from turncoat.judging.labels import read_labels

_NAME = re.compile(r"[^\W_][\w-]{0,39}")


def labeller(name: str) -> str:
    """A labeller's name as it is kept: a plain word in small letters. Raises `UsageError` for any other."""
    if not _NAME.fullmatch(name.strip()):
        raise UsageError(f"--by {name!r} is no plain word. Use letters, digits, - and _, such as ann or coder-2.")
    return name.strip().lower()


class Answers:
    """The labels of one labeller. `token` lets a page in; it stays the same when the program is started again."""

    def __init__(self, path: Path, by: str, token: str) -> None:
        self.path, self.by, self.token = path, by, token
        self._rows: dict[str, dict[str, Any]] = {}
        if path.exists():
            self._rows = {key: dict(values) for key, values in read_labels(path).items()}
        others = sorted({str(row.get("by")) for row in self._rows.values()} - {by})
        if others:
            raise UsageError(
                f"{str(path)!r} holds labels of {', '.join(others)}, and labellers do not see each other's. "
                f"Name another --out, or label as {others[0]}."
            )

    @classmethod
    @contextmanager
    def opened(cls, path: Path, by: str) -> Iterator[Self]:
        """The file `path` of the labeller `by`, held for this program alone; it is made with the first answer.

        Raises `UsageError` where it cannot be written, another program has it, or it is another labeller's.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.fdopen(os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600), "r+")
        except OSError as error:
            raise UsageError(f"Cannot write labels to {str(path)!r}: {error.strerror}. Name another --out.") from None
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise UsageError(
                    f"{by} is labelling into {str(path)!r} already. Go on there, end it first with Ctrl-C, "
                    "or give another name with --by."
                ) from None
            token = handle.read().strip()
            if not token:
                token = secrets.token_urlsafe(24)
                handle.write(token)
                handle.flush()
            yield cls(path, by, token)

    def of(self, key: str) -> Mapping[str, Any]:
        """What is known of a transcript: answers by field, `note`, `quotes`, and the fingerprint `case`."""
        return self._rows.get(key, {})

    def change(self, key: str, values: Mapping[str, Any]) -> None:
        """Set fields of a transcript, or take back those that are None, and have it on disk before returning."""
        row = {"by": self.by, **self._rows.get(key, {}), **values}
        row = {field: value for field, value in row.items() if value is not None}
        rows = {**self._rows, key: row}
        if row.keys() <= {"by", "case"}:
            del rows[key]
        self._write(rows)
        self._rows = rows

    def set_aside(self, keys: Collection[str]) -> Path:
        """Move what is known of these transcripts into a file beside, which nothing reads; return that file."""
        old = self.path.with_name(f"{self.path.name}.old")
        with old.open("a", encoding="utf-8") as file:
            for key in keys:
                file.write(json.dumps({"id": key, **self._rows[key]}, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        rows = {key: row for key, row in self._rows.items() if key not in set(keys)}
        self._write(rows)
        self._rows = rows
        return old

    def _write(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        part = self.path.with_name(f".{self.path.name}.part")
        with part.open("w", encoding="utf-8") as file:
            for key, row in rows.items():
                file.write(json.dumps({"id": key, **row}, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        if rows:
            part.replace(self.path)
        else:  # a file without a label is none
            part.unlink()
            self.path.unlink(missing_ok=True)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
