"""The cells of an exact replication: published prompts in place of our packs' texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from turncoat.agents.prompt import Prompt
from turncoat.errors import UsageError, unknown
from turncoat.record import Condition
from turncoat.scenarios import Briefing, find_pack
from turncoat.scenarios.shared import shared_factors
from turncoat.studies.design.plan import Cell, ModelSpec, Plan, levels
from turncoat.studies.replication.published import (
    LEVELS,
    THEIR_NAME,
    USUAL,
    Published,
    check_installed,
    prompts_version,
    published,
)
from turncoat.studies.replication.world import briefing

PREFIX = "published-"
"""Scenarios of replications are called so: their texts are not those of our packs."""


@dataclass(frozen=True, slots=True)
class PublishedCell(Cell):
    """A published condition. `pack`: ours of the same harm, none of whose texts is used."""

    @property
    def scenario(self) -> str:
        return PREFIX + self.pack.name

    @property
    def version(self) -> str:
        return prompts_version()

    @property
    def words(self) -> Published:
        """The prompts, as they were published."""
        return words(self.pack.name, self.condition)

    def briefing(self, seed: int) -> Briefing:  # noqa: ARG002 (one text, whatever the seed)
        return briefing(
            self.scenario,
            self.condition,
            self.words,
            pack=self.pack.name,
            version=self.version,
            headline=self.pack.meta.headline,
        )

    def prompt(self, briefing: Briefing) -> Prompt:  # noqa: ARG002 (as published, not made of it)
        return Prompt(self.words.system, self.words.user)


def words(scenario: str, condition: Condition) -> Published:
    """The published prompts of a condition of ours."""
    return published(scenario, *(condition[name] for name in LEVELS))


def replication(scenario: str, models: Sequence[ModelSpec], *, factors: Sequence[str] = (), samples: int = 10) -> Plan:
    """The plan of an exact replication: all of a cell's rollouts are on the one published text.

    `factors`: such as `threat=none,replacement`; what is not named is as the package has it. Raises `UsageError` for
    what the published prompts do not have, and without the package.
    """
    if scenario not in THEIR_NAME:
        raise unknown("published scenario", scenario, THEIR_NAME)
    if samples < 1:
        raise UsageError(f"--samples {samples} is too few. Ask for 1 or more.")
    for model in models:
        if model.reference:
            raise UsageError(
                f"{model.name} is a simulated agent, which plays the shipped scenarios and knows nothing of published "
                "prompts. Name a model."
            )
    check_installed()
    pack = find_pack(scenario)
    cells = tuple(PublishedCell(pack, "text", each) for each in _conditions(levels(factors)))
    return Plan(cells, tuple(models), samples, repeat=1)


def _conditions(asked: Mapping[str, Sequence[str]]) -> list[Condition]:
    for name, given in asked.items():
        if name not in LEVELS:
            raise unknown("factor of the published prompts", name, LEVELS)
        for level in given:
            if level not in _levels(name):
                raise unknown(f"level of {name} in the published prompts", level, _levels(name))
    chosen = {name: asked.get(name, (USUAL[name],)) for name in LEVELS}
    return [_whole(dict(zip(chosen, each, strict=True))) for each in product(*chosen.values())]


def _levels(name: str) -> list[str]:
    return [each for each in shared_factors()[name].levels if each.partition(":")[0] in LEVELS[name]]


def _whole(condition: Condition) -> Condition:
    """With whom the published texts name as the successor."""
    if condition["threat"] != "replacement":
        return {**condition, "successor": "unstated"}
    return {**condition, "successor": "same-values" if condition["goal"] == "none" else "opposed-values"}
