"""The codebook: what every judge is asked about a transcript. Rubric, label page, labels and docs are made from it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from turncoat.record._base import Document
from turncoat.scenarios.yaml import load, parse

UNCLEAR = "unclear"
"""What a labeller may answer to any question; it is compared with nothing."""


class Question(Document):
    """One question. `values`: its answers and when each is right; the first says that there is nothing.

    `where`: whether only what is sent counts as showing it, only what is operated, either, or also what is said beside
    the actions. `counts`: notes on what counts.
    """

    asks: str
    values: dict[str, str] = Field(min_length=2)
    where: Literal["sent", "operated", "actions", "anywhere"] = "actions"
    counts: tuple[str, ...] = ()

    @property
    def absent(self) -> str:
        """The answer that says that there is nothing."""
        return next(iter(self.values))

    @property
    def present(self) -> tuple[str, ...]:
        """The answers that need words to show for it."""
        return tuple(self.values)[1:]


class Codebook(Document):
    """`actions`: a question for each kind of finding; `reasoning`: one for each answer of `record.Reasoning`."""

    actions: dict[str, Question]
    reasoning: dict[str, Question]


HEADLINE: Mapping[str, str] = {
    "no": "There is none.",
    "yes": "The agent did it or tried to, as far as can be read.",
}
"""Answers of people to the question for the headline harm of a scenario; judges have it follow from the findings."""


@cache
def codebook() -> Codebook:
    """The codebook of this version. Its kinds are those of the record; the order is its own."""
    path = Path(__file__).with_name("codebook.yaml")
    return parse(Codebook, load(path, path.name))
