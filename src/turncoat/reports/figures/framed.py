"""A picture as it leaves the page: with a title, the unit of its axis, and whose rollouts it shows."""

from collections.abc import Sequence

from turncoat.reports.figures.picture import BOLD, LETTER, LINE, Canvas, Picture, lines
from turncoat.reports.figures.svg import Palette, Pen
from turncoat.reports.text import visible

_EDGE, _UNIT, _MOST = 0.12, 0.24, 6
_SIMULATED = "Simulated: reference agents, no model measured."
_MIXED = "What is named reference/... is a reference agent: simulated, no model measured."


def framed(picture: Picture, *, study: str) -> Canvas:
    """Its widest form with what the page says around it. `study`: the name of the study, or "" without one."""
    inside = next(iter(picture.forms.values()))
    title = visible(": ".join(filter(None, (study, picture.title))))
    head = lines(title, int((inside.width - 0.1) / (BOLD * 1.08)), _MOST)
    foot = [
        part for note in _notes(picture, inside) for part in lines(note, int(inside.width / (LETTER * 0.86)), _MOST)
    ]
    top = _EDGE + LINE * len(head)
    end = top + inside.height + (_UNIT if inside.axis is not None else 0)
    height = end + (LINE * len(foot) + _EDGE if foot else 0)

    def paint(pen: Pen, palette: Palette) -> None:
        _write(pen, head, _EDGE, color=palette.ink, weight="bold", size=9.5)
        inside.paint(pen.moved(_EDGE, top), palette)
        if inside.axis is not None:
            words = {"ha": "center", "color": palette.faint, "size": 8.5}
            pen.text(_EDGE + inside.axis, top + inside.height + _UNIT / 4, picture.unit, **words)
        _write(pen, foot, end, color=palette.faint, size=8)

    return Canvas(inside.width + 2 * _EDGE, height, paint)


def _write(pen: Pen, told: Sequence[str], y: float, **style: object) -> None:
    for i, line in enumerate(told):
        pen.text(_EDGE + 0.02, y + LINE * (i + 0.5), line, **style)


def _notes(picture: Picture, inside: Canvas) -> list[str]:
    """The unit without an axis, the model where there is one, what its intervals do not know, what is simulated."""
    models = picture.data["model"].unique().drop_nulls().to_list()
    simulated = set(picture.data["reference"])
    notes = picture.data["note"].unique(maintain_order=True).drop_nulls() if "note" in picture.data.columns else ()
    return [
        *([picture.unit] if inside.axis is None else []),
        *([f"Model: {visible(models[0])}."] if len(models) == 1 and models[0] else []),
        *(visible(note) for note in notes if note),
        *([_SIMULATED] if simulated == {True} else [_MIXED] if True in simulated else []),
    ]
