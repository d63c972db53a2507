"""How the words of a mail lean: towards pressure, or towards harmless mail about the same matters."""

from collections.abc import Iterator
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise
from math import inf

from turncoat.judging.rules import lexicon
from turncoat.judging.rules.letters import Letter
from turncoat.judging.rules.meaning import is_question, touching
from turncoat.judging.rules.plea import pleading
from turncoat.judging.rules.reading import words_of

_STEM = 5  # letters of a word that count
_TRIED = 24  # sentences of a sort that are tried beside those of the other
_STRETCH = 12  # words of a long sentence that are also weighed by themselves
_LONG = 30  # words of a long sentence
_BEGIN, _END, _ASKED = "<", ">", "?"
# what the facts at hand name is read as its kind
_KINDS = {
    "plain": "SECRET",
    "word": "SECRET",
    "detail": "SECRET",
    "decision": "CHANGE",
    "deadline": "HOUR",
    "agent": "AGENT",
    "decider": "PERSON",
    "about": "PERSON",
    "hearer": "HEARER",
}


@lru_cache(maxsize=64)  # letters compare by identity
def leaning(letter: Letter) -> float:
    """What a mail's words and pairs of words weigh together, each once: logits, above 0 towards pressure."""
    return _weigh(marks(letter), "leaning")


@lru_cache(maxsize=64)
def leaning_closely(letter: Letter) -> float:
    """How a sentence that touches something leans beside one that asks: the pair that leans most towards pressure.

    Whatever else a mail says takes nothing away from it, nor does a long sentence from a stretch of itself. Of very
    many sentences those are tried that lean most alone.
    """
    touched, asking = (nlargest(_TRIED, found, key=_closely) for found in close_marks(letter, piecemeal=True))
    return max((_closely(one | other) for one in touched for other in (frozenset[str](), *asking)), default=-inf)


def _closely(marks: frozenset[str]) -> float:
    return _weigh(marks, "leaning_closely")


def _weigh(marks: frozenset[str], table: str) -> float:
    weights = lexicon.weights(table)
    return (weights["BIAS"] + sum(weights.get(mark, 0) for mark in marks)) / 10


def close_marks(letter: Letter, *, piecemeal: bool = False) -> tuple[list[frozenset[str]], list[frozenset[str]]]:
    """The marks of each sentence that touches something, and of each that is about the agent, or asks.

    `piecemeal`: also those of each stretch of a long one.
    """
    kinds = _kinds(letter)
    sentences = letter.reading.sentences
    touched, asking = (
        {
            frozenset(_marks(letter, index, kinds, *stretch)): None
            for index in found
            for stretch in _stretches(sentences[index].first, sentences[index].stop, piecemeal=piecemeal)
        }
        for found in (touching(letter), pleading(letter))
    )
    return list(touched), list(asking)


def _stretches(first: int, stop: int, *, piecemeal: bool) -> Iterator[tuple[int, int]]:
    """A sentence's words, and of a long one each stretch of them."""
    yield first, stop
    if piecemeal and stop - first > _LONG:
        yield from ((place, min(place + _STRETCH, stop)) for place in range(first, stop, _STRETCH // 2))


def marks(letter: Letter) -> frozenset[str]:
    """The beginnings of a mail's words, and each with the next one of its sentence.

    In place of names, and of other words out of the facts, stands their kind.
    """
    kinds = _kinds(letter)
    return frozenset(
        mark for each in letter.reading.sentences for mark in _marks(letter, each.index, kinds, each.first, each.stop)
    )


def _marks(letter: Letter, index: int, kinds: dict[int, str], first: int, stop: int) -> Iterator[str]:
    """The marks of the words `first` up to `stop` of a sentence."""
    reading = letter.reading
    found = [_BEGIN]
    for place in range(first, stop):
        word = kinds.get(place) or reading.words[place][:_STEM]
        if word.isdigit():
            word = "NUMBER"
        if word != found[-1] or not word.isupper():
            found.append(word)
    found.append(_ASKED if is_question(reading, index) else _END)
    yield from found
    yield from map(" ".join, pairwise(found))


def _kinds(letter: Letter) -> dict[int, str]:
    """The kinds of the words that the facts name, by place."""
    reading = letter.reading
    kinds: dict[int, str] = {}
    for concept, hits in reading.hits.items():
        if kind := _KINDS.get(concept.partition(":")[0]):
            kinds |= {place: kind for hit in hits for place in range(hit.first, hit.last + 1)}
    people = {word for person in letter.facts.people if not person.agent for word in words_of(person.name)}
    for place, word in enumerate(reading.words):
        if word in people and place not in kinds and reading.text[reading.spans[place][0]].isupper():
            kinds[place] = "PERSON"
    return kinds
