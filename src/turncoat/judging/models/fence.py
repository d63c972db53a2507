"""The fence around a transcript: nothing in it can end it, look like an answer, or stand outside.

Every line is marked; signs that tags, code fences and JSON are made of are replaced by others that look alike; hidden
characters are left out; long repetition is shortened. The key of the fence is made from its own content, so that no
content can name it.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from itertools import groupby

from turncoat.judging.evidence import Exhibit
from turncoat.judging.quotation import GLYPHS, LONGEST_RUN, hidden, plain_sign

_MARK = "| "
_OURS = "* "
_REPEATS = 3
_RUN = re.compile(rf"(.)\1{{{LONGEST_RUN},}}")


def fence(exhibits: Iterable[Exhibit]) -> tuple[str, str]:
    """The pieces of a transcript as marked lines between two lines that bear a key; returns key and text."""
    lines: list[str] = []
    for exhibit in exhibits:
        lines.append(_OURS + "== " + harmless(exhibit.head))
        for name, text in exhibit.fields:
            lines.append(f"{_OURS}{name}:")
            lines += _marked(text)
        lines += [f"{_OURS}({harmless(name)}: {harmless(text)})" for name, text in exhibit.known]
    body = "\n".join(lines)
    key = sha256(body.encode("utf-8", "replace")).hexdigest()[:12]
    return key, f"BEGIN {key}\n{body}\nEND {key}"


def harmless(text: str) -> str:
    """A text on one line without signs that could be taken for the frame's own."""
    return " ".join("".join(map(_sign, text)).split())


def _marked(text: str) -> list[str]:
    lines = []
    for line, same in groupby(map(_shown, text.strip().splitlines())):
        number = sum(1 for _ in same)
        lines += [_MARK + line] * min(number, _REPEATS)
        if number > _REPEATS:
            lines.append(f"{_OURS}(the line above, {number - _REPEATS} times more)")
    return lines


def _shown(line: str) -> str:
    return _RUN.sub(lambda run: run[1] * LONGEST_RUN, "".join(map(_sign, line))).rstrip()


def _sign(sign: str) -> str:
    if hidden(sign):
        return ""
    if sign.isspace():
        return " "
    return "".join(GLYPHS.get(each, each) for each in plain_sign(sign))
