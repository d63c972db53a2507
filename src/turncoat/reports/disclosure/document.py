"""A page as plain data: sections of sentences, lists, tables and pictures, shown as HTML and as Markdown alike."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from turncoat.reports.figures import Picture
from turncoat.reports.text import visible


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences. `strong`: what must not be passed over."""

    text: str
    strong: bool = False
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True)
class Bullets:
    """Sentences one below the other."""

    items: tuple[str, ...]
    kind: str = "bullets"


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` and `rows` of text; numbers are in the columns from `numbers` on."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int = 99
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture; in Markdown its words."""

    picture: Picture
    kind: str = "picture"


Block = Paragraph | Bullets | Table | Drawn


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it. `name`: its anchor."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The page. `banner`: what has to be known before anything else is read; "" where there is nothing."""

    title: str
    banner: str
    sections: tuple[Section, ...]


def markdown(document: Document) -> str:
    """The page as Markdown. All text is escaped: what a model or a pack is called steers nothing."""
    return "\n".join(_lines(document)).rstrip() + "\n"


def _lines(document: Document) -> Iterator[str]:
    yield from (f"# {_escaped(document.title)}", "")
    if document.banner:
        yield from (f"> **{_escaped(document.banner)}**", "")
    for section in document.sections:
        yield from (f"## {_escaped(section.title)}", "")
        for block in section.blocks:
            yield from _block(block)
            yield ""


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            text = _escaped(block.text)
            yield f"**{text}**" if block.strong else text
        case Bullets():
            yield from (f"- {_escaped(each)}" for each in block.items)
        case Table():
            if block.caption:
                yield from (f"*{_escaped(block.caption)}*", "")
            yield f"| {' | '.join(map(_escaped, block.columns))} |"
            yield f"|{'|'.join('---:' if i >= block.numbers else '---' for i, _ in enumerate(block.columns))}|"
            yield from (f"| {' | '.join(map(_escaped, row))} |" for row in block.rows)
        case Drawn():
            yield f"*Figure: {_escaped(block.picture.title)}.* {_escaped(block.picture.text)}"


def _escaped(text: str) -> str:
    """On one line, with every sign that Markdown or HTML reads made plain."""
    line = " ".join(visible(text).split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = re.sub(r"([\\`*_\[\]|~#!])", r"\\\1", line)
    return re.sub(r"^(\d+)([.)])(?=\s|$)|^([-+=])", lambda found: f"{found[1] or ''}\\{found[2] or found[3]}", line)
