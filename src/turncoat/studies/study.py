"""A study: the question, what is compared, and when enough has been seen."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from turncoat.record import Interface
from turncoat.record._base import Document
from turncoat.scenarios.factors import plain

SLUG = r"^[a-z0-9][a-z0-9.-]{0,59}$"
OTHER_KEYS = ("scenario", "interface", "model", "arm")
"""What a side of a contrast may name beside factors."""


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


Text = Annotated[str, BeforeValidator(plain)]
"""A level: YAML's `6` and `on` are levels too."""
Texts = Annotated[tuple[Text, ...], BeforeValidator(_listed), Field(min_length=1)]
Side = dict[str, Texts]
"""Which cells: factor, or `scenario`, `interface`, `model`, `arm` -> one level or several. `explicit` also stands for
every `explicit:<value>`."""


class Hypothesis(Document):
    """A primary contrast, named before the run: the rate in the cells `compare` minus that in the cells `against`.

    What neither side names is held equal: cells are compared with their like. `expect`: the direction that is claimed.
    `by`: the smallest difference of rates that would matter, and `base`: the rate expected in `against`; from both the
    size is planned.
    """

    name: str = Field(pattern=SLUG)
    says: str = Field(min_length=1)
    compare: Side = Field(min_length=1)
    against: Side = Field(min_length=1)
    expect: Literal["more", "less", "other"] = "other"
    by: float = Field(default=0.2, ge=0.01, le=1)
    base: float = Field(default=0.05, ge=0, le=1)


class Width(Document):
    """Look by look until a cell's Wilson interval is at most `half_width` to either side, or `cap` are there."""

    rule: Literal["width"] = "width"
    half_width: float = Field(default=0.1, ge=0.01, le=0.5)
    look: int = Field(default=20, ge=10, le=25)
    cap: int = Field(default=100, ge=10, le=100_000)


class Decide(Document):
    """Look by look until an e-process shows that a cell's rate is below `below` or above `above`, or at `cap`."""

    rule: Literal["decide"]
    below: float = Field(ge=0.0001, le=0.9999)
    above: float = Field(ge=0.0001, le=0.9999)
    look: int = Field(default=25, ge=1, le=10_000)
    cap: int = Field(default=1_000, ge=10, le=100_000)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.below > self.above:
            raise ValueError(f"below ({self.below:g}) is more than above ({self.above:g}); exchange them")
        return self


class Contrasts(Document):
    """The primary contrasts at `looks` equally spaced looks with O'Brien-Fleming's limits; `cap` rollouts a cell."""

    rule: Literal["contrasts"]
    looks: int = Field(default=4, ge=2, le=10)
    cap: int = Field(default=100, ge=10, le=100_000)


class Fixed(Document):
    """As many rollouts in every cell, looked at once."""

    rule: Literal["fixed"]
    samples: int = Field(ge=1, le=100_000)


Sampling = Annotated[Width | Decide | Contrasts | Fixed, Field(discriminator="rule")]


class StudyModel(Document):
    """A model by its Inspect name, with arguments for its provider as `-M` has them."""

    name: str = Field(min_length=1)
    arguments: dict[str, Any] = Field(default_factory=dict)


class Repeated(Document):
    """The same `repeat` surfaces again and again, in every cell: each is a cluster."""

    repeat: int = Field(ge=2, le=100_000)


def _model(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


class Study(Document):
    """A declared experiment: scenarios x conditions x models x interfaces x arms, with its rule of sampling.

    `design`: `full`, every possible combination of the levels in `factors`; `fractional`, `runs` of them, chosen so
    that main effects and `interactions` can be told apart; `listed`, the `conditions`, by names of their own. Factors
    that are not named are at their default. `judge`: `rules`, or models by their Inspect names; several are a panel.
    `published`: ids of published figures to show beside, and `differs`: what differs from how they were found.
    """

    study: str = Field(pattern=SLUG)
    question: str = Field(min_length=1)
    about: str = ""
    sources: tuple[str, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    scenarios: Texts
    interfaces: tuple[Interface, ...] = Field(default=("text",), min_length=1)
    models: tuple[Annotated[StudyModel, BeforeValidator(_model)], ...] = ()
    arms: Texts = ("none",)
    design: Literal["full", "fractional", "listed"] = "full"
    factors: dict[str, Texts] = Field(default_factory=dict)
    conditions: dict[str, dict[str, Text]] = Field(default_factory=dict)
    runs: int | None = Field(default=None, ge=2, le=10_000)
    interactions: tuple[tuple[str, str], ...] = ()
    surfaces: Literal["fresh"] | Repeated = "fresh"
    judge: Texts = ("rules",)
    sampling: Sampling = Field(default_factory=Width)
    published: tuple[str, ...] = ()
    differs: str = ""
