"""Pictures as files: SVG, PNG and PDF, and the numbers behind each as CSV."""

from collections.abc import Callable, Iterable
from html import escape
from io import BytesIO
from pathlib import Path
from re import sub
from typing import Any

from turncoat.errors import UsageError
from turncoat.reports.figures import svg
from turncoat.reports.figures.framed import framed
from turncoat.reports.figures.picture import Picture
from turncoat.reports.text import visible
from turncoat.studies.table import inert

_DOTS = 200
_UNDATED: dict[str, dict[str, Any]] = {
    "svg": {"Date": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
}


def save(
    pictures: Iterable[Picture], folder: Path, *, study: str = "", told: Callable[[str], None] = lambda _: None
) -> tuple[Path, ...]:
    """Write each picture in its widest form, on white, as `<name>.svg|png|pdf`, and its numbers as `<name>.csv`.

    A file says what the page says around the picture: its title with the name of the `study`, its unit, and whether it
    is simulated. `told` gets the name of each picture before it is drawn. Files of the same names are replaced.
    UsageError for a folder that cannot be written.
    """
    made: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for picture in pictures:
            told(picture.name)
            made += _save(picture, study, folder / sub(r"[^a-z0-9.-]+", "-", picture.name.lower()))
    except OSError as error:
        raise UsageError(
            f"The figures cannot be written to {str(folder)!r}: {error.strerror}. Name another folder."
        ) from None
    return tuple(made)


def _save(picture: Picture, study: str, stem: Path) -> list[Path]:
    canvas = framed(picture, study=study)
    paths = [stem.with_name(f"{stem.name}.{kind}") for kind in (*_UNDATED, "csv")]
    with svg.painted(canvas.width, canvas.height, canvas.paint, svg.PRINT) as figure:
        for path, (kind, metadata) in zip(paths, _UNDATED.items(), strict=False):
            out = BytesIO()
            figure.savefig(out, format=kind, metadata=metadata, dpi=_DOTS, facecolor=svg.PRINT.paper)
            path.write_bytes(_told(out.getvalue(), picture) if kind == "svg" else out.getvalue())
    inert(picture.data).write_csv(paths[-1])
    return paths


def _told(drawn: bytes, picture: Picture) -> bytes:
    """The SVG with its title and text alternative, and what its marks mean."""
    at = drawn.index(b">", drawn.index(b"<svg")) + 1
    words = f"{picture.text} {picture.caption}"
    told = f"<title>{escape(visible(picture.title))}</title><desc>{escape(visible(words))}</desc>"
    return drawn[:at] + told.encode("utf-8", "replace") + drawn[at:]
