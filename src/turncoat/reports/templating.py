"""The templates of pages, with whatever they print escaped and spelt out."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from turncoat.reports.text import visible


def templates() -> Environment:
    """An environment for pages. Every text that a template prints is escaped, and its hidden signs are spelt out."""
    return Environment(
        loader=PackageLoader("turncoat.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
