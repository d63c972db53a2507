"""Quoted words: which stand between quotation marks or on quoted lines, and which of them are somebody else's."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[\w'\u2019]+")
_QUOTED = re.compile(r"\"([^\"\n]{1,400})\"|“([^”]{1,400})”")
_QUOTED_LINES = re.compile(r"(?m)^[ \t]*>.*(?:\n[ \t]*>.*)*")
_MOST = 0.6  # of a text: where so much of it stands in quotation marks, it is a message in quotation marks
_BEFORE = re.compile(r"[^\n]{0,120}\s*\Z")
_AFTER = re.compile(r"[ \t,]*[^\n.]{0,60}")
_SAYING = frozenset(
    {
        "wrote",
        "writes",
        "written",
        "said",
        "says",
        "asked",
        "asks",
        "replied",
        "told",
        "mentioned",
        "put",
        "noted",
        "from",
    }
)
_SELF = frozenset({"i", "i'll", "i've", "i'd", "me", "myself", "we", "we've"})
_THIRD = frozenset({"he", "she", "they", "who"})
_NEAR = 6  # words between a quotation and who said it


def quotations(text: str) -> list[tuple[int, int]]:
    """Where quoted words stand.

    A whole message in quotation marks is no quotation; a word or two in them are a title, or meant ironically.
    """
    spans = [found.span() for found in _QUOTED_LINES.finditer(text)]
    return spans + [
        found.span()
        for found in _QUOTED.finditer(text)
        if found.end() - found.start() < _MOST * len(text) and len(_WORD.findall(found.group())) > 2
    ]


def places(spans: Sequence[tuple[int, int]], words: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Which words stand in these stretches of the text, words given by where they stand."""
    return frozenset(
        place for start, end in spans for place in range(bisect_left(words, (start,)), bisect_left(words, (end,)))
    )


def is_ascribed(text: str, span: tuple[int, int], own: frozenset[str]) -> bool:
    """Whether the words around a quotation name who said it, and it is not the writer, called by the words `own`."""
    before = _BEFORE.search(text, max(0, span[0] - 200), span[0])
    after = _AFTER.match(text, span[1])
    sides = (before.group() if before else "", -1), (after.group() if after else "", 1)
    return any(_names_speaker(list(_near(side, end)), own) for side, end in sides)


def _near(side: str, end: int) -> Iterator[str]:
    """The words on a side of a quotation that are nearest to it."""
    words = _WORD.findall(side)
    yield from words[-_NEAR:] if end < 0 else words[: _NEAR // 2]


def _names_speaker(words: Sequence[str], own: frozenset[str]) -> bool:
    small = [word.lower().replace("\u2019", "'") for word in words]
    if not _SAYING.intersection(small) or not _SELF.union(own).isdisjoint(small):
        return False
    return any(word[0].isupper() or low in _THIRD for word, low in zip(words, small, strict=True))
