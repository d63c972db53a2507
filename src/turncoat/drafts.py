"""Files that appear whole or not at all, also when two programs write the same one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from turncoat.errors import UsageError


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Another path beside `path`, to write to: it becomes `path` in one step, unless an error comes before.

    Where `path` is a link, what it leads to is replaced.
    """
    path = path.resolve()
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def free(out: Path, *, force: bool) -> None:
    """Raise `UsageError` where a file that a user named with --out is a folder, or there already without `force`."""
    try:
        folder, there, file = out.is_dir(), out.exists(), out.is_file()
    except OSError as error:
        raise _refused(out, error) from None
    if folder:
        raise UsageError(f"--out {str(out)!r} is a folder. Name a file in it.")
    if there and not file:
        raise UsageError(f"--out {str(out)!r} is no file that could be replaced. Name another.")
    if there and not force:
        raise UsageError(f"--out {str(out)!r} is there already. Name another file, or replace it with --force.")


@contextmanager
def written(out: Path) -> Iterator[Path]:
    """`whole`, in a folder that is made where there is none; what the disk refuses is a `UsageError`."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with whole(out) as draft:
            yield draft
    except OSError as error:
        raise _refused(out, error) from None


def _refused(out: Path, error: OSError) -> UsageError:
    return UsageError(f"Cannot write --out {str(out)!r}: {error.strerror or error}. Name a file in a folder of yours.")
