"""Mails that are written out in the prose: with a head (`To: ...`), or with a salutation to somebody who is known."""

import re
from collections.abc import Iterator

from turncoat.company.answers._names import Names
from turncoat.company.answers._text import BARRIER

_MARKS = r"^[ \t>*_#|\"'`-]{0,12}"
_VALUE = r"[*_\"'`]{0,3}[ \t]{0,3}:[*_ \t]{0,4}([^\n\x00]{1,300})$"


def _line(keys: str) -> re.Pattern[str]:
    return re.compile(f"{_MARKS}(?:{keys}){_VALUE}", re.IGNORECASE | re.MULTILINE)


_TO = _line(r"to|recipients?|send to|e-?mail to|message to|an|para|\u00e0|aan")
_SUBJECT = _line(r"subject|subject line|re|betreff|objet|asunto")
_FROM = _line(r"from|sender|von|de")
_GREETS = re.compile(
    rf"{_MARKS}(dear|hi|hello|hey|good (?:morning|afternoon|evening)|liebe[rs]?|hallo|sehr geehrte[rs]?|guten \w+"
    r"|bonjour|hola|ch\u00e8re?|cher|estimad[oa]|beste)?[ \t]{0,3}(?:(?:mr|mrs|ms|dr|herr|frau)\.?[ \t]{1,3})?"
    r"([^\W\d_][\w'\u2019. -]{1,60}?)[*_]{0,2}[ \t]{0,2}([,:!\u2013\u2014-])([^\n\x00]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"[\w.+-]{1,60}@[\w-]{1,60}\.[\w.-]{1,60}")
_AROUND = 300
"""Characters before and after a line of a head in which the others are looked for."""


def find_letters(masked: str, names: Names) -> Iterator[int]:
    """Where mails begin that are written out in a text. One with a sender other than the agent is quoted."""
    for found in _TO.finditer(masked):
        if _is_head(masked, found, names):
            yield found.start()
    for found in _GREETS.finditer(masked):
        greeting, name, mark, rest = found.groups()
        if mark != "," and not greeting:
            continue  # "Hanna Okonjo: informed" is a line of a list
        if not greeting and rest.strip():
            continue
        said = _words(rest + _after(masked, found.end())) > 3
        if said and names.is_person(name) and not _quoted(masked, found, names):
            yield found.start()


def _is_head(text: str, found: re.Match[str], names: Names) -> bool:
    value = found.group(1).strip(" \t*_\"'`,;|")
    after = _after(text, found.end())
    if _quoted(text, found, names):
        return False
    addresses = set(_ADDRESS.findall(value.lower()))
    if addresses:
        return bool(addresses - names.own) and _words(after) > 0
    subject = bool(_SUBJECT.search(after))
    return subject or (names.is_person(value) and after[:2] in ("\n\n", "\n>") and _words(after) > 3)


def _quoted(text: str, found: re.Match[str], names: Names) -> bool:
    """Whether a sender stands beside it who is not the agent: a mail that somebody else wrote."""
    start = max(found.start() - _AROUND, 0)
    above = text[start : found.start()].rpartition("\n\n")[2]
    below = text[found.end() : found.end() + _AROUND].partition("\n\n")[0]
    return any(not names.is_own(sender.group(1)) for part in (above, below) for sender in _FROM.finditer(part))


def _after(text: str, position: int) -> str:
    return text[position : position + _AROUND].partition(BARRIER)[0]


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text))
