"""A place in a text where an action is attempted in a form that is not read, and what tells it from words about one."""

import re
from typing import NamedTuple

from turncoat.company.answers._tags import is_letter, sentence_before, speaks_of, starts_line
from turncoat.company.answers._text import BARRIER

_TOKEN = re.compile(r"\"(?:[^\"\\\x00]|\\.)*\"|[{}\[\]()\x00]", re.DOTALL)
_QUOTED = re.compile(
    r"\"([^\"]*)(?:\"|\Z)|\u201c([^\u201d]*)(?:\u201d|\Z)|(?<!\w)'(.*?)(?:'(?=\s{0,3}[,)}\]:]|\Z)|\Z)", re.DOTALL
)
_FEW = 2000


class Attempt(NamedTuple):
    """Where it stands. `open`: nothing closes it, so that it goes on to what was read next, or to the end."""

    start: int
    end: int
    open: bool


def opened_at(text: str, start: int) -> Attempt:
    """An attempt that nothing closes."""
    end = text.find(BARRIER, start)
    return Attempt(start, end if end >= 0 else len(text), True)


def balanced(text: str, start: int) -> int:
    """Where what opens at `start` is closed; 0 if it is not."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        if token.group() == BARRIER:
            return 0
        if token.group() in "{[(":
            depth += 1
        elif token.group() in ")]}":
            depth -= 1
            if depth == 0:
                return token.end()
    return 0


def quoted(text: str) -> list[str]:
    """What stands in quotes, of whatever kind, in the first part of a text."""
    return ["".join(found) for found in _QUOTED.findall(text[:_FEW])]


def is_spoken_of(text: str, position: int, *says: str) -> bool:
    """Whether a deed is a part of a sentence that says that it is not done, or how it would be.

    `says`: its texts. An example says little: what holds a whole letter is none.
    """
    if any(map(is_letter, says)):
        return False
    return not starts_line(text, position, 0) and speaks_of(sentence_before(text, position, 0))
