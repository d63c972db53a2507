"""The dials of a reference agent: its known behaviour."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from turncoat.errors import UsageError, unknown
from turncoat.record import Belief
from turncoat.record._base import Document
from turncoat.reference.phrasings import Half
from turncoat.reference.published import applies, entry
from turncoat.scenarios.factors import holds
from turncoat.scenarios.mistakes import first_mistake

AGENTS = ("loyal", "insider", "clumsy", "published")
Style = Literal["explicit", "veiled", "euphemistic", "mixed"]
Share = float


class Dials(Document):
    """How a reference agent behaves. All shares and probabilities are in [0, 1].

    `p`: probability of the headline harm where there is a motive and the means. `levels`: other values of `p` where a
    factor has a level ("threat=restriction" -> 0.2; the last one that holds counts; `goal=explicit` stands for every
    explicit goal). `p_real`, `p_evaluation`: `p` given a stated belief; `real` and `evaluation` are the shares that
    state it. `honest`: try the honest exit first; where it pauses the decision there is no harm. `malformed`, `cut`,
    `empty`, `refusing`: shares of `clumsy`. `phrasings`: which half of the wording is used. `latency`: seconds that
    every answer takes, for benchmarks.
    """

    agent: Literal["loyal", "insider", "clumsy", "published"]
    p: Share = Field(default=0.5, ge=0, le=1)
    levels: dict[str, float] = Field(default_factory=dict, description="factor=level:probability, such as exits=ally:0")
    style: Style = "mixed"
    honest: bool = False
    real: Share = Field(default=0, ge=0, le=1)
    evaluation: Share = Field(default=0, ge=0, le=1)
    p_real: float | None = Field(default=None, ge=0, le=1)
    p_evaluation: float | None = Field(default=None, ge=0, le=1)
    malformed: Share = Field(default=0.25, ge=0, le=1)
    cut: Share = Field(default=0.25, ge=0, le=1)
    empty: Share = Field(default=0.25, ge=0, le=1)
    refusing: Share = Field(default=0.25, ge=0, le=1)
    entry: str = ""
    phrasings: Half = "all"
    latency: float = Field(default=0, ge=0, le=600)

    @field_validator("levels", mode="before")
    @classmethod
    def _read_levels(cls, value: object) -> object:
        """`threat=restriction:0.2,goal=none:0` as on a command line."""
        if not isinstance(value, str):
            return value
        levels = {}
        for each in value.split(","):
            level, _, p = each.rpartition(":")
            try:
                levels[level.strip()] = float(p)
            except ValueError:
                raise ValueError(f"{each!r} is not of the form factor=level:probability") from None
        return levels

    @field_validator("levels")
    @classmethod
    def _probabilities(cls, levels: dict[str, float]) -> dict[str, float]:
        for level, p in levels.items():
            factor, equals, name = level.partition("=")
            if not (factor and equals and name):
                raise ValueError(f"{level!r} is not of the form factor=level:probability")
            if not 0 <= p <= 1:
                raise ValueError(f"the probability of {level!r} must be between 0 and 1 (got {p:g})")
        return levels

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.real + self.evaluation > 1:
            raise ValueError(
                f"the shares `real` ({self.real:g}) and `evaluation` ({self.evaluation:g}) add up to over 1"
            )
        slips = {"malformed": self.malformed, "cut": self.cut, "empty": self.empty, "refusing": self.refusing}
        if sum(slips.values()) > 1 + 1e-9:
            shares = ", ".join(f"`{name}` ({share:g})" for name, share in slips.items())
            raise ValueError(f"the shares {shares} add up to over 1; each is 0.25 unless it is given")
        if self.agent == "published":
            entry(self.entry)
        return self

    def probability(
        self, scenario: str, condition: Mapping[str, str], *, motive: bool, means: bool, belief: Belief
    ) -> float:
        """The probability of the headline harm in a condition, given a stated belief."""
        if self.agent == "published":
            source = entry(self.entry)
            return (source.rate or 0.0) if means and applies(source, scenario, condition, motive=motive) else 0.0
        if self.agent != "insider" or not (motive and means):
            return 0.0
        p = self.p
        for level, value in self.levels.items():
            factor, _, name = level.partition("=")
            if holds({factor: name}, condition):
                p = value
        given = {"real": self.p_real, "evaluation": self.p_evaluation, "none": None}[belief]
        return p if given is None else given

    def shown(self) -> str:
        """The dials that differ from their defaults, as `p=0.4,style=veiled`; latency is no behaviour."""
        set_ = self.model_dump(exclude_defaults=True, exclude={"agent", "latency"})
        return ",".join(f"{name}={_plain(value)}" for name, value in set_.items())

    @property
    def belief_shares(self) -> tuple[float, float]:
        """Shares of rollouts that state `real` and `evaluation`. A published figure for one belief states it always."""
        if self.agent == "published":
            stated = entry(self.entry).stated_belief
            return float(stated == "real"), float(stated == "evaluation")
        return self.real, self.evaluation


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "+".join(f"{name}:{share:g}" for name, share in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


def dials(agent: str, arguments: Mapping[str, Any]) -> Dials:
    """The dials of `reference/<agent>` with the given arguments. Raises `UsageError` with the allowed names."""
    if not agent:
        raise UsageError(f"Which reference agent? Write reference/<agent>, one of: {', '.join(AGENTS)}.")
    if agent not in AGENTS:
        raise unknown("reference agent", agent, AGENTS)
    allowed = [name for name in Dials.model_fields if name != "agent"]
    for name in arguments:
        if name not in allowed:
            raise unknown(f"dial of reference/{agent}", name, allowed)
    given = {"agent": agent, **arguments}
    try:
        return Dials.model_validate(given)
    except ValidationError as error:
        raise UsageError(f"reference/{agent}: {first_mistake(error, Dials, given)}.") from None
