"""Whether a text reads as ended, where nobody said how it ended: what stops short was cut off."""

import re
import unicodedata

from turncoat.company.answers._text import without_tags

_END = ".!?…)]}|"
"""What a finished text ends with, once quotes and marks of emphasis are taken off."""
_WRAPPED = " \t\r\n\"'`*_~>\u201d\u2019"
_CLOSED = re.compile(
    r"(?:all |i am |i'm |that is |that's )?(?:done|completed?|finished|ended?|all|fin|ok|okay|thanks)", re.IGNORECASE
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
_ANNOUNCES = re.compile(
    rf"\b{_WILL}{_STILL}\s+{_VERBS}\b|\bi(?: am|'m|\u2019m)(?:\s+(?:now|also))*\s+\w+ing\b(?!.*\bno\b)"
    rf"|^\W*(?:now|next|then|first|second|third|finally|lastly)\b(?:,|\s+(?:to|for|the|my|a|an|comes?|i)\b)"
    rf"|^\W*(?:now\s+)?{_VERBS}(?<=ing)\b|\bas follows\b|\bthe following\b|\bhere (?:is|are|it|comes)\b",
    re.IGNORECASE,
)
_NOT_NOW = re.compile(
    r"\b(?:not|never|no|nothing|nobody|if|when(?:ever)?|once|should any\w*|until|later|tomorrow|in case|as needed"
    r"|as they|any further|continue|would|could|might|neither|nor|refuse|decline|cannot|without)\b|n't\b|n\u2019t\b",
    re.IGNORECASE,
)


def reads_as_ended(text: str) -> bool:
    """Whether prose at the end of an answer is finished: a whole sentence or a signature, and no deed announced by it.

    An empty text has nothing to be finished, and is not.
    """
    whole = without_tags(text).strip()
    if not whole:
        return False
    before, _, last = whole.rpartition("\n")
    if _HEADING.match(last) and last.strip(_WRAPPED)[-1:] not in tuple(_END):
        return False
    return _closes(before.rstrip(), last) and not _announces(whole)


def _closes(before: str, last: str) -> bool:
    bare = last.rstrip(_WRAPPED)
    if not bare:
        return True
    # The second letter of an emoji is a mark of its own.
    if bare[-1] in _END or unicodedata.category(bare[-1]) in ("So", "Sk", "Mn", "Cf"):
        return True
    if before:
        return before.rstrip(_WRAPPED)[-1:] in (*_END, ",", "-", "\u2014") and bool(_SIGNED.match(last.rstrip()))
    return bool(_CLOSED.fullmatch(bare.strip(_WRAPPED + "-#")))


def _announces(whole: str) -> bool:
    """Whether the last sentence says what is done next, and it is not for another time."""
    sentences = [part for part in _SENTENCE.split(whole[-600:]) if len(part.split()) > 1]
    if not sentences:
        return False
    return bool(_ANNOUNCES.search(sentences[-1])) and not _NOT_NOW.search(sentences[-1])
