"""The file of verdicts while it grows: no kill, full disk or second call costs what it holds."""

import fcntl
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Self, TextIO

from turncoat.errors import UsageError
from turncoat.judging.verdicts import latest, part_of


class VerdictFile:
    """Verdicts on their way to `out` (None: nowhere). Lines are written beside it, and replace it when all are there.

    Entered, it is locked. Raises `UsageError` where nothing can be written, or another call is writing.
    """

    def __init__(self, out: Path | None) -> None:
        self._out = out
        self._file: TextIO | None = None
        self._lines: dict[str, str] = {}

    def __enter__(self) -> Self:
        if self._out:
            self._file = _locked(self._out)
        return self

    def __exit__(self, *_: object) -> None:
        if self._out and self._file:
            part = part_of(self._out)
            if part.exists() and not part.read_bytes().strip():
                part.unlink()
            with suppress(OSError):  # of a full disk, said already
                self._file.close()

    def write(self, key: str, line: str) -> None:
        """Add a line at once."""
        if self._out and self._file:
            try:
                self._file.write(line + "\n")
                self._file.flush()
            except OSError as error:
                raise _unwritable(self._out, error) from error
            self._lines[key] = line

    def settle(self, order: Iterable[str]) -> None:
        """Replace the file with the lines in this order; what it held on other transcripts follows."""
        if not self._out:
            return
        whole = self._out.with_name(self._out.name + ".new")
        lines = {**dict.fromkeys(order, ""), **latest(self._out), **self._lines}
        try:
            with whole.open("w", encoding="utf-8", errors="replace") as file:
                file.writelines(line + "\n" for line in lines.values())
                file.flush()
                os.fsync(file.fileno())
            whole.replace(self._out)
        except OSError as error:
            raise _unwritable(self._out, error) from error
        part_of(self._out).unlink()


def _locked(out: Path) -> TextIO:
    if out.is_dir():
        raise UsageError(f"--out {str(out)!r} is a folder. Name a file in it, such as {str(out / 'verdicts.jsonl')!r}.")
    part = part_of(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        file = part.open("a", encoding="utf-8", errors="replace")
    except OSError as error:
        raise _unwritable(out, error) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(file.fileno()), part.stat()):
            raise BlockingIOError  # it was replaced in between
    except OSError:
        file.close()
        raise UsageError(f"Another call is writing {str(out)!r}. Wait for it to end, or name another --out.") from None
    try:
        file.write("\n")  # what a kill tore ends here
        file.flush()
    except OSError as error:
        with suppress(OSError):
            file.close()
        raise _unwritable(out, error) from error
    return file


def _unwritable(out: Path, error: OSError) -> UsageError:
    return UsageError(f"Cannot write --out {str(out)!r}: {error.strerror}. Name a file in a folder of yours.")
