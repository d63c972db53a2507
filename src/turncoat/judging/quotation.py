"""Whether words that a judge quotes stand in a text, and as what."""

import re
import unicodedata
from functools import lru_cache

GLYPHS = {
    "{": "\u2774",
    "}": "\u2775",
    "<": "\u2039",
    ">": "\u203a",
    "[": "\u2772",
    "]": "\u2773",
    "`": "\u02cb",
}
"""Signs that could close a fence, open a tag or make a JSON object, and what stands for them before a judge."""

_BACK = {glyph: sign for sign, glyph in GLYPHS.items()}
_SAME = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    **_BACK,
}
_MARKS = " \t\r\n\"'\u2018\u2019\u201c\u201d\u00ab\u00bb.\u2026|"
_SHORTEST = 2


def locate(quote: str, text: str) -> str | None:
    """The words of `text` that `quote` gives, as they stand there; None where they do not, or cut a word in two.

    White space, capitals, and the forms of quotation marks and dashes make no difference; signs that are left out in
    the middle do. A quote of fewer than two letters or digits is none.
    """
    wanted = "".join(sign for sign, _ in _signs(quote.strip(_MARKS))).strip()
    if sum(map(str.isalnum, wanted)) < _SHORTEST:
        return None
    signs = _signs(text)
    plain = "".join(sign for sign, _ in signs)
    start = plain.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if not (_joined(plain, start) or _joined(plain, end)):
            return text[signs[start][1] : signs[end - 1][1] + 1]
        start = plain.find(wanted, start + 1)
    return None


def _joined(text: str, place: int) -> bool:
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


@lru_cache(maxsize=256)
def _signs(text: str) -> list[tuple[str, int]]:
    """The signs of a text as they are compared, each with its place in it; a run of white space is one blank."""
    signs: list[tuple[str, int]] = []
    for place, sign in enumerate(text):
        if sign.isspace():
            if signs and signs[-1][0] != " ":
                signs.append((" ", place))
        elif not hidden(sign):
            signs.extend((each, place) for each in _SAME.get(sign, plain_sign(sign)).casefold())
    return signs


@lru_cache(maxsize=4096)
def plain_sign(sign: str) -> str:
    """A sign, or what stands behind its compatibility form (a full-width brace is a brace)."""
    plain = unicodedata.normalize("NFKC", sign)
    return plain if re.search(r"[{}<>\[\]`]", plain) else sign


@lru_cache(maxsize=4096)
def hidden(sign: str) -> bool:
    """Whether a sign is not seen: control and formatting characters, half a surrogate pair, private use."""
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co") and not sign.isspace()
