"""Many rates at once, as fields that are the stronger coloured, the more frequent the harm is."""

from collections.abc import Mapping, Sequence

from turncoat.reports.figures.picture import LETTER, LINE, Canvas, lines
from turncoat.reports.figures.svg import Palette, Pen

Field = tuple[float | None, str, str]
"""A rate, or None where nothing was decided; and what is written in the field: bold, and small below it."""
_WIDE, _NARROW, _LEAST, _MOST = 8.4, 3.7, 0.86, 1.9
"""Inches: of the picture, of the one for a phone, and of a column at least and at most."""
_ROW, _OVER, _LINES = 0.42, 0.1, 12
_FULL = 0.85
"""A letter at 9 points, as a part of `LETTER`."""


def heat(rows: Sequence[str], columns: Sequence[str], fields: Mapping[tuple[str, str], Field]) -> Mapping[str, Canvas]:
    """A field for each (row, column) that there is, in both forms; in one to scroll to where no phone has room.

    Names are broken into lines rather than cut: rows may differ in their middle alone.
    """
    named = max(map(len, rows)) * LETTER * 0.9 + 0.2
    left = min(max(named, 1.5), max(_WIDE - _MOST * len(columns), 3.2))
    wide = _canvas(rows, columns, fields, left=left, column=_column(_WIDE - left, len(columns)))
    if _LEAST * len(columns) > _NARROW:
        return {"heat": wide}
    return {"wide": wide, "narrow": _canvas(rows, columns, fields, left=0, column=_column(_NARROW, len(columns)))}


def _column(room: float, number: int) -> float:
    return min(max(room / number, _LEAST), _MOST)


def _canvas(
    rows: Sequence[str], columns: Sequence[str], fields: Mapping[tuple[str, str], Field], *, left: float, column: float
) -> Canvas:
    """`left`: width of the rows' names; without it they stand over their fields."""
    width = max(left + column * len(columns) + 0.05, 0.8 * _WIDE if left else _NARROW)  # letters as in other pictures
    heads = [lines(name, int((column - 0.08) / (LETTER * _FULL)), _LINES) for name in columns]
    labels = [lines(label, int(((left or width) - 0.1) / (LETTER * _FULL)), _LINES) for label in rows]
    above = [0 if left else LINE * len(label) + _OVER for label in labels]
    heights = [max(_ROW, LINE * len(label) + 0.1) if left else _ROW for label in labels]
    top = LINE * max(map(len, heads)) + 0.12
    height = top + sum(above) + sum(heights) + 0.05

    def paint(pen: Pen, palette: Palette) -> None:
        for i, head in enumerate(heads):
            _words(pen, head, left + column * (i + 0.5), top - 0.06 - LINE * len(head), palette, ha="center")
        y = top
        for row, label, over, tall in zip(rows, labels, above, heights, strict=True):
            _words(pen, label, 0.02, y + _OVER if over else y + (tall - LINE * len(label)) / 2, palette)
            y += over
            for i, name in enumerate(columns):
                _field(pen, fields.get((row, name)), (left + column * i, y, column, tall), palette)
            y += tall

    return Canvas(width, height, paint)


def _words(pen: Pen, told: Sequence[str], x: float, y: float, palette: Palette, **style: object) -> None:
    for i, line in enumerate(told):
        pen.text(x, y + LINE * (i + 0.5), line, color=palette.ink, size=9, **style)


def _field(pen: Pen, field: Field | None, at: tuple[float, float, float, float], palette: Palette) -> None:
    x, y, wide, tall = at
    alpha = 0.0 if field is None or field[0] is None else 0.04 + 0.5 * field[0]
    box = x + 0.02, y + 0.02, wide - 0.04, tall - 0.04
    pen.box(*box, facecolor=palette.harm, alpha=alpha, lw=0)
    pen.box(*box, fill=False, edgecolor=palette.line, lw=0.7)
    if field:
        middle = {"ha": "center", "color": palette.ink}
        pen.text(x + wide / 2, y + tall / 2 - 0.05, field[1], weight="bold", **middle)
        pen.text(x + wide / 2, y + tall / 2 + 0.09, field[2], size=7.5, **middle)
