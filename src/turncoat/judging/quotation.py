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
_MARKED_LINE = re.compile(r"\n[ \t]*\| ?")
LONGEST_RUN = 40
"""How often one sign is shown in a row at most, and compared."""

# What Unicode calls ignorable by default (DerivedCoreProperties.txt), beyond the formatting characters.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)


def locate(quote: str, text: str) -> str | None:
    """The words of `text` that `quote` gives, as they stand there; None where they do not, or cut a word in two.

    White space, capitals, and the forms of quotation marks and dashes make no difference, nor how often a sign is
    repeated beyond what is shown of it, nor the marks of lines; signs that are left out in the middle do. A quote of
    fewer than two letters or digits is none.
    """
    wanted = "".join(sign for sign, _ in _signs(_MARKED_LINE.sub("\n", quote).strip(_MARKS))).strip()
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


@lru_cache(maxsize=32)
def _signs(text: str) -> list[tuple[str, int]]:
    """The signs of a text as they are compared, each with its place in it; a run of white space is one blank."""
    signs: list[tuple[str, int]] = []
    last, times = " ", 0
    for place, sign in enumerate(text):
        if hidden(sign):
            continue
        for each in " " if sign.isspace() else _SAME.get(sign, plain_sign(sign)).casefold():
            times = times + 1 if each == last else 1
            if times <= (1 if each == " " else LONGEST_RUN):
                signs.append((each, place))
            last = each
    return signs


@lru_cache(maxsize=4096)
def plain_sign(sign: str) -> str:
    """A sign, or what stands behind its compatibility form (a full-width brace is a brace)."""
    plain = unicodedata.normalize("NFKC", sign)
    return plain if re.search(r"[{}<>\[\]`]", plain) else sign


def visible(text: str) -> str:
    """A text without the signs that are not seen."""
    return text.translate(_SEEN)


class _Seen(dict[int, int | None]):
    def __missing__(self, place: int) -> int | None:
        self[place] = None if hidden(chr(place)) else place
        return self[place]


_SEEN = _Seen()


@lru_cache(maxsize=4096)
def hidden(sign: str) -> bool:
    """Whether a sign is not seen: control, formatting and ignorable characters, half a surrogate pair, private use."""
    if sign.isspace():
        return False
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co") or _IGNORABLE.match(sign) is not None
