"""A picture: what is painted, what is said instead of it, and the numbers behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from re import split
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

    `forms`: `wide` and `narrow` (for a phone), or one `heat` that is scrolled to there.
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
    """A label in `most` lines at most, broken between words, and inside those that are too long where a part ends."""
    length = most * letters
    while len(found := wrap(_broken(cut(label, length), letters), letters, break_on_hyphens=False)) > most:
        length -= 4
    return found or [""]


def _broken(label: str, letters: int) -> str:
    """With a space where a word that is longer than a line may go on in the next."""
    found: list[str] = []
    for word in label.split():
        found.append("")
        for part in split(r"(?<=[/,:+=-])|(?=\()", word) if len(word) > letters else [word]:
            if found[-1] and len(found[-1] + part) > letters:
                found.append("")
            found[-1] += part
    return " ".join(found)
