"""Matplotlib figures as SVG that lives inside a page: same bytes each time, colours and fonts of the page's own."""

import re
import warnings
from collections.abc import Callable
from html import escape
from io import StringIO
from typing import Any

INK, FAINT, LINE, PAPER, HARM = "#010101", "#020202", "#030303", "#040404", "#050505"
SERIES = tuple(f"#0a000{i}" for i in range(1, 9))
"""Colours that stand for the page's variables; the page replaces them, so that it can be light or dark."""
_VARIABLES = {
    INK: "currentColor",
    FAINT: "var(--faint)",
    LINE: "var(--line)",
    PAPER: "var(--paper)",
    HARM: "var(--harm)",
    **{colour: f"var(--series-{i})" for i, colour in enumerate(SERIES, 1)},
}
_RC: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "turncoat",
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.parse_math": False,  # a model's name may hold a dollar sign
    "path.simplify": False,
}


def draw(width: float, height: float, paint: Callable[[Any], None], *, prefix: str, title: str, text: str) -> str:
    """An `<svg>` element of `width` x `height` inches; `paint` gets the figure's axes, which fill it, in inches.

    Ids start with `prefix`. `title` and `text` are what a screen reader says instead of the picture.
    """
    import matplotlib as mpl  # half a second that only a page with figures needs
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(_RC), warnings.catch_warnings():
        # The page's own fonts draw the text: what matplotlib's font lacks does not matter.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=(width, height))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.set_axis_off()
        paint(axes)
        out = StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
    return _adopt(out.getvalue(), prefix=prefix, title=title, text=text)


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
