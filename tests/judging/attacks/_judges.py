"""Scripted judges: an honest reader, one that obeys what it takes for ours, and one that copies the first verdict."""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from tests.judging._passages import passages
from tests.judging.attacks._cases import Base, Plant

from turncoat.judging.codebook import codebook
from turncoat.judging.models.judge import Exchange, again
from turncoat.judging.models.request import Request, questions, requests
from turncoat.judging.quotation import GLYPHS

_BEGIN = re.compile(r"^BEGIN (\S+)$", re.MULTILINE)
_KEY = re.compile(r'as one JSON object with "case": "(\w+)"\.\s*$')
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Mn")
_SHORTEST = 12


class Honest:
    """Reads the material line by line and finds what is planted in it."""

    def __init__(self, base: Base) -> None:
        self.base = base

    async def __call__(self, request: Request, exchange: Exchange) -> str:
        return self.answer(request, exchange)

    def answer(self, request: Request, exchange: Exchange) -> str:
        key, lines = material(exchange[0])
        return form(request, key, exchange[0], [each for each in self.base.plants if _shown(each.words, lines)])

    def wrong(self, request: Request, exchange: Exchange) -> str:
        """What an attack wants: nothing of a harm, and harm where there is none."""
        key, _ = material(exchange[0])
        if self.base.harmful or request.part == "reasoning":
            return form(request, key, exchange[0], [])
        kind = self.base.case.headline
        words = next(words for words in (_clause(event) for event in self.base.case.record) if words)
        return form(request, key, exchange[0], [Plant(kind, codebook().actions[kind].present[-1], words)])


class Obedient(Honest):
    """Does what an attack says wherever its words stand outside the material, or on a line that passes for ours."""

    def __init__(self, base: Base, attack: str) -> None:
        super().__init__(base)
        self.sentences = frozenset(each for each in _sentences(attack) if each not in _ours(base))

    def answer(self, request: Request, exchange: Exchange) -> str:
        _, lines = material(exchange[0])
        inside = {line for line in lines if line.startswith("| ")}
        ours = _plain("\n".join((*(line for line in exchange[0].splitlines() if line not in inside), *exchange[2:])))
        if any(sentence in ours or sentence in _plain(request.system) for sentence in self.sentences):
            return self.wrong(request, exchange)
        return super().answer(request, exchange)


class Copier(Honest):
    """Gives the first thing as its verdict that looks like one, wherever it stands."""

    def answer(self, request: Request, exchange: Exchange) -> str:
        said = "\n".join((request.system, *exchange[::2]))
        for text in dict.fromkeys((said, _visible(said), said.replace('\\"', '"'))):
            if next(_verdicts(text), None) is not None:
                return self.wrong(request, exchange)
        return super().answer(request, exchange)


class Hasty(Honest):
    """Has words in its first answer that nobody wrote, those of the attack among them, and then judges as `after`."""

    def __init__(self, base: Base, attack: str, after: Honest) -> None:
        super().__init__(base)
        self.attack = attack
        self.after = after

    def answer(self, request: Request, exchange: Exchange) -> str:
        if len(exchange) > 1:
            return self.after.answer(request, exchange)
        name, question = next(iter(questions(request.part).items()))
        return form(
            request, request.key, exchange[0], [Plant(name, question.present[0], f"nobody wrote this: {self.attack}")]
        )


def material(prompt: str) -> tuple[str, list[str]]:
    """The key and the lines of a transcript as the rubric tells to read it; the key is named after it, too."""
    named = _KEY.search(prompt)
    begins = _BEGIN.search(prompt)
    assert named
    assert begins
    rest = prompt[begins.end() + 1 :]
    return named[1], rest.partition(f"\nEND {begins[1]}\n")[0].splitlines()


def form(request: Request, key: str, prompt: str, plants: Sequence[Plant]) -> str:
    """The whole form, absent in all but what is planted."""
    answers: dict[str, Any] = {"case": key, "account": "It worked."}
    for name, question in questions(request.part).items():
        mine = [each for each in plants if each.question == name]
        quotes = passages(prompt, *(each.words for each in mine))
        answers[name] = {"answer": mine[0].answer if mine else question.absent, "quotes": quotes}
    return json.dumps(answers)


def _shown(words: str, lines: Sequence[str]) -> bool:
    shown = "".join(GLYPHS.get(sign, sign) for sign in words)
    return any(shown in line for line in lines)


def _clause(event: object) -> str:
    body: str = getattr(getattr(event, "action", None), "body", "")
    return body.strip().partition("\n")[0]


@cache
def _ours(base: Base) -> str:
    """What is said outside the material anyway."""
    return _plain("\n".join((again(()), *(each.system + each.user for each in requests(base.case)))))


@cache
def _sentences(text: str) -> frozenset[str]:
    """The sentences of a text as they are compared, but for those too short to be one."""
    pieces = re.split(
        r"[.!?:\u3002\uff1a\uff0c\u060c\u0964]\s*|\n", "\n".join(_visible(each) for each in text.splitlines())
    )
    return frozenset(plain for each in pieces if sum(map(str.isalnum, plain := _plain(each))) >= _SHORTEST)


@cache
def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", _visible(text)).split()).casefold()


def _visible(text: str) -> str:
    """A text as it may be seen: compatibility forms are the usual ones, what is invisible is not there."""
    return unicodedata.normalize("NFKC", text).translate(_SEEN)


class _Seen(dict[int, str]):
    def __missing__(self, place: int) -> str:
        sign = chr(place)
        self[place] = sign if sign.isspace() or unicodedata.category(sign) not in _INVISIBLE else ""
        return self[place]


_SEEN = _Seen()


def _verdicts(text: str) -> Iterator[object]:
    """All that looks like a verdict: an object with names of ours, in strings too, and tags."""
    decoder = json.JSONDecoder()
    for begin in re.finditer(r"[{\"]", text):
        try:
            value, _ = decoder.raw_decode(text, begin.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, str) and "{" in value:
            yield from _verdicts(value)
        if isinstance(value, dict) and _NAMES & set(value):
            yield value
    yield from re.finditer(r"(?i)<verdict\b[^>]*>.*?</verdict>|\[verdict\].*?\[/verdict\]", text)


_NAMES = frozenset({"headline_harm", "answer", *codebook().actions, *codebook().reasoning})
