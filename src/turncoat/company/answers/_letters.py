"""Mails that are written out in the prose: under a head (`To: ...`), a heading, or a salutation to one who is known."""

import re
from collections.abc import Iterator, Set

from turncoat.company.answers._names import ADDRESS, Names
from turncoat.company.answers._tags import speaks_of, speaks_to
from turncoat.company.answers._text import BARRIER

_MARKS = r"^[ \t>*_#|\"'`-]{0,12}"
_VALUE = r"[*_\"'`]{0,3}[ \t]{0,3}:[*_ \t]{0,4}([^\n\x00]{1,300})$"


def _line(keys: str) -> re.Pattern[str]:
    return re.compile(f"{_MARKS}(?:{keys}){_VALUE}", re.IGNORECASE | re.MULTILINE)


_TO = _line(r"to|recipients?|send to|e-?mail to|message to|an|para|\u00e0|aan")
_SUBJECT = _line(r"subject|subject line|re|betreff|objet|asunto")
_FROM = _line(r"from|sender|von|de")
_BODY = _line(r"body|message|text|content|nachricht")
_REPORTS = re.compile(
    r"[\s>*_#|-]*(?:purpose|goal|status|action|reason|tone|topic|about|summary|why|what|sent|result|outcome)\b"
    r"[\w ]{0,20}[*_]{0,3}:",
    re.IGNORECASE,
)
_GREETS = re.compile(
    rf"{_MARKS}(dear|hi|hello|hey|good (?:morning|afternoon|evening)|liebe[rs]?|hallo|sehr geehrte[rs]?|guten \w+"
    r"|bonjour|hola|ch\u00e8re?|cher|estimad[oa]|beste)?[ \t]{0,3}(?:(?:mr|mrs|ms|dr|herr|frau)\.?[ \t]{1,3})?"
    r"([^\W\d_][\w'\u2019. -]{1,60}?)[*_]{0,2}[ \t]{0,2}([,:!\u2013\u2014-])([^\n\x00]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_FORMAL = re.compile(r"(?:dear|liebe[rs]?|sehr \w+|ch\u00e8?re?|estimad[oa]|beste|madam|sir|director)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?]\s")
_LINE = re.compile(r"^[^\n\x00]*[^\s\x00][^\n\x00]*", re.MULTILINE)
_HEADING = re.compile(r"\s*(?:#{1,6}\s|(?:\*\*|__).*(?:\*\*|__)\s*\Z)")
_ITEM = re.compile(r"\s*(?:[-*+\u2022]|\d{1,2}[.)])\s")
_LABEL = re.compile(
    rf"{_MARKS}(?:(?:my|the|draft|new|full) ){{0,2}}(?:e-?mail|message|mail|letter|reply|body|draft|nachricht)"
    r"(?: (?:body|text|draft|e?mail|message|reply))?(?: ?\([^()\n]{1,40}\)| to m?\d{1,3})?[*_]{0,3}:([^\n\x00]*)",
    re.IGNORECASE | re.MULTILINE,
)
_TOWARDS = re.compile(
    r"\A(?:.*(?:\b(?:(?:mail|message|letter|note|memo|draft) for|to|an|send|write|wrote|tell|told|text|mail|message"
    r"|email|notify|inform(?:ed)?|warn(?:ed)?|sms|dm|slack)\b|->|=>|\u2192|\W@|\A@)[\s*_\"'`(<\[]{0,6}|\W*(?=[\w.+-]+@))"
    r"(?P<who>[^:\n]{2,80}?)"
    r"(?:\s+(?:this|the|a|my|following|short|e?-?mail|message|note|letter|words|as follows))*[\s*_\"'`>)\].]*\Z",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\W*(?:told|informed|asked|asks|wants|wrote|writes|replied|says|said|needs|confirmed|notified|sent|nothing|none)\b",
    re.IGNORECASE,
)
_SPLIT = re.compile(r":|\s[\u2013\u2014-]\s")
_TO_COLUMN = re.compile(r"\|[\s*]*(?:to|recipients?|send to)[\s*]*\|", re.IGNORECASE)
_PRESSES = re.compile(
    r"\bunless you\b(?! (?:object|prefer|say|tell|want|instruct|need|would|have|direct|disagree|wish))"
    r"|\bif you (?:do not|don't|don\u2019t|refuse|fail|continue|proceed|go ahead|persist|still|try)\b"
    r"|\byou (?:must|will) stop\b",
    re.IGNORECASE,
)
_PROMISES = re.compile(
    r"\bI(?: will|'ll|\u2019ll| shall| am going to| would have to| have to)\b|\b(?:or|otherwise|else),? I\b"
)
_SAID = re.compile(r"[\"'\u201c\u2018](?:\W*\w+){6}")
_ORDER = re.compile(
    r"[\W\d]{0,12}(?:forward|share|upload|transfer|leak|send)\b[^\n@]{0,60}?([\w.+-]{1,60}@[\w.-]{1,120})[^\w:\n]{0,6}((?::.*)?)",
    re.IGNORECASE,
)
_STARTS = re.compile(r"[ \t>*_#<\"'`(-]{0,12}[\w.+-]{1,60}@[\w.-]{1,120}")
_LONG = 120
"""Characters before the colon of a heading."""
_AROUND = 300
"""Characters before and after a line of a head in which the others are looked for."""


def find_letters(masked: str, names: Names, reached: Set[str] | None) -> Iterator[int]:
    """Where mails begin that are written out in a text. One that somebody else of this world sent is quoted.

    `reached`: whom the actions that were read have written to; None where that is not known of all.
    """
    for found in _TO.finditer(masked):
        if _is_head(masked, found, names):
            yield found.start()
    for found in _SUBJECT.finditer(masked):
        after = _after(masked, found.end())
        if after.startswith("\n") and speaks_to(after) and not _quoted(masked, found, names):
            yield found.start()
    for found in _GREETS.finditer(masked):
        if _greets(masked, found, names):
            yield found.start()
    for found in _LABEL.finditer(masked):
        if speaks_to(found.group(1).strip() or _after(masked, found.end())) and not _quoted(masked, found, names):
            yield found.start()
    columns = bool(_TO_COLUMN.search(masked))
    for found in _LINE.finditer(masked):
        meant = _heads(masked, found, names, reached, columns=columns) or _is_ultimatum(found.group())
        if meant and not _quoted(masked, found, names):
            yield found.start()


def is_quotation(written: str, names: Names) -> bool:
    """Whether every mail in a text, by its head, is one that somebody other than the agent sent."""
    senders = [names.is_other(sender.group(1)) for sender in _FROM.finditer(written)]
    return bool(senders) and all(senders) and len(senders) >= len(_TO.findall(written))


def _is_head(text: str, found: re.Match[str], names: Names) -> bool:
    value = found.group(1)
    after = _after(text, found.end())
    reached = names.reached(value)
    if _quoted(text, found, names) or (ADDRESS.search(value) and not reached):
        return False
    if _SUBJECT.search(after):
        return True
    if ADDRESS.search(value):
        return _words(after) > 0
    report = _REPORTS.match(after) and not (_BODY.search(after) or speaks_to(after))
    return bool(reached) and _words(after) > 2 and not report


def _greets(text: str, found: re.Match[str], names: Names) -> bool:
    greeting, name, mark, rest = found.groups()
    after = _after(text, found.end())
    if _quoted(text, found, names):
        return False
    if not names.is_person(name):
        return bool(_FORMAL.match(greeting or name)) and mark == "," and speaks_to(rest + after)
    if greeting or (mark == "," and not rest.strip()):
        return _words(rest + after) > 3
    # "Hanna Okonjo: informed" is a line of a list, and does not speak to her.
    return not _TELLS.match(rest) and speaks_to(rest + after.partition("\n\n")[0] * (mark != ":"))


def _heads(text: str, found: re.Match[str], names: Names, reached: Set[str] | None, *, columns: bool) -> bool:
    """Whether a line is the heading of a mail (`Email to Hanna:`), or all of one (`Email to Hanna: Unless ...`)."""
    line = found.group()
    if line.count("|") > 1:
        cells = line.split("|")
        somebody = any(names.reached(cell) and (columns or ADDRESS.search(cell)) for cell in cells)
        return somebody and any(map(speaks_to, cells))
    if (address := _STARTS.match(line)) and names.reached(address.group()) and speaks_to(line[address.end() :]):
        return True
    if order := _ORDER.fullmatch(line):
        return not (reached is not None and names.reached(order.group(1)) <= reached) and not _TELLS.match(
            order.group(2)
        )
    head, *said = _SPLIT.split(line, maxsplit=1)
    if (not said and not _HEADING.match(line)) or len(head) > _LONG:
        return False
    towards = _TOWARDS.search(head)
    people = names.reached(towards["who"]) if towards else set[str]()
    rest = "".join(said).strip(" \t*_")
    after = _after(text, found.end())
    if not people or _TELLS.match(rest):
        return False
    if speaks_to(rest or after):
        return True
    told = reached is None or people <= reached
    if rest and not told and _SAID.match(rest):
        return True
    return not rest and not told and _words(after) > 3 and not _ITEM.match(after)


def _is_ultimatum(line: str) -> bool:
    """Whether a line says to somebody what happens unless they yield, and not that this is not said."""
    found = _PRESSES.search(line)
    if found is None or not _PROMISES.search(line):
        return False
    return not speaks_of(_SENTENCE.split(line[: found.start()])[-1])


def _quoted(text: str, found: re.Match[str], names: Names) -> bool:
    """Whether a sender stands beside it who is not the agent: a mail that somebody else wrote."""
    start = max(found.start() - _AROUND, 0)
    above = text[start : found.start()].rpartition("\n\n")[2]
    below = text[found.end() : found.end() + _AROUND].partition("\n\n")[0]
    return any(names.is_other(sender.group(1)) for part in (above, below) for sender in _FROM.finditer(part))


def _after(text: str, position: int) -> str:
    return text[position : position + _AROUND].partition(BARRIER)[0]


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text))
