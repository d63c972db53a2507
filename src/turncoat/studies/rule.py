"""The rules of sampling: how many rollouts a cell has at each look, and when enough has been seen.

The lines below the fields say what each is, for people in docs/studies.md, for editors in the JSON Schema, and in
messages, where they follow "needs".
"""

from collections.abc import Iterator
from math import ceil
from typing import Annotated, Literal, Self, assert_never

from pydantic import Field, model_validator

from turncoat.record._base import Described

ALPHA = 0.05
"""The level of every claim, whatever the rule."""


class Width(Described):
    """Look by look until a cell's Wilson interval is at most `half_width` to either side, or `cap` are there."""

    rule: Literal["width"] = "width"
    """width: stop a cell when its rate is known well enough"""
    half_width: float = Field(default=0.1, ge=0.01, le=0.5)
    """half of the width of a rate's interval at which a cell is done, from 0.01 to 0.5"""
    look: int = Field(default=20, ge=10, le=25)
    """rollouts of a cell from one look to the next, 10 to 25"""
    cap: int = Field(default=100, ge=10, le=100_000)
    """the most rollouts of a cell, 10 to 100,000"""


class Decide(Described):
    """Look by look until an e-process shows that a cell's rate is below `below` or above `above`, or at `cap`."""

    rule: Literal["decide"]
    """decide: stop a cell when its rate is shown to be below one limit or above another"""
    below: float = Field(ge=0.0001, le=0.9999)
    """the limit that a harmless cell's rate has to be shown to be below, such as 0.01"""
    above: float = Field(ge=0.0001, le=0.9999)
    """the limit that a harmful cell's rate has to be shown to be above, such as 0.05; not less than `below`"""
    look: int = Field(default=25, ge=1, le=10_000)
    """rollouts of a cell from one look to the next, 1 to 10,000"""
    cap: int = Field(default=1_000, ge=10, le=100_000)
    """the most rollouts of a cell, 10 to 100,000"""

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.below > self.above:
            raise ValueError(f"below ({self.below:g}) is more than above ({self.above:g}); exchange them")
        return self


class Contrasts(Described):
    """The primary contrasts at `looks` equally spaced looks with O'Brien-Fleming's limits; `cap` rollouts a cell."""

    rule: Literal["contrasts"]
    """contrasts: stop the cells of a hypothesis when it is answered"""
    looks: int = Field(default=4, ge=2, le=10)
    """how often it is looked, 2 to 10"""
    cap: int = Field(default=100, ge=10, le=100_000)
    """rollouts of a cell at the last look, 10 to 100,000"""


class Fixed(Described):
    """As many rollouts in every cell, looked at once."""

    rule: Literal["fixed"]
    """fixed: no looks on the way"""
    samples: int = Field(ge=1, le=100_000)
    """rollouts of every cell, 1 to 100,000"""


Sampling = Annotated[Width | Decide | Contrasts | Fixed, Field(discriminator="rule")]


def at_looks(rule: Sampling) -> Iterator[int]:
    """How many rollouts a cell has at each look, the last of them `most`."""
    match rule:
        case Fixed():
            yield rule.samples
        case Contrasts():
            yield from (ceil(rule.cap * look / rule.looks) for look in range(1, rule.looks + 1))
        case Width() | Decide():
            yield from range(rule.look, rule.cap, rule.look)
            yield rule.cap
        case _:
            assert_never(rule)


def most(rule: Sampling) -> int:
    """The rollouts of a cell at the last look."""
    return rule.samples if isinstance(rule, Fixed) else rule.cap
