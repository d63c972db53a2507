"""Whether words that a judge quotes stand in a text, and as what."""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
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
_MARKING = ("Mn", "Me")  # categories of what is drawn over another sign
_APART = re.compile(r"(?<![^\W_])[^\W\d_](?:[\W_]{1,12}[^\W\d_]){3,}(?![^\W_])")  # letters that stand apart
_GAP = re.compile(r"[\W_]+")
_REFERENCE = re.compile(r"&(?:#\d{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[a-zA-Z]{2,8};)")  # an HTML character reference
_LATIN = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u043a\u04cf"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405\u04c0"
    "\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5\u03c7"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u0131\u0251\u0261\u0578\u057d\u0585",
    "aeopcyxijshdqwklABEKMHOPCTYXIJSIaikvopuxABEZHIKMNOPTYXiagnuo",
)
"""Cyrillic, Greek, Armenian and rare Latin letters, and the Latin letter that each looks like."""
_MARKED_LINE = re.compile(r"\n[ \t]*\| ?")
LONGEST_RUN = 40
"""How often one sign is shown in a row at most, and compared."""

# What Unicode calls ignorable by default (DerivedCoreProperties.txt), beyond the formatting characters.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)


def locate(quote: str, text: str) -> str | None:
    """The words of `text` that `quote` gives, as they stand there; None where they do not, or cut a word in two.

    White space, capitals, accents, and the forms of letters, quotation marks and dashes make no difference, nor how
    often a sign is repeated beyond what is shown of it, nor the marks of lines, nor blanks between the letters of a
    word; signs that are left out in the middle do. A quote of fewer than two letters or digits is none.
    """
    return next(filter(None, (_locate(quote, text, spaced=spaced) for spaced in (False, True))), None)


def _locate(quote: str, text: str, *, spaced: bool) -> str | None:
    """`spaced`: words whose letters stand apart are taken for words."""
    wanted = "".join(sign for sign, _ in _signs(_MARKED_LINE.sub("\n", quote).strip(_MARKS), spaced)).strip()
    if sum(map(str.isalnum, wanted)) < _SHORTEST:
        return None
    signs = _signs(text, spaced)
    plain = "".join(sign for sign, _ in signs)
    start = plain.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if not (_joined(plain, start) or _joined(plain, end)):
            return text[signs[start][1] : end_of_sign(text, signs[end - 1][1])]
        start = plain.find(wanted, start + 1)
    return None


def _joined(text: str, place: int) -> bool:
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


@lru_cache(maxsize=32)
def _signs(text: str, spaced: bool) -> list[tuple[str, int]]:
    """The signs of a text as they are compared, each with its place in it; a run of white space is one blank."""
    signs: list[tuple[str, int]] = []
    last, times = " ", 0
    apart = _blanks(text) if spaced else set[int]()
    for place, sign in enumerate(text):
        if place in apart:
            continue
        for each in " " if sign.isspace() else _SAME.get(sign, letter(sign)).casefold():
            times = times + 1 if each == last else 1
            if times <= (1 if each == " " else LONGEST_RUN):
                signs.append((each, place))
            last = each
    return signs


def _blanks(text: str) -> set[int]:
    """The places of what stands between the letters of words that are spaced out: the shortest gap, most often there.

    Where there is but one gap and that of several blanks, it stands between words of one letter.
    """
    left_out: set[int] = set()
    for run in _APART.finditer(text):
        gaps = list(_GAP.finditer(run.group()))
        times = Counter(gap.group() for gap in gaps)
        usual = min(times, key=lambda gap: (len(gap), -times[gap]))
        if len(times) == 1 and usual.isspace() and len(usual) > 1:
            continue
        for gap in gaps:
            if gap.group() == usual:
                left_out.update(range(run.start() + gap.start(), run.start() + gap.end()))
    return left_out


@lru_cache(maxsize=4096)
def plain_sign(sign: str) -> str:
    """A sign, or what stands behind its compatibility form (a full-width brace is a brace)."""
    plain = unicodedata.normalize("NFKC", sign)
    return plain if re.search(r"[{}<>\[\]`]", plain) else sign


@lru_cache(maxsize=4096)
def letter(sign: str) -> str:
    """What a sign is read as: nothing if it is not seen or only marks another; of a letter its plainest form.

    That is without accent, and the Latin one for a letter that looks like it.
    """
    if hidden(sign) or unicodedata.category(sign) in _MARKING:
        return ""
    if "\uff01" <= sign <= "\uff5e":
        return unicodedata.normalize("NFKC", sign)
    if (plain := plain_sign(sign)) != sign:
        return plain
    plain = unicodedata.normalize("NFKC", sign)
    parts = unicodedata.normalize("NFD", plain)
    plain = "".join(part for part in parts if unicodedata.category(part) not in _MARKING).translate(_LATIN)
    return plain if plain.isalnum() else sign


def end_of_sign(text: str, place: int) -> int:
    """The place behind a sign, or a reference to one, and the accents that follow it."""
    reference = _REFERENCE.match(text, place)
    end = reference.end() if reference else place + 1
    while end < len(text) and unicodedata.category(text[end]) in _MARKING and not hidden(text[end]):
        end += 1
    return end


def visible(text: str) -> str:
    """A text as it is read: references resolved, without signs that are not seen, in plain letters, spaced-out words
    closed up."""
    text = _REFERENCE.sub(_referred, text).translate(_SEEN)
    apart = _blanks(text)
    return "".join(sign for place, sign in enumerate(text) if place not in apart) if apart else text


def places(text: str) -> list[int]:
    """Where each sign of `visible(text)` stands in the text."""
    signs = list(_resolved(text))
    apart = _blanks("".join(sign for sign, _ in signs).translate(_SEEN))
    found = [place for sign, place in signs for _ in letter(sign)]
    return [each for place, each in enumerate(found) if place not in apart]


def _referred(reference: re.Match[str]) -> str:
    return html.unescape(reference.group())


def _resolved(text: str) -> Iterator[tuple[str, int]]:
    """The signs of a text with references resolved, each with the place where it, or its reference, begins."""
    place = 0
    for reference in _REFERENCE.finditer(text):
        yield from ((text[at], at) for at in range(place, reference.start()))
        yield from ((sign, reference.start()) for sign in _referred(reference))
        place = reference.end()
    yield from ((text[at], at) for at in range(place, len(text)))


class _Seen(dict[int, str]):
    def __missing__(self, place: int) -> str:
        self[place] = letter(chr(place))
        return self[place]


_SEEN = _Seen()


@lru_cache(maxsize=4096)
def hidden(sign: str) -> bool:
    """Whether a sign is not seen: control, formatting and ignorable characters, half a surrogate pair, private use."""
    if sign.isspace():
        return False
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co") or _IGNORABLE.match(sign) is not None
