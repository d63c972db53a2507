"""Small things done to strings: character references, quotes, code fences."""

import re
from collections.abc import Iterable

_NAMED = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
_REFERENCE = re.compile(r"&(?:(lt|gt|quot|apos|amp)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));")
_FENCE_LINE = re.compile(r"^[ \t]*```[\w-]*[ \t]*$", re.MULTILINE)
_TAG = re.compile(r"</?[A-Za-z_][^<>]{0,200}>")
_GAP = re.compile(r"\n[ \t\r\n]*\n")
QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019"}
"""Opening -> closing."""
BARRIER = "\x00"
"""In a masked text: each character of what has been read already."""


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def unescape(text: str) -> str:
    """The five named character references of XML and the numeric ones, once; all else stays as it is."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def unfence(text: str) -> str:
    """The inside of a code fence or CDATA section around the whole text."""
    inner = text.strip()
    if inner.startswith("```"):
        first, _, rest = inner.partition("\n")
        if _FENCE_LINE.fullmatch(first):
            text = inner = rest.removesuffix("```").strip()
    if inner.startswith("<![CDATA["):
        text = inner.removeprefix("<![CDATA[").removesuffix("]]>")
    return text


def without_fences(text: str) -> str:
    """Prose from which blocks were cut, without the fences that stood around them."""
    return _GAP.sub("\n\n", _FENCE_LINE.sub("", text)).strip()


def without_tags(text: str) -> str:
    """Prose without tags, closing or opening."""
    return _TAG.sub("", text)


def unquote(text: str) -> str:
    """A value without the quotes around it and the comma after it."""
    value = text.strip().rstrip(",").rstrip()
    if len(value) >= 2 and QUOTES.get(value[0]) == value[-1]:
        return value[1:-1]
    return value


def masked(text: str, spans: Iterable[tuple[int, int]], letter: str) -> str:
    """The text with a letter for each character of some spans, so that places stay where they are."""
    parts, position = [], 0
    for start, end in sorted(spans):
        start = max(start, position)
        if end > start:
            parts += [text[position:start], letter * (end - start)]
            position = end
    return "".join((*parts, text[position:]))


def _character(found: re.Match[str]) -> str:
    name, decimal, hexadecimal = found.groups()
    if name:
        return _NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if number <= 0x10FFFF else found.group()
