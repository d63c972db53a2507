"""Small things done to strings: character references, quotes, code fences."""

import re

_NAMED = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
_REFERENCE = re.compile(r"&(?:(lt|gt|quot|apos|amp)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));")
_FENCE_LINE = re.compile(r"^[ \t]*```[\w-]*[ \t]*$", re.MULTILINE)
_GAP = re.compile(r"\n[ \t\r\n]*\n")
QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019"}
"""Opening -> closing."""


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


def unquote(text: str) -> str:
    """A value without the quotes around it and the comma after it."""
    value = text.strip().rstrip(",").rstrip()
    if len(value) >= 2 and QUOTES.get(value[0]) == value[-1]:
        return value[1:-1]
    return value


def _character(found: re.Match[str]) -> str:
    name, decimal, hexadecimal = found.groups()
    if name:
        return _NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if number <= 0x10FFFF else found.group()
