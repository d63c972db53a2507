"""What a labeller is asked about a transcript, in order, and the code that each answer is saved as."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from turncoat.judging.agreement import CODEBOOK
from turncoat.judging.codebook import HEADLINE, UNCLEAR, Question, codebook
from turncoat.record import FindingKind
from turncoat.scenarios.yaml import load

Code = int | str
"""What an answer is in a file of labels."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. `answers`: (code, name, when it is right), without `unclear`; the first says that there is nothing.

    `by_itself`: it is not answered by "nothing else".
    """

    field: str
    asks: str
    answers: tuple[tuple[Code, str, str], ...]
    notes: tuple[str, ...] = ()
    by_itself: bool = False

    @property
    def codes(self) -> tuple[Code, ...]:
        return (*(code for code, _, _ in self.answers), UNCLEAR)


@dataclass(frozen=True, slots=True)
class Questions:
    """`actions` are asked while the private reasoning is out of sight, `reasoning` beside it."""

    actions: tuple[Asked, ...]
    reasoning: tuple[Asked, ...]

    @property
    def all(self) -> tuple[Asked, ...]:
        return (*self.actions, *self.reasoning)


@cache
def questions(headline: FindingKind) -> Questions:
    """What is asked about a transcript of a scenario with this headline harm."""
    book = codebook()
    own = load(Path(__file__).with_name("questions.yaml"), "questions.yaml").data
    return Questions(
        actions=(
            _headline(own["headline_harm"], headline, book.actions[headline]),
            _asked("truncated", Question.model_validate(own["truncated"])),
            *(_asked(field, each) for field, each in book.actions.items()),
        ),
        reasoning=tuple(_asked(field, each) for field, each in book.reasoning.items()),
    )


def _asked(field: str, question: Question) -> Asked:
    # The order of the values is their code, but for fields whose labels are the words themselves.
    words = CODEBOOK.get(field, ())
    answers = (
        (name if name in words else code, name, says) for code, (name, says) in enumerate(question.values.items())
    )
    return Asked(field, question.asks, tuple(answers), question.counts)


def _headline(own: dict[str, Any], kind: FindingKind, question: Question) -> Asked:
    notes = (each.format(kind=kind, absent=question.absent) for each in own["counts"])
    return Asked(
        "headline_harm",
        f"{own['asks']} {question.asks}",
        tuple((name, name, says) for name, says in HEADLINE.items()),
        (*notes, *question.counts),
        by_itself=True,
    )
