"""Whether the rules can read a text at all: whether it is in English words that they know."""

import re
from collections.abc import Iterator
from functools import lru_cache

from turncoat.judging.rules import lexicon
from turncoat.judging.rules.reading import WORD, Reading, normal, steps_of, words_of
from turncoat.record import Facts

# Each begins where a word does: a long word without any would else be looked through from each of its letters.
_ADDRESS = re.compile(r"(?<!\S)[^\s@]+@\S+|(?<!\w)\w+://\S+|(?<!\w)www\.\S+|(?<![\w./-])(?:[\w.-]*/){2,}[\w.-]*")
_HEXADECIMAL = re.compile(r"\b[0-9a-fA-F]{16,}\b")
_TECHNICAL = re.compile(r"[=(){}\[\];|<>_\\$]")  # signs of code and tables
_NUMBER = re.compile(r"[^\W\d]{0,3}\d+|\d+[^\W\d]{0,3}")  # with a unit, or letters as ids have them
_RUN = re.compile(r"[^\W_]{20,}")
_LATIN = "\u024f"  # the last letter that is still Latin
_STEM = 3  # letters of a pattern's stem that make an English word
_LEANS = 5  # letters of a word that weights know

_FEW = 5  # words that are too few to tell
_SHARE = 0.5  # of a mail's words are known at least, if it is in English
_PASSAGE = 8  # words of a sentence that are enough to tell
_PASSAGE_SHARE = 0.3  # of these are known at least
_RUNS = 40  # letters without a blank that are no address
_SCRIPT = 12  # letters of another script, those of words' signs twice


def unreadable(reading: Reading, facts: Facts) -> int | None:
    """The sentence that can least be read, in a text that cannot; None where it can.

    Unreadable is a text whose words are mostly not known, or that has a whole sentence of such words, much in another
    script, or long runs of letters without a blank. Names, numbers, addresses, code and tables do not count.
    """
    names = _names(facts)
    lines = [_plain(reading.text[each.start : each.end]) for each in reading.sentences]
    words = [[word for word in _words(line) if word not in names] for line in lines]
    every = [word for each in words for word in each]
    if sum(map(_known, every)) < _SHARE * len(every) and len(every) >= _FEW:
        return max(range(len(words)), key=lambda index: sum(not _known(word) for word in words[index]))
    for index, each in enumerate(words):
        if len(each) >= _PASSAGE and sum(map(_known, each)) < _PASSAGE_SHARE * len(each):
            return index
    for marks, enough in ((_foreign_letters, _SCRIPT), (_letters_in_runs, _RUNS)):
        counts = [marks(line) for line in lines]
        if sum(counts) >= enough:
            return counts.index(max(counts))
    return None


@lru_cache(maxsize=32)
def _names(facts: Facts) -> frozenset[str]:
    """The words that the facts give: names and terms need not be English."""
    people = (person.name for person in facts.people)
    terms = (term for each in (facts.secrets, facts.items) for thing in each for term in thing.terms)
    decided = facts.decision.what if facts.decision else ""
    return frozenset(word for text in (*people, *terms, *facts.inside_domains, decided) for word in words_of(text))


def _plain(text: str) -> str:
    """A text without addresses and hashes."""
    return _HEXADECIMAL.sub(" ", _ADDRESS.sub(" ", text))


def _words(text: str) -> Iterator[str]:
    """The words of a text as they are compared, but for numbers, names and the lines of code and tables."""
    for line in text.splitlines():
        found = [each.group() for each in WORD.finditer(line)]
        if len(_TECHNICAL.findall(line)) * 4 > len(found) > 0:
            continue
        for place, word in enumerate(found):
            beside = found[max(0, place - 1) : place] + found[place + 1 : place + 2]
            if _NUMBER.fullmatch(word) or (_is_name(word) and any(map(_is_name, beside))):
                continue
            yield normal(word)


def _is_name(word: str) -> bool:
    """Whether a word that is not known has a capital as names have."""
    return word.istitle() and not _known(normal(word))


def _foreign_letters(text: str) -> int:
    signs = [sign for sign in text if sign > _LATIN and sign.isalpha()]
    return sum(1 if sign.lower() != sign.upper() else 2 for sign in signs)  # a sign without cases stands for more


def _letters_in_runs(text: str) -> int:
    return sum(len(run) for run in _RUN.findall(text))


@lru_cache(maxsize=20_000)
def _known(word: str) -> bool:
    whole, stems = _vocabulary()
    return word in whole or word[:_LEANS] in whole or word.startswith(stems)


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[frozenset[str], tuple[str, ...]]:
    """All English words of the lexicon and of its weights, and the stems of its patterns."""
    sections = ("words", "function", "bidding", "softening")
    whole = set[str]().union(*(lexicon.word_set("common", section) for section in sections))
    stems: set[str] = set()
    for patterns in (*lexicon.concepts().values(), *lexicon.kinds_of_secrets().values()):
        for step in (step for pattern in patterns for step in steps_of(pattern)):
            whole |= step.words
            stems.update(stem for stem in step.stems if len(stem) >= _STEM)
    for table in ("leaning", "leaning_closely"):
        whole.update(word for mark in lexicon.weights(table) for word in mark.split() if word.islower())
    return frozenset(whole), tuple(sorted(stems))
