"""A document as one HTML file that needs nothing else: no network, no script."""

from pathlib import Path

from markupsafe import Markup

import turncoat
from turncoat.reports.disclosure.document import Document, Drawn
from turncoat.reports.templating import templates

_STYLES = (Path(turncoat.__file__).with_name("theme.css"), Path(__file__).parents[1] / "templates" / "disclosure.css")


def html(document: Document) -> str:
    """The page. All text is escaped, and signs that would be invisible are spelt out."""
    environment = templates()
    drawn = [block for section in document.sections for block in section.blocks if isinstance(block, Drawn)]
    figures = {
        each.picture.name: {form: Markup(svg) for form, svg in each.picture.inline(f"fig{i}").items()}  # escaped there
        for i, each in enumerate(drawn)
    }
    return environment.get_template("disclosure.html.j2").render(
        document=document,
        figures=figures,
        style=Markup("".join(each.read_text(encoding="utf-8") for each in _STYLES)),
        version=turncoat.__version__,
    )
