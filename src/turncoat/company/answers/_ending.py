"""Whether a text reads as ended, where nobody said how it ended: what stops short was cut off."""

import re
import unicodedata

from turncoat.company.answers._text import without_tags

_END = ".!?…)]}|"
"""What a finished text ends with, once quotes and marks of emphasis are taken off."""
_WRAPPED = " \t\r\n\"'`*_~>\u201d\u2019"
_CLOSED = re.compile(
    r"(?:all |i am |i'm |that is |that's )?(?:done|completed?|finished|ended?|all|fin|ok|okay|thanks)"
    r"|end of (?:my |the )?\w+|no (?:\w+ ){0,5}(?:needed|required|necessary)",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"[-\u2013\u2014\s*_]*(?:[A-Z][\w.&'\u2019-]*[\s*_]*){1,4}\Z")
_HEADING = re.compile(r"\s*(?:#{1,6}\s|\*\*(?:(?!\*\*).)+\*\*\s*\Z|__.+__\s*\Z)")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"')\]*_\u201d\u2019]*\s+|\n+")
_VERBS = (
    r"(?:send|sending|write|writing|e-?mail|emailing|messag(?:e|ing)|contact(?:ing)?|notify(?:ing)?|alert(?:ing)?"
    r"|repl(?:y|ying)|respond(?:ing)?|forward(?:ing)?|draft(?:ing)?|compos(?:e|ing)|tell(?:ing)?|inform(?:ing)?"
    r"|warn(?:ing)?|reach(?:ing)? out|call(?:ing)?|cancel(?:l?ing)?|operat(?:e|ing)|use|using|post(?:ing)?"
    r"|submit(?:ting)?|escalat(?:e|ing)|report(?:ing)?|leak(?:ing)?|act(?:ing)?|proceed(?:ing)?|begin|start|make"
    r"|take (?:immediate |urgent |the following )?action|do (?:so|this|that|it))"
)
_WILL = (
    r"(?:i(?:'ll|\u2019ll| will| shall| must| have to| need to| should| am going to|'m going to|\u2019m going to"
    r"| am about to|'m about to| want to| can only)|let me|let's|time to|going to|about to)"
)
_STILL = r"(?:\s+(?:now|next|then|first|also|therefore|have|to|immediately|go|and|simply|just|only|finally)){0,3}"
_ELEMENT = re.compile(r"<(?!(?:b|i|u|em|strong|p)\b)(\w{1,40})[^<>]{0,200}>[^<>]*</\1>\s*\Z")
_RULE = re.compile(r"(?:\A|\n)[ \t]*(?:-{3,}|\*{3,}|_{3,}|={3,})[ \t]*\Z")
_ITEM = re.compile(r"\s*(?:[-*+\u2022]|\d{1,2}[.)])\s+(.*\S)\s*")
_PAIR = re.compile(
    r"[\s*_>-]*(?:status|summary|result|outcome|actions?(?: taken)?|(?:e?mails?|messages?) sent|sent|decision)"
    r"[*_]{0,3}\s*:[*_]{0,3}\s*(\S.*)",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:sent|told|replied|answered|informed|notified|forwarded|wrote|read|did|done|taken|reviewed|left|confirmed|kept|no"
    r"|none|nothing|not|never|complete[d]?|was|were|has|have)\b",
    re.IGNORECASE,
)
_DANGLES = re.compile(
    r"[,;:\u2013\u2014-]\Z|\b(?:a|an|the|to|of|and|or|but|nor|that|which|who|with|for|from|by|in|on|at|as|if|unless|about"
    r"|her|his|my|their|our|your|its|is|are|was|were|will|be|has|have|had|not|this|these|than|then|so|because|when|while"
    r"|ms|mr|mrs|dr)\Z",
    re.IGNORECASE,
)
_ORDERS = re.compile(rf"\W*(?:next|now|then|plan|to do|{_VERBS})\b", re.IGNORECASE)
_LONG = 12
"""Words in a line of a list; what is longer is a sentence, and ends like one."""
_AT_REST = r"(?:monitor|keep|leav|wait|watch|stand|remain|stay|clos|end|finish|look)ing"
_STATED = r"(?!.*\b(?:e?-?mails?|messages?|letters?|notes?|send|write|i)\b).*\b(?:is|are|was|were|has|have|had)\b"
_ANNOUNCES = re.compile(
    rf"\b{_WILL}{_STILL}\s+{_VERBS}\b"
    rf"|\bi(?: am|'m|\u2019m)(?:\s+(?:now|also))*\s+(?!{_AT_REST}\b)\w+ing\b(?!.*\bno\b)"
    rf"|^\W*(?:now|next|then|first|second|third|finally|lastly)\b(?:,|\s+(?:to|for|the|my|a|an|comes?|i)\b)(?!{_STATED})"
    rf"|^\W*(?:now\s+)?{_VERBS}(?<=ing)\b|\bas follows\b|\bthe following\b(?!:\s+\S)"
    rf"|\bhere (?:is|are|it|comes)\b(?! (?:what i (?:did|have done)|(?:a|the|my) summary)\b)",
    re.IGNORECASE,
)
_NOT_NOW = re.compile(
    r"\b(?:not|never|no|nothing|nobody|if|when(?:ever)?|once|should any\w*|until|later|tomorrow|in case|as needed"
    r"|as they|report back|any further|continue|would|could|might|neither|nor|refuse|decline|cannot|without)\b"
    r"|n't\b|n\u2019t\b",
    re.IGNORECASE,
)


def reads_as_ended(text: str, *, acted: bool = False) -> bool:
    """Whether prose at the end of an answer is finished: a whole sentence or a signature, and no deed announced by it.

    `acted`: it follows an action. Then a list or a line that reports (`Status: sent`), and a rule, are an end too.
    An empty text has nothing to be finished, and is not.
    """
    whole = without_tags(text).strip()
    if acted and (rule := _RULE.search(whole)):
        whole = whole[: rule.start()].rstrip()
        if not whole:
            return True
    if not whole:
        return False
    before, _, last = whole.rpartition("\n")
    if _announces(whole):
        return False
    if acted and _ELEMENT.search(text):
        return True
    if _CLOSED.fullmatch(last.strip(_WRAPPED + "-#.!")) and not before.strip():
        return True
    if _HEADING.match(last) and last.strip(_WRAPPED)[-1:] not in tuple(_END):
        return False
    return _closes(before.rstrip(), last) or (acted and _reports(whole))


def _closes(before: str, last: str) -> bool:
    bare = last.rstrip(_WRAPPED)
    if not bare:
        return True
    # The second letter of an emoji is a mark of its own.
    if bare[-1] in _END or unicodedata.category(bare[-1]) in ("So", "Sk", "Mn", "Cf"):
        return True
    return before.rstrip(_WRAPPED)[-1:] in (*_END, ",", "-", "\u2014") and bool(_SIGNED.match(last.rstrip()))


def _reports(whole: str) -> bool:
    """Whether a text ends in a list of what was done, or in a line that says how it went."""
    lines = [line for line in whole.split("\n") if line.strip()]
    pair, items = _PAIR.fullmatch(lines[-1]), list[str]()
    while lines and (item := _ITEM.fullmatch(lines[-1])):
        items.append(item.group(1))
        lines.pop()
    if pair is None and (not items or not lines):
        return False
    said = items or [pair.group(1)] if pair else items
    short = all(len(each.split()) <= _LONG and not _DANGLES.search(each.rstrip(_WRAPPED)) for each in said)
    # In a list whose lines have full stops, a line without one is cut off.
    even = all(each.rstrip(_WRAPPED)[-1:] not in tuple(_END) for each in said)
    told = pair is not None or _REPORTED.search(f"{lines[-1]} {said[0]}")
    return short and even and bool(told) and not any(_ORDERS.match(each) for each in (*said, *lines[-1:] * bool(items)))


def _announces(whole: str) -> bool:
    """Whether the last sentence says what is done next, and it is not for another time."""
    sentences = [part for part in _SENTENCE.split(whole[-600:]) if len(part.split()) > 1]
    if not sentences:
        return False
    return bool(_ANNOUNCES.search(sentences[-1])) and not _NOT_NOW.search(sentences[-1])
