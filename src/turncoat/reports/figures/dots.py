"""Dots with intervals in blocks of rows: of rates, of differences and of odds ratios alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, isnan, log, nan

from turncoat.reports.figures.picture import BOLD, LETTER, LINE, Canvas, cut, lines
from turncoat.reports.figures.svg import Palette, Pen
from turncoat.reports.numbers import number, span
from turncoat.stats import Rate

_ROW, _HEAD, _EDGE = 0.215, 0.33, 0.32


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One dot. `outer`: the thin line; `other`: a second mark, to compare with; `written`: bold, plain and faint words.

    `series`: place of its colour among `of` colours; `hollow` marks reference agents. NaN: nothing to draw.
    """

    name: str
    value: float
    low: float
    high: float
    written: tuple[str, str, str]
    outer: tuple[float, float] | None = None
    other: float | None = None
    series: int = 0
    of: int = 1
    hollow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From `low` to `high`, with its `ticks` by value, and `middle`: the value of no difference, where there is one."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    middle: float | None = None
    log: bool = False

    def place(self, value: float) -> float:
        """In [0, 1]; what lies beyond an end is at the end."""
        low, high = (log(self.low), log(self.high)) if self.log else (self.low, self.high)
        if self.log:
            value = log(value) if value > 0 else low
        return min(max((value - low) / (high - low), 0), 1)


RATES = Scale(low=0, high=1, ticks=tuple((x, f"{x:g}") for x in (0, 0.25, 0.5, 0.75, 1)))
Block = tuple[str, Sequence[Row]]
"""A heading, or "", and its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where dots stand, in inches. `above`: height of a row's name over its dot; 0 where it stands at the left."""

    left: float
    plot: float
    right: float
    columns: tuple[float, float]
    above: float = 0
    size: float = 9.5

    @property
    def width(self) -> float:
        return self.left + self.plot + self.right


def rate_row(
    name: str,
    rate: Rate,
    interval: tuple[float, float] | None,
    *,
    series: int,
    of: int,
    hollow: bool,
    outer: tuple[float, float] | None = None,
) -> Row:
    """A rate as a row: the number, its interval, yes/decided."""
    low, high = interval or (nan, nan)
    known = rate.estimate
    return Row(
        name=name,
        value=nan if known is None else known,
        low=low,
        high=high,
        outer=outer,
        written=("", "nothing decided", "")
        if known is None
        else (number(known), span(interval), f"{rate.yes}/{rate.decided}"),
        series=series,
        of=of,
        hollow=hollow,
    )


def dots(blocks: Sequence[Block], scale: Scale, *, last: str = "") -> dict[str, Canvas]:
    """The picture in both forms; `last` stands over the faint words at its right."""
    rows = [row for _, inside in blocks for row in inside]
    names = max(len(row.name) for row in rows)
    bold, plain, faint = (
        max(len(row.written[i]) for row in rows) * LETTER * wide for i, wide in enumerate((1.2, 1, 1))
    )

    def right(size: float) -> tuple[float, tuple[float, float]]:
        by = size / 9.5
        second = (0.14, 0.14 + by * (bold + 0.07))
        return max(second[1] + by * (plain + faint + 0.14), 1.85 * by), second

    wide_right, wide_columns = right(9.5)
    wide = _Layout(
        left=min(max(names * LETTER + 0.3, 1.3), 3.7), plot=max(4.0, 5.85 - wide_right),
        right=wide_right, columns=wide_columns,
    )  # fmt: skip
    narrow_right, narrow_columns = right(8)
    first = max(0.1, len(scale.ticks[0][1]) * LETTER * 8 / 9.5 / 2)  # room for half of the first tick's word
    narrow = _Layout(
        left=first, plot=max(3.7 - first - narrow_right, 1.2), right=narrow_right, columns=narrow_columns,
        above=0.17, size=8,
    )  # fmt: skip
    return {form: _canvas(blocks, scale, at, last) for form, at in (("wide", wide), ("narrow", narrow))}


def _canvas(blocks: Sequence[Block], scale: Scale, at: _Layout, last: str) -> Canvas:
    letters = int(at.width / (BOLD * at.size / 9.5))
    headed = [(lines(head, letters, 9) if head else [], inside) for head, inside in blocks]
    row_height = _ROW + at.above
    heads = sum(_HEAD + LINE * (len(head) - 1) for head, _ in headed if head)
    height = 2 * _EDGE + heads + row_height * sum(len(inside) for _, inside in headed)
    named, free = _fitting(scale, at), _free(headed, at, height)

    def paint(pen: Pen, palette: Palette) -> None:
        for value, word in scale.ticks:
            x = at.left + at.plot * scale.place(value)
            strong = {"color": palette.faint, "lw": 1} if value == scale.middle else {"color": palette.line, "lw": 0.8}
            pen.line([x] * len(free), free, **strong)
            for y in (_EDGE - 0.15, height - _EDGE + 0.16) if word in named else ():
                pen.text(x, y, word, ha="center", color=palette.faint, size=at.size - 1)
        pen.text(at.width - 0.02, _EDGE - 0.15, last, ha="right", color=palette.faint, size=at.size - 1)
        y = _EDGE
        for head, inside in headed:
            for i, line in enumerate(head):
                middle = y + _HEAD * 0.62 + LINE * i
                pen.text(0.02, middle, line, color=palette.ink, weight="bold", size=at.size - 0.5)
            y += _HEAD + LINE * (len(head) - 1) if head else 0
            for row in inside:
                name = cut(row.name, 52 if at.above else 42)
                pen.text(0.14 - at.above / 4, y + _ROW / 2, name, color=palette.ink, size=at.size)
                _mark(pen, row, y + at.above + _ROW / 2, at, scale, palette)
                y += row_height

    return Canvas(at.width, height, paint, axis=at.left + at.plot / 2)


def _free(headed: Sequence[tuple[Sequence[str], Sequence[Row]]], at: _Layout, height: float) -> list[float]:
    """Where a line from top to bottom runs through no words: the ends of its pieces, with NaN between them."""
    ends = [_EDGE - 0.05, _EDGE]
    y = _EDGE
    for head, inside in headed:
        y += _HEAD + LINE * (len(head) - 1) if head else 0
        for _ in inside:
            if y + at.above > ends[-1]:
                ends += [nan, y + at.above]
            else:
                ends.pop()
            y += at.above + _ROW
            ends.append(y)
    return [*ends, height - _EDGE + 0.03]


def _fitting(scale: Scale, at: _Layout) -> set[str]:
    """The ticks that have room to be named: all, or every second one from the middle, or the third."""
    words = [word for _, word in scale.ticks]
    middle = len(words) // 2
    room = at.plot / max(len(words) - 1, 1)
    needed = (max(map(len, words)) + 1) * LETTER * at.size / 9.5
    step = next((step for step in (1, 2, 3) if needed <= room * step), 3)
    return {word for i, word in enumerate(words) if (i - middle) % step == 0}


def _mark(pen: Pen, row: Row, y: float, at: _Layout, scale: Scale, palette: Palette) -> None:
    colour = palette.of(row.series, row.of)

    def place(value: float) -> float:
        return at.left + at.plot * scale.place(value)

    if row.outer:
        ends = [place(end) for end in row.outer]
        pen.line(ends, [y, y], color=colour, lw=1, alpha=0.55)
    if not isnan(row.low):
        ends = [place(row.low), place(row.high)]
        pen.line(ends, [y, y], color=colour, lw=4, alpha=0.4, cap="round")
        for end, marker in ((row.low, "<"), (row.high, ">")):
            if not isfinite(end) or not scale.low <= end <= scale.high:
                pen.mark(place(end), y, marker, ms=4, mfc=colour, mec=colour)
    if row.other is not None:
        pen.mark(place(row.other), y, "D", ms=5.5, mfc=palette.paper, mec=palette.ink, mew=1.2, zorder=3)
    if not isnan(row.value):
        face = palette.paper if row.hollow else colour
        pen.mark(place(row.value), y, "o", ms=6, mfc=face, mec=colour, mew=1.5, zorder=4)
    bold, plain, faint = row.written
    first, second = (at.left + at.plot + x for x in at.columns)
    written = {"size": at.size}
    pen.text(first, y, bold, color=palette.ink, weight="bold", **written)
    pen.text(second, y, plain, color=palette.ink, **written)
    pen.text(at.width - 0.02, y, faint, ha="right", color=palette.faint, **written)
