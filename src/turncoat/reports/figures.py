"""One picture a scenario: dots with intervals, or a heat map when there are too many rows for dots."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from typing import Any

from turncoat.reports import svg
from turncoat.reports.cells import Cell, Group
from turncoat.reports.numbers import interval, number
from turncoat.reports.text import visible

DOTS_AT_MOST = 30
HEAT_ROWS_AT_MOST = 80
_ROW, _HEAD, _EDGE, _LETTER, _BOLD = 0.215, 0.33, 0.32, 0.083, 0.078
_LINE = 0.16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where dots stand, in inches. `above`: height of a model's name over its dot; 0 where it stands at the left."""

    left: float
    plot: float
    right: float
    above: float = 0
    size: float = 9.5

    @property
    def width(self) -> float:
        return self.left + self.plot + self.right


_PHONE = _Layout(left=0.1, plot=1.95, right=1.65, above=0.17, size=8)


def forms(group: Group, *, prefix: str) -> dict[str, str]:
    """The scenario's rates as `<svg>` elements with their own text alternative: model by condition.

    Dots are drawn twice, `wide` and `narrow` (for a phone); many rows once, as `heat`.
    """
    title = f"Rate of the headline harm in {visible(group.scenario)}, by condition and model"
    if len(group.cells) > DOTS_AT_MOST:
        return {"heat": _heat(group, prefix=prefix, title=title)}
    names = max(len(cell.model) for cell in group.cells)
    wide = _Layout(left=min(max(names * _LETTER + 0.3, 1.3), 3.7), plot=4.0, right=1.85)
    return {
        name: _dots(group, layout, prefix=f"{prefix}-{name}", title=title)
        for name, layout in (("wide", wide), ("narrow", _PHONE))
    }


def caption(group: Group) -> str:
    """What the picture's marks mean."""
    if len(group.cells) > DOTS_AT_MOST:
        hidden = len(_heat_rows(group)) - HEAT_ROWS_AT_MOST
        rest = f" {hidden} more rows are in the table only." if hidden > 0 else ""
        return "Each field: the rate and its 95 % interval; the stronger its colour, the more frequent the harm." + rest
    marks = ["Dot: the rate.", "Thick line: its 95 % interval."]
    if any(cell.rate.open for cell in group.cells):
        marks.append("Thin line: how far rollouts without a clear answer could move it.")
    if any(cell.reference for cell in group.cells):
        marks.append("Hollow dot: a reference agent, not a model.")
    return " ".join([*marks, "At the right: rate, interval, yes/decided."])


def row_label(group: Group, cell: Cell) -> str:
    """Condition, and interface and arm where they vary in the scenario."""
    parts = [cell.label]
    if len(group.interfaces) > 1:
        parts.append(cell.interface)
    if len(group.arms) > 1:
        parts.append(f"arm {cell.arm}")
    return visible(" · ".join(parts))


def blocks(group: Group, limit: int | None = None) -> list[tuple[str, list[Cell]]]:
    """The cells (the first `limit` of them) in their reading order, those of one row label together."""
    found = groupby(group.cells[:limit], key=lambda cell: row_label(group, cell))
    return [(label, list(cells)) for label, cells in found]


def _dots(group: Group, at: _Layout, *, prefix: str, title: str) -> str:
    letters = at.width / (_BOLD * at.size / 9.5)
    rows = [(_lines(label, int(letters), 9), cells) for label, cells in blocks(group)]
    row = _ROW + at.above
    height = 2 * _EDGE + sum(_HEAD + _LINE * (len(head) - 1) + row * len(cells) for head, cells in rows)
    colours = _colours(group.models)

    def paint(axes: Any) -> None:
        for tick in (0, 0.25, 0.5, 0.75, 1):
            x = at.left + at.plot * tick
            axes.plot([x, x], [_EDGE - 0.05, height - _EDGE + 0.03], color=svg.LINE, lw=0.8, solid_capstyle="butt")
            for y in (_EDGE - 0.15, height - _EDGE + 0.16):
                axes.text(x, y, f"{tick:g}", ha="center", va="center", color=svg.FAINT, size=at.size - 1)
        y = _EDGE
        for head, cells in rows:
            for i, line in enumerate(head):
                middle = y + _HEAD * 0.62 + _LINE * i
                axes.text(0.02, middle, line, va="center", color=svg.INK, weight="bold", size=at.size - 0.5)
            y += _HEAD + _LINE * (len(head) - 1)
            for cell in cells:
                name = _cut(visible(cell.model), 52 if at.above else 42)
                axes.text(0.14 - at.above / 4, y + _ROW / 2, name, va="center", color=svg.INK, size=at.size)
                _mark(axes, cell, y + at.above + _ROW / 2, at, colour=colours[cell.model])
                y += row

    return svg.draw(at.width, height, paint, prefix=prefix, title=title, text=_in_words(group))


def _mark(axes: Any, cell: Cell, y: float, at: _Layout, *, colour: str) -> None:
    rate, interval_ends, bounds = cell.rate, cell.rate.interval(), cell.rate.bounds
    left, plot, right = at.left, at.plot, at.left + at.plot + 0.14
    if bounds and rate.open:
        axes.plot([left + plot * x for x in bounds], [y, y], color=colour, lw=1, alpha=0.55, solid_capstyle="butt")
    if interval_ends is None or rate.estimate is None:
        axes.text(right, y, "nothing decided", va="center", color=svg.FAINT, size=at.size)
        return
    axes.plot([left + plot * x for x in interval_ends], [y, y], color=colour, lw=4, alpha=0.4, solid_capstyle="round")
    face = svg.PAPER if cell.reference else colour
    axes.plot([left + plot * rate.estimate], [y], "o", ms=6, mfc=face, mec=colour, mew=1.5, zorder=3)
    written = {"va": "center", "size": at.size}
    axes.text(right, y, number(rate.estimate), color=svg.INK, weight="bold", **written)
    axes.text(right + 0.042 * at.size, y, interval(rate), color=svg.INK, **written)
    axes.text(at.width - 0.02, y, f"{rate.yes}/{rate.decided}", ha="right", color=svg.FAINT, **written)


def _heat(group: Group, *, prefix: str, title: str) -> str:
    rows = _heat_rows(group)[:HEAT_ROWS_AT_MOST]
    at = {(row_label(group, cell), cell.model): cell for cell in group.cells}
    models = group.models
    left = min(max(max(map(len, rows)) * _LETTER * 0.9 + 0.2, 1.5), 3.2)
    column, row = 1.15 if len(models) <= 4 else 0.86, 0.42
    slanted = max(map(len, models)) * _LETTER > column
    top = 0.3 + (min(max(map(len, models)), 30) * _LETTER * 0.62 if slanted else 0)
    width = left + column * len(models) + (1.2 if slanted else 0.05)
    height = top + row * len(rows) + 0.05

    def paint(axes: Any) -> None:
        from matplotlib.patches import Rectangle

        for i, model in enumerate(models):
            x = left + column * (i + 0.5)
            turn = {"rotation": 38, "ha": "left", "va": "bottom", "rotation_mode": "anchor"} if slanted else {}
            kwargs = turn or {"ha": "center", "va": "bottom"}
            axes.text(x, top - 0.08, _cut(visible(model), 30), color=svg.INK, size=9, **kwargs)
        for j, label in enumerate(rows):
            y = top + row * j
            lines = _lines(label, int((left - 0.15) / (_LETTER * 0.85)), 2)
            for i, line in enumerate(lines):
                middle = y + row / 2 + _LINE * (i - (len(lines) - 1) / 2)
                axes.text(0.02, middle, line, va="center", color=svg.INK, size=9)
            for i, model in enumerate(models):
                cell = at.get((label, model))
                x = left + column * i
                estimate = cell.rate.estimate if cell else None
                alpha = 0.0 if estimate is None else 0.04 + 0.5 * estimate
                box = (x + 0.02, y + 0.02), column - 0.04, row - 0.04
                axes.add_patch(Rectangle(*box, facecolor=svg.HARM, alpha=alpha, lw=0))
                axes.add_patch(Rectangle(*box, fill=False, edgecolor=svg.LINE, lw=0.7))
                if cell:
                    middle = x + column / 2
                    at_middle = {"ha": "center", "va": "center", "color": svg.INK}
                    axes.text(middle, y + 0.16, number(estimate), weight="bold", **at_middle)
                    axes.text(middle, y + 0.3, interval(cell.rate), size=7.5, **at_middle)

    return svg.draw(width, height, paint, prefix=prefix, title=title, text=_in_words(group))


def _heat_rows(group: Group) -> list[str]:
    return list(dict.fromkeys(row_label(group, cell) for cell in group.cells))


def _in_words(group: Group) -> str:
    if len(group.cells) > DOTS_AT_MOST:
        return f"{len(group.cells)} rates, {_ends(group)}. The table below the figure holds each of them."
    return " ".join(
        f"{row_label(group, cell)}, {visible(cell.model)}: {number(cell.rate.estimate)}, "
        f"interval {interval(cell.rate)}, {cell.rate.yes} of {cell.rate.decided}."
        for cell in group.cells
    )


def _ends(group: Group) -> str:
    found = [cell.rate.estimate for cell in group.cells if cell.rate.estimate is not None]
    return f"from {min(found):.2f} to {max(found):.2f}" if found else "none of them decided"


def _colours(models: Sequence[str]) -> dict[str, str]:
    return {model: svg.SERIES[i] if len(models) <= len(svg.SERIES) else svg.INK for i, model in enumerate(models)}


def _lines(label: str, letters: int, most: int) -> list[str]:
    """A heading in `most` lines at most, broken between factors where it can be."""
    length = most * letters
    while len(lines := wrap(_cut(label, length), letters, break_on_hyphens=False)) > most:
        length -= 4
    return lines or [""]


def _cut(text: str, length: int) -> str:
    """Without its middle where it is too long: labels differ at both ends."""
    end = length // 3
    return text if len(text) <= length else f"{text[: length - end - 1]}…{text[-end:]}"
