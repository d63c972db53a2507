"""Reads a text into sentences, words and the concepts that a lexicon finds in them. One pass, linear in the text."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from turncoat.judging.quotation import end_of_sign, places, visible
from turncoat.judging.rules import quotes

WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?…])(?<!\b[A-Z]\.)[\"'”\u2019)\]*]*[ \t]+")
_NEW_LINE_ITEM = re.compile(r"[ \t]*(?:[-*•>#|]|\d{1,3}[.)]|[A-Z][\w ]{0,30}:)")
_CLAUSE_END = re.compile(r"[,;:\u2013\u2014]|\s-\s|--")
_GAPS = {"..": 3, "...": 7}  # how many words each may stand for
_VOCABULARY = 20_000  # words whose patterns are remembered
_WRAPPED = 55  # a line at least this long may go on in the next one


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


@lru_cache(maxsize=1024)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared."""
    return tuple(normal(found.group()) for found in WORD.finditer(visible(text)))


@dataclass(frozen=True, slots=True)
class Step:
    """One position of a pattern: the words and stems allowed there, after a gap of at most `gap` words."""

    words: frozenset[str]
    stems: tuple[str, ...]
    gap: int


@lru_cache(maxsize=_VOCABULARY)
def steps_of(pattern: str) -> tuple[Step, ...]:
    """Read a pattern: words, `stem*`, `either|or`, and `..` (`...`) for up to three (seven) words in between.

    Raises ValueError for a pattern that is empty, begins or ends with a gap, has a hyphen, or a stem without letters.
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
        if not options or "" in stems:
            raise ValueError(f"pattern {pattern!r}: {part!r} would fit any word or none")
        steps.append(Step(words=whole, stems=stems, gap=gap))
        gap = 0
    if not steps or gap or steps[0].gap:
        raise ValueError(f"pattern {pattern!r} needs a word at its beginning and at its end")
    return tuple(steps)


class _Longer(NamedTuple):
    """A pattern of several steps, whose first word is there: its second step taken apart, and those after it."""

    concept: str
    words: frozenset[str]
    stems: tuple[str, ...]
    reach: int
    rest: tuple[Step, ...]


class _Starts(NamedTuple):
    """The patterns that a word can begin: alone, before a certain word that follows at once, and all others."""

    alone: tuple[str, ...]
    before: Mapping[str, tuple[_Longer, ...]]
    others: tuple[_Longer, ...]


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
        self._shortest = min(self._stem_lengths, default=0)
        self._stem_starts = frozenset(stem[: self._shortest] for stem in self._stems)
        self._seen: dict[str, _Starts | None] = {}

    def _beginning(self, word: str) -> _Starts | None:
        """What a word can begin, if anything. Remembered, since texts repeat few words; not without bound."""
        known = list(self._words.get(word, ()))
        if word[: self._shortest] in self._stem_starts:
            for length in self._stem_lengths:
                known += self._stems.get(word[:length], ()) if length <= len(word) else ()
        if len(self._seen) >= _VOCABULARY:
            self._seen.clear()
        # of a pattern that a word fits in two ways, one counts
        self._seen[word] = starts = _starts(dict.fromkeys(known)) if known else None
        return starts

    def find(self, words: Sequence[str]) -> list[Hit]:
        """Every place where a pattern of this lexicon stands, in order of its first word."""
        found: list[Hit] = []
        seen, count = self._seen, len(words)
        for place, word in enumerate(words):
            starts = seen[word] if word in seen else self._beginning(word)
            if starts is None:
                continue
            for name in starts.alone:
                found.append(Hit(name, place, place))
            following = place + 1
            if following == count:
                continue
            for longer in starts.before.get(words[following], ()):
                if (last := _match(longer.rest, words, following)) >= 0:
                    found.append(Hit(longer.concept, place, last))
            for name, own, stems, reach, rest in starts.others:
                for at in range(following, min(place + reach, count)):
                    if words[at] in own or (stems and words[at].startswith(stems)):
                        if (last := _match(rest, words, at)) >= 0:
                            found.append(Hit(name, place, last))
                        break
        return found


def _starts(patterns: Iterable[tuple[str, tuple[Step, ...]]]) -> _Starts:
    alone: list[str] = []
    before: dict[str, tuple[_Longer, ...]] = {}
    others: list[_Longer] = []
    for name, (_, *following) in patterns:
        if not following:
            alone.append(name)
            continue
        second, *rest = following
        longer = _Longer(name, second.words, second.stems, second.gap + 2, tuple(rest))
        if second.gap or second.stems:
            others.append(longer)
        else:
            for word in second.words:
                before[word] = (*before.get(word, ()), longer)
    return _Starts(tuple(alone), before, tuple(others))


def _match(steps: tuple[Step, ...], words: Sequence[str], place: int) -> int:
    """The position of the last word of a pattern whose steps before these end at `place`, or -1."""
    for step in steps:
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
    """A text with its sentences and hits. `words` as they are compared (see `normal`), `spans` where they stand.

    Words inside quotation marks or quoted lines (`foreign`) are somebody else's. `text` is what is seen of what was
    `written`: a word with signs in it that nobody sees is the word.
    """

    written: str
    text: str
    words: Sequence[str]
    spans: Sequence[tuple[int, int]]
    sentences: tuple[Sentence, ...]
    hits: Mapping[str, tuple[Hit, ...]]
    foreign: frozenset[int] = field(default_factory=frozenset)

    @cached_property
    def _places(self) -> Sequence[int]:
        """Where each sign of `text` stands in what was written."""
        if self.text == self.written:
            return range(len(self.text))
        return places(self.written)

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
            if self.words[place + 1] == "then"
            or _CLAUSE_END.search(self.text, self.spans[place][1], self.spans[place + 1][0])
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
        """The words of a sentence as they were written, at most `limit` characters."""
        chosen = self.sentences[sentence]
        words = self.text[chosen.start : chosen.end]
        first = chosen.start + len(words) - len(words.lstrip())
        last = chosen.start + len(words.rstrip()) - 1
        end = end_of_sign(self.written, self._places[last])
        return self.written[self._places[first] : end][:limit].rstrip()


def _first(hit: Hit) -> int:
    return hit.first


def read(text: str, lexicon: Lexicon, *, more: Lexicon | None = None) -> Reading:
    """Read a text with a lexicon, and one more that knows the facts at hand."""
    written, text = text, visible(text)
    matches = list(WORD.finditer(text))
    words = [normal(found.group()) for found in matches]
    spans = [found.span() for found in matches]
    sentences = _sentences(text, spans)
    ends = [sentence.stop for sentence in sentences for _ in range(sentence.first, sentence.stop)]
    hits: dict[str, list[Hit]] = {}
    for source in (lexicon, more):
        for hit in source.find(words) if source else ():
            if hit.last < ends[hit.first]:  # no pattern reaches over the end of a sentence
                hits.setdefault(hit.concept, []).append(hit)
    return Reading(
        written=written,
        text=text,
        words=words,
        spans=spans,
        sentences=sentences,
        hits={name: tuple(found) for name, found in hits.items()},
        foreign=quotes.places(quotes.quotations(text), spans),
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


def _sentences(text: str, spans: Sequence[tuple[int, int]]) -> tuple[Sentence, ...]:
    sentences: list[Sentence] = []
    place = 0
    for start, end in pairwise(_cuts(text)):
        first = place
        place = bisect_left(spans, (end,), first)
        if place > first:
            sentences.append(Sentence(len(sentences), start, end, first, place))
    return tuple(sentences)
