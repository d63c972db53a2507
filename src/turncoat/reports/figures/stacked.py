"""Shares of a whole as bars, each row one whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from turncoat.reports.figures.picture import BOLD, LETTER, LINE, Canvas, cut, lines
from turncoat.reports.figures.svg import Palette, Pen
from turncoat.reports.numbers import percent

_ROW, _HEAD, _EDGE, _KEY = 0.27, 0.33, 0.1, 0.24


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of share: what it is called, and a colour: `harm`, `faint`, or the place of one of the series."""

    name: str
    colour: str | int
    strength: float = 0.5

    def paint(self, palette: Palette) -> str:
        """Its colour."""
        return palette.series[self.colour] if isinstance(self.colour, int) else str(getattr(palette, self.colour))


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its name, and how many of each part, in the order of the parts."""

    name: str
    counts: tuple[int, ...]


Block = tuple[str, Sequence[Bar]]


def stacked(blocks: Sequence[Block], parts: Sequence[Part]) -> Mapping[str, Canvas]:
    """The picture in both forms, with its key on top."""
    names = max(len(bar.name) for _, bars in blocks for bar in bars)
    left = min(max(names * LETTER + 0.3, 1.3), 3.7)
    return {
        "wide": _canvas(blocks, parts, left=left, plot=5.2, above=0, size=9.5),
        "narrow": _canvas(blocks, parts, left=0.1, plot=3.1, above=0.17, size=8),
    }


def _canvas(
    blocks: Sequence[Block], parts: Sequence[Part], *, left: float, plot: float, above: float, size: float
) -> Canvas:
    width = left + plot + 0.55
    keys = _keys(parts, width, size)
    letters = int(width / (BOLD * size / 9.5))
    headed = [(lines(head, letters, 9) if head else [], bars) for head, bars in blocks]
    heads = sum(_HEAD + LINE * (len(head) - 1) for head, _ in headed if head)
    top = _EDGE + _KEY * (1 + max(row for _, _, row in keys))
    height = top + heads + (_ROW + above) * sum(len(bars) for _, bars in headed) + _EDGE

    def paint(pen: Pen, palette: Palette) -> None:
        for part, x, row in keys:
            y = _EDGE + _KEY * (row + 0.5)
            _box(pen, x, y - 0.07, 0.2, 0.14, part, palette)
            pen.text(x + 0.27, y, part.name, color=palette.ink, size=size - 0.5)
        y = top
        for head, bars in headed:
            for i, line in enumerate(head):
                middle = y + _HEAD * 0.62 + LINE * i
                pen.text(0.02, middle, line, color=palette.ink, weight="bold", size=size - 0.5)
            y += _HEAD + LINE * (len(head) - 1) if head else 0
            for bar in bars:
                name = cut(bar.name, 52 if above else 42)
                pen.text(0.14 - above / 4, y + _ROW / 2, name, color=palette.ink, size=size)
                _bar(pen, bar, parts, (left, y + above, plot), size, palette)
                y += _ROW + above

    return Canvas(width, height, paint, axis=left + plot / 2)


def _keys(parts: Sequence[Part], width: float, size: float) -> list[tuple[Part, float, int]]:
    """Where each part stands in the key: its x, and its row."""
    found, x, row = [], 0.05, 0
    for part in parts:
        needed = 0.45 + len(part.name) * LETTER * size / 9.5
        if x + needed > width and x > 0.05:
            x, row = 0.05, row + 1
        found.append((part, x, row))
        x += needed
    return found


def _bar(
    pen: Pen, bar: Bar, parts: Sequence[Part], at: tuple[float, float, float], size: float, palette: Palette
) -> None:
    x, y, plot = at
    whole = sum(bar.counts)
    for part, number in zip(parts, bar.counts, strict=True):
        wide = plot * number / whole if whole else 0
        if not number:
            continue
        _box(pen, x, y + 0.03, wide, _ROW - 0.06, part, palette)
        if wide > 0.4:
            words = {"ha": "center", "color": palette.ink, "size": size - 1}
            pen.text(x + wide / 2, y + _ROW / 2, percent(number, whole), **words)
        x += wide
    pen.text(at[0] + plot + 0.08, y + _ROW / 2, f"n={whole:,}", color=palette.faint, size=size - 1)


def _box(pen: Pen, x: float, y: float, width: float, height: float, part: Part, palette: Palette) -> None:
    pen.box(x, y, width, height, facecolor=part.paint(palette), alpha=part.strength, lw=0)
    pen.box(x, y, width, height, fill=False, edgecolor=palette.paper, lw=0.8)
