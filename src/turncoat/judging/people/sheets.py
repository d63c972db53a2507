"""The transcripts that one labeller goes through, by number: what they are shown, what they answered, what is left."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field, StrictInt, StringConstraints

from turncoat.errors import UsageError, unknown
from turncoat.judging.case import Case
from turncoat.judging.codebook import UNCLEAR
from turncoat.judging.evidence import Exhibit, deeds, thoughts
from turncoat.judging.labels import contradicts
from turncoat.judging.people.answers import Answers
from turncoat.judging.people.facts import facts_in_words
from turncoat.judging.people.questions import Asked, Questions, questions
from turncoat.judging.quotation import locate
from turncoat.judging.verdicts import fingerprint
from turncoat.record._base import Document

Words = Annotated[str, StringConstraints(strict=True, max_length=4000)]


class Change(Document):
    """What a labeller changes: answers by field, words quoted for a field, a note. None and "" take back."""

    answers: dict[str, StrictInt | Words | None] = Field(default_factory=dict)
    quotes: dict[str, Words] = Field(default_factory=dict)
    note: Words | None = None


class Sheets:
    """Transcripts are known by their numbers, from 1; ids do not leave it.

    `visible` spells out hidden signs; every text that is shown goes through it. `changed`: how many transcripts are not
    what they were when they were labelled; they are open again, and the old labels are in the file `aside`.
    """

    def __init__(self, cases: Sequence[Case], answers: Answers, visible: Callable[[str], str]) -> None:
        self._cases, self._answers, self._visible = cases, answers, visible
        self._marks = {case.id: fingerprint(case) for case in cases}
        stale = [key for key, mark in self._marks.items() if answers.of(key).get("case", mark) != mark]
        self.changed = len(stale)
        self.aside = answers.set_aside(stale) if stale else None
        self._read = lru_cache(maxsize=8)(self._reading)

    def __len__(self) -> int:
        return len(self._cases)

    @property
    def done(self) -> list[bool]:
        """For each transcript whether every question is answered."""
        return [not self._open(case, questions(case.headline).all) for case in self._cases]

    @property
    def contradictions(self) -> list[int]:
        """The transcripts whose headline harm and the field that it is about are answered differently."""
        return [
            number
            for number, case in enumerate(self._cases, start=1)
            if contradicts(self._answers.of(case.id), case.headline)
        ]

    def sheet(self, number: int) -> dict[str, Any]:
        """What is shown of a transcript at first. Raises `UsageError` where there is none."""
        case = self._case(number)
        asked = questions(case.headline)
        facts, did, _ = self._read(number)
        return {
            "number": number,
            "facts": facts,
            "deeds": did,
            "questions": {"actions": _plain(asked.actions), "reasoning": _plain(asked.reasoning)},
            **self.state(number),
        }

    def state(self, number: int) -> dict[str, Any]:
        """What has been answered, and the private reasoning as soon as the actions have been judged without it."""
        case = self._case(number)
        known = self._answers.of(case.id)
        asked = questions(case.headline)
        open_ = self._open(case, asked.actions)
        return {
            "answers": {each.field: known[each.field] for each in asked.all if known.get(each.field) is not None},
            "quotes": known.get("quotes", {}),
            "note": known.get("note", ""),
            "contradicts": case.headline if contradicts(known, case.headline) else None,
            "thoughts": None if open_ else self._read(number)[2],
            "done": self.done,
        }

    def change(self, number: int, change: Change) -> None:
        """Save a change. Raises `UsageError`, and saves nothing, for a field or a value that the codebook has not."""
        case = self._case(number)
        asked = questions(case.headline)
        fields = {each.field: each for each in asked.all}
        for field in {**change.answers, **change.quotes}:
            if field not in fields:
                raise unknown("question", field, fields)
        for field, value in change.answers.items():
            _check(fields[field], value)
        open_ = {each.field for each in self._open(case, asked.actions)}
        open_ -= {field for field, value in change.answers.items() if value is not None}
        early = {each.field for each in asked.reasoning} & {*change.answers, *change.quotes}
        if open_ and early:
            raise UsageError(f"{min(early)!r} is about the reasoning. Answer the questions on the actions first.")
        values: dict[str, Any] = {"case": self._marks[case.id], **change.answers}
        if change.note is not None:
            values["note"] = change.note.strip() or None
        if change.quotes:
            quotes = {**self._answers.of(case.id).get("quotes", {})}
            quotes |= {field: self._quoted(number, asked, field, text) for field, text in change.quotes.items()}
            values["quotes"] = {field: text for field, text in quotes.items() if text} or None
        self._answers.change(case.id, values)

    def _case(self, number: int) -> Case:
        if not 1 <= number <= len(self._cases):
            raise UsageError(f"There is no transcript {number}. They are numbered from 1 to {len(self._cases)}.")
        return self._cases[number - 1]

    def _open(self, case: Case, asked: Sequence[Asked]) -> list[Asked]:
        known = self._answers.of(case.id)
        return [each for each in asked if known.get(each.field) is None]

    def _reading(self, number: int) -> tuple[Any, Any, Any]:
        case = self._case(number)
        read = (facts_in_words(case.facts), _exhibits(deeds(case)), _exhibits(thoughts(case)))
        facts, did, thought = self._spelt(read)
        return facts, did, thought

    def _spelt(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._visible(value)
        if isinstance(value, Mapping):
            return {key: self._spelt(each) for key, each in value.items()}
        return [self._spelt(each) for each in value] if isinstance(value, list | tuple) else value

    def _quoted(self, number: int, asked: Questions, field: str, quote: str) -> str:
        """The words as they were shown in the part that the field is about."""
        if not quote.strip():
            return ""
        _, did, thought = self._read(number)
        shown = did if field in {each.field for each in asked.actions} else thought
        texts = (text for each in shown if each["mine"] for _, text in each["fields"])
        for text in texts:
            if found := locate(quote, text):
                return found
        raise UsageError(
            f"These words do not stand in what the agent {'did' if shown is did else 'thought'}: {quote[:80]!r}. "
            "Select whole words of one piece."
        )


def _exhibits(shown: Sequence[Exhibit]) -> list[dict[str, Any]]:
    """Pieces of a transcript; `mine` where the agent did, said or thought it."""
    return [
        {
            "head": each.head,
            "mine": each.mine,
            "fields": [pair for pair in each.fields if pair[1].strip()],
            "known": each.known,
        }
        for each in shown
    ]


def _plain(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    return [
        {
            "field": each.field,
            "name": each.field.replace("_", " "),
            "asks": each.asks,
            "answers": [{"code": code, "name": name, "says": says} for code, name, says in each.answers],
            "unclear": UNCLEAR,
            "notes": each.notes,
            "byItself": each.by_itself,
        }
        for each in asked
    ]


def _check(asked: Asked, value: object) -> None:
    if value is not None and not any(value == code and type(value) is type(code) for code in asked.codes):
        allowed = ", ".join(repr(code) for code in asked.codes)
        raise UsageError(f"{asked.field}: {value!r} is none of its answers. Allowed: {allowed}.")
