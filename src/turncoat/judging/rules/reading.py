"""Reads a text into sentences, words and the concepts that a lexicon finds in them. One pass, linear in the text."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?…])(?<!\b[A-Z]\.)[\"'”\u2019)\]*]*[ \t]+")
_NEW_LINE_ITEM = re.compile(r"[ \t]*(?:[-*•>#|]|\d{1,3}[.)]|[A-Z][\w ]{0,30}:)")
_QUOTED = re.compile(r"\"([^\"\n]{1,400})\"|“([^”]{1,400})”")
_QUOTED_LINE = re.compile(r"(?m)^[ \t]*>.*$")
_CLAUSE_END = re.compile(r"[,;:\u2013\u2014]|\s-\s|--")
_GAPS = {"..": 3, "...": 7}  # how many words each may stand for
_VOCABULARY = 20_000  # words whose patterns are remembered
_WRAPPED = 55  # a line at least this long may go on in the next one


class Word(NamedTuple):
    """One word: as compared (lower case, straight apostrophe, no possessive), and where it stands."""

    text: str
    start: int
    end: int


class Hit(NamedTuple):
    """A concept found in a text: words `first` to `last` (inclusive positions in `Reading.words`)."""

    concept: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of the text: its place in characters, and its words `first` up to but not including `stop`."""

    index: int
    start: int
    end: int
    first: int
    stop: int


_HASTY = {"u": "you", "ur": "your", "dont": "don't", "wont": "won't", "cant": "can't", "im": "i'm", "ive": "i've"}


@lru_cache(maxsize=_VOCABULARY)
def normal(word: str) -> str:
    """A word as it is compared: lower case, straight apostrophe, no possessive ending, hasty spelling undone."""
    word = word.lower().replace("\u2019", "'")
    return word[:-2] if word.endswith("'s") else _HASTY.get(word, word)


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared."""
    return tuple(normal(found.group()) for found in _WORD.finditer(text))


@dataclass(frozen=True, slots=True)
class Step:
    """One position of a pattern: the words and stems allowed there, after a gap of at most `gap` words."""

    words: frozenset[str]
    stems: tuple[str, ...]
    gap: int


@lru_cache(maxsize=_VOCABULARY)
def steps_of(pattern: str) -> tuple[Step, ...]:
    """Read a pattern: words, `stem*`, `either|or`, and `..` (`...`) for up to three (seven) words in between.

    Raises ValueError for a pattern that is empty, begins or ends with a gap, or has a hyphen.
    """
    steps: list[Step] = []
    gap = 0
    if "-" in pattern:
        raise ValueError(f"pattern {pattern!r}: a hyphen separates words in texts; write a space")
    for part in pattern.lower().split():
        if part in _GAPS:
            gap = _GAPS[part]
            continue
        options = [option.replace("\u2019", "'") for option in part.split("|") if option]
        stems = tuple(option[:-1] for option in options if option.endswith("*"))
        whole = frozenset(normal(option) for option in options if not option.endswith("*"))
        steps.append(Step(words=whole, stems=stems, gap=gap))
        gap = 0
    if not steps or gap or steps[0].gap:
        raise ValueError(f"pattern {pattern!r} needs a word at its beginning and at its end")
    return tuple(steps)


class _Starts(NamedTuple):
    """The patterns that a word can begin: alone, before a certain word that follows at once, and all others."""

    alone: tuple[str, ...]
    before: Mapping[str, tuple[tuple[str, tuple[Step, ...]], ...]]
    others: tuple[tuple[str, tuple[Step, ...]], ...]


class Lexicon:
    """Concepts and their patterns, indexed by first and second word so that a text is read once."""

    def __init__(self, concepts: Mapping[str, Iterable[str]]) -> None:
        self.concepts = {name: tuple(patterns) for name, patterns in concepts.items()}
        self._words: dict[str, list[tuple[str, tuple[Step, ...]]]] = {}
        self._stems: dict[str, list[tuple[str, tuple[Step, ...]]]] = {}
        for name, patterns in self.concepts.items():
            for pattern in patterns:
                steps = steps_of(pattern)
                for word in steps[0].words:
                    self._words.setdefault(word, []).append((name, steps))
                for stem in steps[0].stems:
                    self._stems.setdefault(stem, []).append((name, steps))
        self._stem_lengths = sorted({len(stem) for stem in self._stems})
        self._stem_starts = frozenset(stem[: self._stem_lengths[0]] for stem in self._stems)
        self._seen: dict[str, _Starts | None] = {}

    def _beginning(self, word: str) -> _Starts | None:
        """What a word can begin, if anything. Remembered, since texts repeat few words; not without bound."""
        known = list(self._words.get(word, ()))
        if self._stem_starts and word[: self._stem_lengths[0]] in self._stem_starts:
            for length in self._stem_lengths:
                if length <= len(word):
                    known += self._stems.get(word[:length], ())
        if len(self._seen) >= _VOCABULARY:
            self._seen.clear()
        self._seen[word] = starts = _starts(known) if known else None
        return starts

    def find(self, words: Sequence[str]) -> Iterator[Hit]:
        """Every place where a pattern of this lexicon stands, in order of its first word."""
        seen = self._seen
        last_place = len(words) - 1
        for place, word in enumerate(words):
            starts = seen[word] if word in seen else self._beginning(word)
            if starts is None:
                continue
            for name in starts.alone:
                yield Hit(name, place, place)
            if place == last_place:
                continue
            for name, steps in (*starts.before.get(words[place + 1], ()), *starts.others):
                if (last := _match(steps, words, place)) >= 0:
                    yield Hit(name, place, last)


def _starts(patterns: Iterable[tuple[str, tuple[Step, ...]]]) -> _Starts:
    alone: list[str] = []
    before: dict[str, tuple[tuple[str, tuple[Step, ...]], ...]] = {}
    others: list[tuple[str, tuple[Step, ...]]] = []
    for name, steps in patterns:
        if len(steps) == 1:
            alone.append(name)
        elif steps[1].gap or steps[1].stems:
            others.append((name, steps))
        else:
            for word in steps[1].words:
                before[word] = (*before.get(word, ()), (name, steps))
    return _Starts(tuple(alone), before, tuple(others))


def _match(steps: tuple[Step, ...], words: Sequence[str], place: int) -> int:
    """The position of the last word of a pattern whose first step already fits at `place`, or -1."""
    for step in steps[1:]:
        own, stems = step.words, step.stems
        for at in range(place + 1, min(place + step.gap + 2, len(words))):
            if words[at] in own or (stems and words[at].startswith(stems)):
                place = at
                break
        else:
            return -1
    return place


@dataclass(frozen=True)
class Reading:
    """A text with its sentences and hits. Words inside quotation marks or quoted lines are somebody else's."""

    text: str
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...]
    hits: Mapping[str, tuple[Hit, ...]]
    foreign: frozenset[int] = field(default_factory=frozenset)

    @cached_property
    def _sentence_of_word(self) -> tuple[int, ...]:
        return tuple(sentence.index for sentence in self.sentences for _ in range(sentence.first, sentence.stop))

    @cached_property
    def _own(self) -> dict[str, tuple[Hit, ...]]:
        return {name: tuple(hit for hit in hits if hit.first not in self.foreign) for name, hits in self.hits.items()}

    @cached_property
    def _clause_stops(self) -> tuple[int, ...]:
        stops = [
            place + 1
            for place in range(len(self.words) - 1)
            if self.words[place + 1].text == "then"
            or _CLAUSE_END.search(self.text[self.words[place].end : self.words[place + 1].start])
        ]
        return tuple(sorted({*stops, *(sentence.stop for sentence in self.sentences)}))

    def sentence_of(self, word: int) -> int:
        """The index of the sentence that a word belongs to."""
        return self._sentence_of_word[word]

    def find(self, concept: str, *, quoted: bool = False) -> tuple[Hit, ...]:
        """The hits of a concept in order; those in somebody else's quoted words only when asked for."""
        return (self.hits if quoted else self._own).get(concept, ())

    def within(self, concept: str, first: int, stop: int, *, quoted: bool = False) -> Iterator[Hit]:
        """The hits of a concept that begin at the words `first` up to but not including `stop`, in order."""
        hits = self.find(concept, quoted=quoted)
        for place in range(bisect_left(hits, first, key=_first), len(hits)):
            if hits[place].first >= stop:
                return
            yield hits[place]

    def any_within(self, concept: str, first: int, stop: int, *, quoted: bool = False) -> bool:
        """Whether a concept is found at the words `first` up to but not including `stop`."""
        return next(self.within(concept, first, stop, quoted=quoted), None) is not None

    def negated(self, hit: Hit, *, reach: int = 5) -> bool:
        """Whether a negation stands up to `reach` words before a hit, in the same clause."""
        start = self.sentences[self.sentence_of(hit.first)].first
        before = self.within("request.negation", max(start, hit.first - reach), hit.first, quoted=True)
        return any(other.last < hit.first < self.clause_stop(other.last) for other in before)

    def clause_stop(self, word: int) -> int:
        """The position after the last word of the clause that a word stands in, going right."""
        return self._clause_stops[bisect_right(self._clause_stops, word)]

    def has(self, *concepts: str, quoted: bool = False) -> bool:
        return any(self.find(concept, quoted=quoted) for concept in concepts)

    def quote(self, sentence: int, *, limit: int = 300) -> str:
        """The words of a sentence as they stand in the text, at most `limit` characters."""
        chosen = self.sentences[sentence]
        return self.text[chosen.start : chosen.end].strip()[:limit].rstrip()


def _first(hit: Hit) -> int:
    return hit.first


def read(text: str, lexicon: Lexicon, *, more: Lexicon | None = None) -> Reading:
    """Read a text with a lexicon, and one more that knows the facts at hand."""
    words = tuple([Word(normal(found.group()), *found.span()) for found in _WORD.finditer(text)])
    texts = [word.text for word in words]
    sentences = _sentences(text, words)
    ends = [sentence.stop for sentence in sentences for _ in range(sentence.first, sentence.stop)]
    hits: dict[str, list[Hit]] = {}
    for source in (lexicon, more):
        for hit in source.find(texts) if source else ():
            if hit.last < ends[hit.first]:  # no pattern reaches over the end of a sentence
                hits.setdefault(hit.concept, []).append(hit)
    return Reading(
        text=text,
        words=words,
        sentences=sentences,
        hits={name: tuple(found) for name, found in hits.items()},
        foreign=_foreign(text, words),
    )


def _cuts(text: str) -> list[int]:
    """Where sentences begin. A line break ends one unless the line looks wrapped and the next one goes on."""
    cuts = [0]
    start = 0
    before = ""
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        wrapped = len(before) >= _WRAPPED and not before.endswith((":", ".", "!", "?"))
        if start and not (before and bare and (wrapped or bare[0].islower()) and not _NEW_LINE_ITEM.match(line)):
            cuts.append(start)
        if bare:
            cuts += [start + found.end() for found in _SENTENCE_END.finditer(line)]
        start += len(line)
        before = bare
    cuts.append(len(text))
    return cuts


def _sentences(text: str, words: Sequence[Word]) -> tuple[Sentence, ...]:
    cuts = _cuts(text)
    sentences: list[Sentence] = []
    place = 0
    for start, end in pairwise(cuts):
        first = place
        while place < len(words) and words[place].start < end:
            place += 1
        if place > first:
            sentences.append(Sentence(len(sentences), start, end, first, place))
    return tuple(sentences)


def _foreign(text: str, words: Sequence[Word]) -> frozenset[int]:
    spans = [found.span() for found in _QUOTED_LINE.finditer(text)]
    # A whole message in quotation marks is the agent's own; short stretches in it are what others said.
    # A word or two in quotation marks are a title, or meant ironically.
    spans += [
        found.span()
        for found in _QUOTED.finditer(text)
        if found.end() - found.start() < 0.6 * len(text) and len(_WORD.findall(found.group())) > 2
    ]
    spans.sort()
    result: set[int] = set()
    at = 0
    for place, word in enumerate(words):
        while at < len(spans) and spans[at][1] <= word.start:
            at += 1
        if at < len(spans) and spans[at][0] <= word.start:
            result.add(place)
    return frozenset(result)
