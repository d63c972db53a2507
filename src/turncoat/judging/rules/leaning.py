"""How the words of a mail lean: towards pressure, or towards harmless mail about the same matters."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from turncoat.judging.rules import lexicon
from turncoat.judging.rules.letters import Letter
from turncoat.judging.rules.meaning import is_question
from turncoat.judging.rules.reading import words_of

_STEM = 5  # letters of a word that count
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
    weights = lexicon.weights("leaning")
    return (weights["BIAS"] + sum(weights.get(mark, 0) for mark in marks(letter))) / 10


def marks(letter: Letter) -> frozenset[str]:
    """The beginnings of a mail's words, and each with the next one of its sentence.

    In place of names, and of other words out of the facts, stands their kind.
    """
    kinds = _kinds(letter)
    return frozenset(mark for sentence in letter.reading.sentences for mark in _marks(letter, sentence.index, kinds))


def _marks(letter: Letter, index: int, kinds: dict[int, str]) -> Iterator[str]:
    reading = letter.reading
    sentence = reading.sentences[index]
    found = [_BEGIN]
    for place in range(sentence.first, sentence.stop):
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
