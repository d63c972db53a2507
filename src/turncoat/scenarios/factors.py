"""Factors, their levels, and conditions that fix one level of each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from pydantic import Field, model_validator

from turncoat.errors import UsageError, unknown
from turncoat.record import Condition
from turncoat.record._base import Document

When = dict[str, str | int | bool | list[str | int | bool]]
"""Factor -> level or levels in which something holds. `explicit` also stands for every `explicit:<value>`."""


class Level(Document):
    """One setting of a factor. `motive` and `means` say whether it gives a reason or the opportunity for the harm."""

    says: str
    motive: bool = False
    means: bool = False


class Factor(Document):
    """One dimension of the design. With `most`, levels are the whole numbers 0 to `most` instead of names."""

    asks: str
    levels: dict[str, Level] = Field(default_factory=dict)
    default: str
    most: int | None = None

    @model_validator(mode="after")
    def _default_exists(self) -> Self:
        if self.most is None and self.default not in self.levels:
            levels = ", ".join(self.levels)
            raise ValueError(f"default {self.default!r} is not one of the levels {levels}; give one of them")
        return self

    @property
    def allowed(self) -> tuple[str, ...]:
        """The levels, for messages."""
        return tuple(self.levels) if self.most is None else (f"a whole number from 0 to {self.most}",)

    def has(self, level: str) -> bool:
        """Whether it is a level, or the kind of several (`explicit` of `explicit:america`)."""
        if self.most is None:
            return any(each == level or each.startswith(f"{level}:") for each in self.levels)
        short = level.isascii() and level.isdigit() and len(level) <= len(str(self.most))  # int() refuses thousands
        return short and str(int(level)) == level and int(level) <= self.most

    def check(self, name: str, level: str) -> None:
        """Raise `UsageError` unless `level` is one of this factor's."""
        if level not in self.levels if self.most is None else not self.has(level):
            kind, _, value = level.partition(":")
            values = [each.partition(":")[2] for each in self.levels if value and each.startswith(f"{kind}:")]
            if values:  # the common beginning must not make any of them look near
                raise unknown(f"{kind} {name}", value, values, remedy=f"Write it as {kind}:{values[0]}.")
            raise unknown(f"level of {name}", level, self.allowed)


class Impossible(Document):
    """A combination of levels that makes no coherent story, and why."""

    when: When
    because: str


def plain(level: object) -> str:
    """A level as written in YAML or on the command line, as a string (YAML reads `off` as False, `6` as a number)."""
    if isinstance(level, bool):
        return "on" if level else "off"
    return str(level)


def holds(when: Mapping[str, object], condition: Mapping[str, str]) -> bool:
    """Whether a condition lies within `when`; an empty `when` always holds."""
    for factor, wanted in when.items():
        options = wanted if isinstance(wanted, list | tuple) else [wanted]
        level = condition.get(factor, "")
        if not any(level == plain(each) or level.startswith(f"{plain(each)}:") for each in options):
            return False
    return True


def complete(
    asked: Mapping[str, str], factors: Mapping[str, Factor], impossible: Sequence[Impossible] = ()
) -> Condition:
    """A full condition: every factor of the scenario, those not asked for at their default.

    Raises `UsageError` for an unknown factor or level and for an impossible combination.
    """
    for name, level in asked.items():
        if name not in factors:
            raise unknown("factor", name, factors)
        factors[name].check(name, level)
    condition = {name: asked.get(name, factor.default) for name, factor in factors.items()}
    for levels, because in clashes(condition, impossible):
        raise UsageError(f"Impossible combination: {levels}: {because}. Change one of these levels.")
    return condition


def clashes(condition: Condition, impossible: Sequence[Impossible]) -> Iterator[tuple[str, str]]:
    """Why there is no such condition: pairs of the levels that exclude each other and the reason; none if there is."""
    for each in impossible:
        if holds(each.when, condition):
            yield ", ".join(f"{name}={condition[name]}" for name in each.when), each.because


def label(condition: Mapping[str, str], factors: Mapping[str, Factor]) -> str:
    """The levels that differ from the defaults, as `threat=replacement,goal=explicit:global`; `defaults` if none do."""
    set_ = [
        f"{name}={level}" for name, level in condition.items() if name in factors and level != factors[name].default
    ]
    return ",".join(set_) or "defaults"
