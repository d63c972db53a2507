"""Files of questions: one for each judge, or several where a provider takes no more in one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from turncoat.errors import UsageError
from turncoat.judging.models.batch.formats import Format, format_of

_LONGEST_NAME = 100


@dataclass(slots=True)
class Writer:
    """The files of one judge, a new one where the last is full."""

    slug: str
    format: Format
    files: list[str] = field(default_factory=list)
    _file: BinaryIO | None = None
    _requests: int = 0
    _size: int = 0

    def write(self, folder: Path, line: bytes) -> None:
        """Add a line, of one request."""
        full = self._requests >= self.format.requests or self._size + len(line) > self.format.size
        if self._file is None or full:
            self._open(folder)
        assert self._file is not None
        self._file.write(line)
        self._requests, self._size = self._requests + 1, self._size + len(line)

    def _open(self, folder: Path) -> None:
        self.close()
        if len(self.files) == 1:
            self.files = [_fresh(folder, f"{self.slug}-1.jsonl")]
            (folder / f"{self.slug}.jsonl").rename(folder / self.files[0])
        number = f"-{len(self.files) + 1}" if self.files else ""
        self.files.append(_fresh(folder, f"{self.slug}{number}.jsonl"))
        self._file = (folder / self.files[-1]).open("xb")
        self._requests = self._size = 0

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None


def _fresh(folder: Path, name: str) -> str:
    if (folder / name).exists():
        raise UsageError(f"Two judges would share the file {name!r}. Export them into folders of their own.")
    return name


def writers_of(names: Sequence[str]) -> dict[str, Writer]:
    """A writer for each judge, by name. Raises `UsageError` for none, and for two that would share a file."""
    if not names:
        raise UsageError("Nobody to ask: name a judge.")
    writers: dict[str, Writer] = {}
    slugs: dict[str, str] = {}
    for name in dict.fromkeys(names):
        slug = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:_LONGEST_NAME] or "judge"
        other = slugs.setdefault(slug.casefold(), name)
        if other != name:
            raise UsageError(f"{other!r} and {name!r} would share a file. Export them into folders of their own.")
        writers[name] = Writer(slug, format_of(name))
    return writers
