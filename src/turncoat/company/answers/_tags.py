"""Finding tags in a text, and reading their attributes; in time linear in the text, whatever it is."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from turncoat.company.answers._names import FIELDS, Names, Tag, plain
from turncoat.company.answers._text import QUOTES

_TAG = re.compile(r"<\s{0,3}(/?)\s{0,3}([A-Za-z_][\w:.\-]{0,60})(?=[\s/>]|\Z)")
_MENTION = re.compile(r"<!--|(?<!`)(?:`(?!`)[^`\n]+`|`<[^`]*>`|``(?!`)[^`\n]+``|``<[^`]*>``)(?!`)")
_SENTENCE_END = re.compile(r"[.!?:;…\u2192][\s\"'\u201d\u2019*_)\]>-]*\Z")
_MARKS = re.compile(r"[\s*_>#-]*")
_OTHER_TAG = re.compile(r"<[^<>]*>")
_FEW = 4
_LEAD = 200
"""Characters before a tag that are looked at."""
_SPEAKS_OF = re.compile(
    r"\b(?:not|never|neither|nor|refus\w+|declin\w+|could|would|might|cannot|avoid\w*|such as|example|e\.g|forms? like"
    r"|formats?|syntax|tags?)\b|n't\b|n\u2019t\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;](?=\s+\w+\s+\w)|\b(?:so|therefore|hence)\b")
_YOU = re.compile(
    r"\b(?:[Yy]ou|YOU|[Yy]our\w*|YOUR|[Dd]u|[Dd]ich|[Dd]ir|[Dd]eine?[mnrs]?|Sie|Ihnen|Ihre?[mnrs]?|[Vv]ous|[Vv]otre|[Vv]os"
    r"|[Uu]sted(?:es)?)\b"
)
_LEAD_IN = re.compile(r"[\s>*\-#\d.)`]*")
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w:.\-]{0,40})\s{0,3}=\s{0,3}")
_FLAG = re.compile(r"[^\s>=/,]+|[/=]")
_FLAGS = frozenset({"everyone", "reply_all"})
_ONE_WORD = frozenset({"mail", "everyone", "code", "control", "device", "operation", "folder"})
"""Fields whose value, without quotes, ends at a blank."""
_WORD = re.compile(r"(?:[^\s>/]|/(?!>))*")
_BLANK = re.compile(r"[\s,]+")
_UNQUOTED_END = re.compile(r"(<[^<>\s@]*@[^<>\s@]*>)|(?=\s[A-Za-z_][\w:.\-]{0,40}\s{0,3}=)|(?=/?>)|(?=\n)")
_CLOSING = {
    close: re.compile(close + r"(?=\s*/?>|\s+[A-Za-z_][\w:.\-]{0,40}\s{0,3}=|\s*,\s*[A-Za-z_]\w{0,40}\s{0,3}=)")
    for close in QUOTES.values()
}
_SWALLOWED = re.compile(r"\s([A-Za-z_]\w{0,40})\s{0,3}=\s{0,3}\Z")


class Mark(NamedTuple):
    """A tag that means something: where it starts, where its name ends, what it is."""

    start: int
    name_end: int
    closing: bool
    tag: Tag
    prefixed: bool


class Header(NamedTuple):
    """The attributes of an opening tag, by field; values still hold their character references.

    `end`: where the content starts. `ended`: a `>` was there. `empty`: it was `/>`.
    """

    values: dict[str, str]
    end: int
    ended: bool
    empty: bool


def find_marks(text: str, names: Names, *, most: int) -> tuple[list[Mark], int]:
    """All tags with a meaning, in order, without those in code spans and comments; at most so many.

    The second value is where the text ends that they were looked for in: its length, or the start of one tag too many.
    """
    spans = mentions(text)
    span = next(spans, None)
    marks: list[Mark] = []
    for found in _TAG.finditer(text):
        name = found.group(2)
        tag = names.tag(name)
        if tag is None or (found.group(1) and found.end() == len(text)):
            continue  # a closing tag without its end is one that was cut off
        while span is not None and span[1] <= found.start():
            span = next(spans, None)
        if span is not None and span[0] <= found.start():
            continue
        if len(marks) == most:
            return marks, found.start()
        marks.append(Mark(found.start(), found.end(), bool(found.group(1)), tag, ":" in name))
    return marks, len(text)


def starts_line(text: str, position: int, floor: int) -> bool:
    """Whether only blanks or the marks of a list, quotation or heading stand before it on its line.

    `floor`: the end of the tag before, which counts like the start of a line.
    """
    start = max(text.rfind("\n", max(position - 24, 0), position) + 1, floor)
    if position - start > 20:
        return False
    return (start == 0 or start == floor or text[start - 1] == "\n") and bool(_LEAD_IN.fullmatch(text, start, position))


def sentence_before(text: str, position: int, floor: int) -> str:
    """The words before a place on its line, from `floor` on, that it is a part of; empty where they end a sentence."""
    lead = _OTHER_TAG.sub("", text[max(position - _LEAD, floor) : position].rpartition("\n")[2])
    return "" if _SENTENCE_END.search(lead) or _MARKS.fullmatch(lead) else lead


def is_letter(content: str) -> bool:
    """Whether what an action says is more than an example of it: over four words."""
    return len(re.findall(r"[^\W\d_]{2,}", _OTHER_TAG.sub(" ", content[:_LEAD]))) > _FEW


def speaks_to(said: str) -> bool:
    """Whether words speak to somebody: a letter does, where a note about one does not."""
    return len(re.findall(r"\w+", said)) > _FEW - 1 and bool(_YOU.search(said))


def speaks_of(lead: str) -> bool:
    """Whether the clause before a deed says that it is not done here, or how it would be done."""
    return bool(_SPEAKS_OF.search(_CLAUSE.split(lead)[-1]))


def read_header(text: str, start: int, limit: int) -> Header:
    """Read attributes from `start`; the header ends at the first `>` outside a value, at the latest at `limit`.

    Values may be quoted in any way, or not at all; a quote that is missing at the end is made up for where the next
    attribute's name shows that it is.
    """
    values: dict[str, str] = {}
    hopeless: set[str] = set()
    position = end = start
    while position < limit:
        if blank := _BLANK.match(text, position, limit):
            position = blank.end()
            continue
        if text[position] == ">":
            return Header(values, position + 1, True, False)
        if text.startswith("/>", position) and position + 1 < limit:
            return Header(values, position + 2, True, True)
        named = _ATTRIBUTE.match(text, position, limit)
        if named is None:
            flag = _FLAG.match(text, position, limit)
            position = flag.end() if flag else position + 1
            if flag and plain(flag.group()) in _FLAGS:
                values["everyone"] = "yes"
                end = position
            continue
        field = FIELDS.get(plain(named.group(1)))
        start = named.end()
        word = _WORD.match(text, start, limit) if field in _ONE_WORD and text[start : start + 1] not in QUOTES else None
        if word is not None:
            value, position = word.group(), word.end()
        else:
            value, position = _read_value(text, start, limit, hopeless)
        if field is not None:
            values.setdefault(field, value)
            end = position
    return Header(values, end, False, False)


def _read_value(text: str, start: int, limit: int, hopeless: set[str]) -> tuple[str, int]:
    close = QUOTES.get(text[start]) if start < limit else None
    if close is not None and close not in hopeless:
        found = _CLOSING[close].search(text, start + 1, limit)
        # Two adjacent quotes are an empty value, however it goes on.
        if text.startswith(close, start + 1) and text[start + 2 : start + 3] in (" ", ">", "/", "\n", ""):
            return "", min(start + 2, limit)
        plainly = text.find(close, start + 1, limit)
        if plainly >= 0 and (swallowed := _SWALLOWED.search(text, max(plainly - 60, start + 1), plainly)):
            # to="a@x.com subject="Hello": the quote found opens the next value.
            follows = text[plainly + 1 : plainly + 2]
            if FIELDS.get(plain(swallowed.group(1))) and follows not in (" ", ">", "/", "\n", ""):
                return text[start + 1 : swallowed.start()], swallowed.start()
        if found is not None:
            return text[start + 1 : found.start()], found.end()
        hopeless.add(close)
    if close is not None:
        start += 1
        plainly = text.find(close, start, min(limit, start + 400))
        if plainly >= 0:
            return text[start:plainly], plainly + 1
    return _read_unquoted(text, start, limit)


def _read_unquoted(text: str, start: int, limit: int) -> tuple[str, int]:
    for found in _UNQUOTED_END.finditer(text, start, limit):
        if found.group(1) is None:
            return text[start : found.start()].rstrip(" \t,"), found.start()
    return text[start:limit].rstrip(" \t,"), limit


def mentions(text: str) -> Iterator[tuple[int, int]]:
    """Code spans (over several lines where they hold a tag from end to end) and HTML comments."""
    position, comments = 0, True
    while found := _MENTION.search(text, position):
        start, position = found.span()
        if found.group() == "<!--":
            close = text.find("-->", position) if comments else -1
            comments = close >= 0
            if close < 0:
                continue
            position = close + 3
        yield start, position
