"""Rates along a factor that is a number: points with intervals, joined, a colour a model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from turncoat.reports.figures.picture import LETTER, Canvas, cut
from turncoat.reports.figures.svg import Palette, Pen

_TALL, _KEY, _TOP, _FOOT = 2.4, 0.22, 0.15, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """`points`: (x, rate, low, high), by x. `said`: what is written behind the name."""

    name: str
    said: str
    points: tuple[tuple[float, float, float, float], ...]
    hollow: bool


def curves(drawn: Sequence[Curve], *, axis: str) -> Mapping[str, Canvas]:
    """The picture in both forms; `axis`: what x is."""
    return {
        "wide": _canvas(drawn, axis, width=6.6, size=9.5),
        "narrow": _canvas(drawn, axis, width=3.7, size=8),
    }


def _canvas(drawn: Sequence[Curve], axis: str, *, width: float, size: float) -> Canvas:
    places = sorted({x for curve in drawn for x, *_ in curve.points})
    low, high = places[0], places[-1]
    left, right = 0.55, 0.25
    top = 2 * _TOP + _KEY * len(drawn)
    height = top + _TALL + _FOOT

    def place(x: float) -> float:
        return left + (width - left - right) * ((x - low) / (high - low) if high > low else 0.5)

    def up(rate: float) -> float:
        return top + _TALL * (1 - rate)

    def paint(pen: Pen, palette: Palette) -> None:
        for rate in (0, 0.25, 0.5, 0.75, 1):
            pen.line([left - 0.05, width - right], [up(rate)] * 2, color=palette.line, lw=0.8)
            pen.text(left - 0.12, up(rate), f"{rate:g}", ha="right", color=palette.faint, size=size - 1)
        for x in _spaced(places, place, size):
            pen.text(place(x), up(0) + 0.16, f"{x:g}", ha="center", color=palette.faint, size=size - 1)
        pen.text(place((low + high) / 2), up(0) + 0.36, axis, ha="center", color=palette.faint, size=size)
        for i, curve in enumerate(drawn):
            colour = palette.of(i, len(drawn))
            face = palette.paper if curve.hollow else colour
            shift = 0.05 * (i - (len(drawn) - 1) / 2)  # intervals beside each other, not over each other
            y = _TOP + _KEY * (i + 0.4)
            pen.mark(0.12, y, "o", ms=6, mfc=face, mec=colour, mew=1.5)
            words = cut(f"{curve.name}  {curve.said}".strip(), int((width - 0.3) / (LETTER * size / 9.5)))
            pen.text(0.28, y, words, color=palette.ink, size=size)
            xs = [place(x) + shift for x, *_ in curve.points]
            pen.line(xs, [up(rate) for _, rate, _, _ in curve.points], color=colour, lw=1.2, alpha=0.7)
            for x, (_, rate, below, above) in zip(xs, curve.points, strict=True):
                pen.line([x, x], [up(below), up(above)], color=colour, lw=3.5, alpha=0.4, cap="round")
                pen.mark(x, up(rate), "o", ms=6, mfc=face, mec=colour, mew=1.5, zorder=3)

    return Canvas(width, height, paint)


def _spaced(places: Sequence[float], place: Callable[[float], float], size: float) -> list[float]:
    """Those of the places that can be written without touching."""
    kept: list[float] = []
    for x in places:
        if not kept or place(x) - place(kept[-1]) > 0.05 * size:
            kept.append(x)
    return kept
