"""A picture: what is painted, what is said instead of it, and the numbers behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap

import polars as pl

from turncoat.reports.figures import svg

LETTER, BOLD, LINE = 0.083, 0.078, 0.16
"""Inches: the mean width of a letter at 9.5 points, of a bold one at 9, and the distance of lines."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """One form of a picture, in inches. `axis`: where the middle of its axis is, under which its unit belongs."""

    width: float
    height: float
    paint: svg.Paint
    axis: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`name`: of its files. `text`: its alternative in words. `data`: every number in it, a row each.

    `unit`: what its axis or its fields are in.

    `forms`: `wide` and `narrow` (for a phone), or one `heat` that is scrolled to.
    """

    name: str
    title: str
    unit: str
    text: str
    caption: str
    data: pl.DataFrame
    forms: Mapping[str, Canvas]

    def inline(self, prefix: str) -> dict[str, str]:
        """Form -> `<svg>` element; ids start with `prefix`."""
        return {
            form: svg.inline(of.width, of.height, of.paint, prefix=f"{prefix}-{form}", title=self.title, text=self.text)
            for form, of in self.forms.items()
        }


def cut(text: str, length: int) -> str:
    """Without its middle where it is too long: labels differ at both ends."""
    end = length // 3
    return text if len(text) <= length else f"{text[: length - end - 1]}…{text[-end:]}"


def lines(label: str, letters: int, most: int) -> list[str]:
    """A heading in `most` lines at most, broken between factors where it can be."""
    length = most * letters
    while len(found := wrap(cut(label, length), letters, break_on_hyphens=False)) > most:
        length -= 4
    return found or [""]
