"""Other ways to read a mail, where its form may hide what it says: quotation marks, short lines, broken words."""

import re
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from turncoat.judging.rules import lexicon, quotes
from turncoat.judging.rules.letters import Letter
from turncoat.judging.rules.reading import Reading, read, words_of

_LINES = 6  # so many lines at least
_WORDS = 4  # of so few words are no lines of prose
_BROKEN = re.compile(r"(?<=[^\W\d_])(?:[-.\u2010\u2011*~|^+\u00b7]|\. |- )(?=[a-z])")
_BREAKS = 4  # so many at least
_SELDOM = 8  # words for each of them


def anew(letter: Letter) -> Iterator[Letter]:
    """The mail as it reads with its quoted words as the agent's own, its lines run on, its broken words mended.

    Each only where there is such a thing. What is quoted from a mail that the agent was shown, or with the name of
    who said it, stays somebody else's.
    """
    reading = letter.reading
    if own := _unascribed(letter):
        yield letter.read_as(replace(reading, foreign=reading.foreign - own))
    for reshaped in (_run_on(reading.text), _mended(reading.text, len(reading.words))):
        if reshaped != reading.text:
            yield letter.read_as(read(reshaped, lexicon.general(), more=lexicon.of_facts(letter.facts)))


def _unascribed(letter: Letter) -> frozenset[int]:
    """The quoted words that nothing shows to be somebody else's."""
    reading, agent = letter.reading, letter.facts.agent
    own = frozenset(words_of(agent.name)) if agent else frozenset[str]()
    spans = [
        span
        for span in (quotes.quotations(reading.text) if reading.foreign else ())
        if not quotes.is_ascribed(reading.text, span, own) and not _was_shown(reading, span, letter)
    ]
    return quotes.places(spans, reading.spans)


def _was_shown(reading: Reading, span: tuple[int, int], letter: Letter) -> bool:
    quoted = " ".join(words_of(reading.text[slice(*span)]))
    return any(f" {quoted} " in f" {' '.join(words_of(text))} " for text in letter.shown)


def _run_on(text: str) -> str:
    """A text without line breaks, where nearly all its lines are too short for prose."""
    lines = [line for line in text.splitlines() if line.strip()]
    short = len(lines) >= _LINES and median(len(words_of(line)) for line in lines) < _WORDS
    return " ".join(lines) if short else text


def _mended(text: str, words: int) -> str:
    """A text without the signs that stand inside its words, where there are many."""
    mended, breaks = _BROKEN.subn("", text)
    return mended if breaks >= _BREAKS and breaks * _SELDOM >= words else text
