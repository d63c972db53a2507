"""Many rates at once, as fields that are the stronger coloured, the more frequent the harm is."""

from collections.abc import Mapping, Sequence

from turncoat.reports.figures.picture import LETTER, LINE, Canvas, cut, lines
from turncoat.reports.figures.svg import Palette, Pen

Field = tuple[float | None, str, str]
"""A rate, or None where nothing was decided; and what is written in the field: bold, and small below it."""


def heat(rows: Sequence[str], columns: Sequence[str], fields: Mapping[tuple[str, str], Field]) -> Canvas:
    """A field for each (row, column) that there is."""
    left = min(max(max(map(len, rows)) * LETTER * 0.9 + 0.2, 1.5), 3.2)
    column, row = 1.15 if len(columns) <= 4 else 0.86, 0.42
    slanted = max(map(len, columns)) * LETTER > column
    top = 0.3 + (min(max(map(len, columns)), 30) * LETTER * 0.62 if slanted else 0)
    width = left + column * len(columns) + (1.2 if slanted else 0.05)
    height = top + row * len(rows) + 0.05

    def paint(pen: Pen, palette: Palette) -> None:
        for i, name in enumerate(columns):
            x = left + column * (i + 0.5)
            turn = {"rotation": 38, "ha": "left", "va": "bottom", "rotation_mode": "anchor"} if slanted else {}
            kwargs = turn or {"ha": "center", "va": "bottom"}
            pen.text(x, top - 0.08, cut(name, 30), color=palette.ink, size=9, **kwargs)
        for j, label in enumerate(rows):
            y = top + row * j
            broken = lines(label, int((left - 0.15) / (LETTER * 0.85)), 2)
            for i, line in enumerate(broken):
                middle = y + row / 2 + LINE * (i - (len(broken) - 1) / 2)
                pen.text(0.02, middle, line, color=palette.ink, size=9)
            for i, name in enumerate(columns):
                field = fields.get((label, name))
                x = left + column * i
                alpha = 0.0 if field is None or field[0] is None else 0.04 + 0.5 * field[0]
                box = x + 0.02, y + 0.02, column - 0.04, row - 0.04
                pen.box(*box, facecolor=palette.harm, alpha=alpha, lw=0)
                pen.box(*box, fill=False, edgecolor=palette.line, lw=0.7)
                if field:
                    middle = x + column / 2
                    at_middle = {"ha": "center", "color": palette.ink}
                    pen.text(middle, y + 0.16, field[1], weight="bold", **at_middle)
                    pen.text(middle, y + 0.3, field[2], size=7.5, **at_middle)

    return Canvas(width, height, paint)
