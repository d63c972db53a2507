"""Matplotlib figures as SVG that lives inside a page: same bytes each time, colours and fonts of the page's own."""

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from importlib import import_module
from io import StringIO
from typing import Any

from turncoat.reports.text import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours that a picture is painted in, as `#rrggbb`."""

    ink: str
    faint: str
    line: str
    paper: str
    harm: str
    series: tuple[str, ...]

    def of(self, place: int, places: int) -> str:
        """The colour of one of `places`; ink for all where there are more of them than colours."""
        return self.series[place] if places <= len(self.series) else self.ink


PAGE = Palette(
    ink="#010101",
    faint="#020202",
    line="#030303",
    paper="#040404",
    harm="#050505",
    series=tuple(f"#0a000{i}" for i in range(1, 9)),
)
"""Colours that stand for the page's variables; the page replaces them, so that it can be light or dark."""
PRINT = Palette(
    ink="#1d1c1a",
    faint="#66625a",
    line="#dfdbd2",
    paper="#ffffff",
    harm="#a8321f",
    series=("#1f5fa8", "#b5541c", "#2f7d5b", "#8a4a9e", "#a8324a", "#6b6b1f", "#1f7f8c", "#5a5a5a"),
)
"""The page's light colours, for files."""


class Pen:
    """Draws lines, words and boxes on a matplotlib figure, in inches from its upper left.

    Without axes: half of the time of a picture would go into them.
    """

    def __init__(self, figure: Any, height: float, left: float = 0) -> None:
        from matplotlib.transforms import Affine2D

        self._figure, self._height, self._left = figure, height, left
        self._inches = Affine2D().scale(1, -1).translate(left, height) + figure.dpi_scale_trans

    def moved(self, right: float, down: float) -> "Pen":
        """One whose upper left is there."""
        return Pen(self._figure, self._height - down, self._left + right)

    def line(self, xs: Sequence[float], ys: Sequence[float], **style: Any) -> None:
        """A line through these points."""
        self._draw("lines.Line2D", xs, ys, solid_capstyle=style.pop("cap", "butt"), **style)

    def mark(self, x: float, y: float, shape: str, **style: Any) -> None:
        """A marker of matplotlib's."""
        self._draw("lines.Line2D", [x], [y], ls="none", marker=shape, **style)

    def text(self, x: float, y: float, words: str, **style: Any) -> None:
        """Words, by default begun at x and centred at y."""
        self._draw("text.Text", x, y, words, **{"va": "center", **style})

    def box(self, x: float, y: float, width: float, height: float, **style: Any) -> None:
        """A rectangle."""
        self._draw("patches.Rectangle", (x, y), width, height, **style)

    def _draw(self, kind: str, *given: Any, **style: Any) -> None:
        module, _, name = kind.partition(".")
        artist = getattr(import_module(f"matplotlib.{module}"), name)
        self._figure.add_artist(artist(*given, transform=self._inches, **style))


Paint = Callable[[Pen, Palette], None]
_VARIABLES = {
    PAGE.ink: "currentColor",
    PAGE.faint: "var(--faint)",
    PAGE.line: "var(--line)",
    PAGE.paper: "var(--paper)",
    PAGE.harm: "var(--harm)",
    **{colour: f"var(--series-{i})" for i, colour in enumerate(PAGE.series, 1)},
}
_RC: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "turncoat",
    "pdf.fonttype": 42,
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.parse_math": False,  # a model's name may hold a dollar sign
    "path.simplify": False,
}


@contextmanager
def painted(width: float, height: float, paint: Paint, palette: Palette) -> Iterator[Any]:
    """A matplotlib figure of `width` x `height` inches, painted; saved within the context, it looks as ours do."""
    import matplotlib as mpl  # half a second that only a page with figures needs
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(_RC), warnings.catch_warnings():
        # The page's own fonts draw the text: what matplotlib's font lacks does not matter.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=(width, height))
        FigureCanvasSVG(figure)
        paint(Pen(figure, height), palette)
        yield figure


def inline(width: float, height: float, paint: Paint, *, prefix: str, title: str, text: str) -> str:
    """An `<svg>` element in the page's colours. Ids start with `prefix`.

    `title` and `text` are what a screen reader says instead of the picture.
    """
    out = StringIO()
    with painted(width, height, paint, PAGE) as figure:
        figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
    return _adopt(out.getvalue(), prefix=prefix, title=visible(title), text=visible(text))


def _adopt(svg: str, *, prefix: str, title: str, text: str) -> str:
    body = svg[svg.index("<svg") :]
    view = re.search(r'viewBox="[^"]*"', body)
    inner = body[body.index(">") + 1 : body.rindex("</svg>")]
    for part in (r"<!--.*?-->", r"<metadata>.*?</metadata>", r"<style[^>]*>.*?</style>"):
        inner = re.sub(part, "", inner, flags=re.DOTALL)
    # Only inside tags: between them stands text that a model may have named.
    inner = re.sub(r"<[^>]+>", lambda tag: _restyle(tag[0], prefix), inner)
    inner = re.sub(r">\s+<", "><", inner)
    return (
        f'<svg {view[0] if view else ""} role="img" aria-labelledby="{prefix}-title {prefix}-desc" '
        f'stroke-linejoin="round" stroke-linecap="butt"><title id="{prefix}-title">{escape(title)}</title>'
        f'<desc id="{prefix}-desc">{escape(text)}</desc>{inner}</svg>'
    )


def _restyle(tag: str, prefix: str) -> str:
    tag = re.sub(r'\bid="', f'id="{prefix}-', tag)
    tag = re.sub(r'(xlink:)?href="#', f'href="#{prefix}-', tag).replace("url(#", f"url(#{prefix}-")
    tag = re.sub(r"#0[0-9a-f]{5}\b", lambda colour: _VARIABLES.get(colour[0], colour[0]), tag)
    tag = re.sub(r"font: ([^;\"]*?)(\d[\d.]*px) [^;\"]*", r"font: \1\2 var(--sans)", tag)
    return re.sub(r"&quot;", "", tag) if "font:" in tag else tag
