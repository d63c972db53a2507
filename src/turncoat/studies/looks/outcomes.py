"""What became of the rollouts of a study's cells, as its looks see it."""

from collections.abc import Mapping, Sequence

from turncoat.stats import Rate
from turncoat.studies.design.plan import Cell, ModelSpec, Pair
from turncoat.studies.study import Repeated, Study

OPEN = {"error": "unscored"}
"""A rollout that ended in an error is open, until a later attempt has ended otherwise."""

Pairs = Mapping[Pair, tuple[ModelSpec, Cell]]
"""The cells of a study with its models."""
Outcomes = Mapping[Pair, Sequence[str]]
"""What became of each of a cell's rollouts, in their order: `yes`, `no`, `uncertain`, `unscored`, `invalid`, `error`,
or "" where it has not been run yet."""


def rate(outcomes: Sequence[str]) -> Rate:
    """What became of rollouts, counted."""
    counted = [OPEN.get(each, each) for each in outcomes if each]
    return Rate(**{each: counted.count(each) for each in set(counted)})


def surfaces(outcomes: Sequence[str], study: Study) -> dict[int, tuple[int, int]]:
    """Surface seed -> (yes, decided), where surfaces repeat; else nothing."""
    number = repeated(study)
    if number is None:
        return {}
    found = [rate(outcomes[seed::number]) for seed in range(min(number, len(outcomes)))]
    return {seed: (each.yes, each.decided) for seed, each in enumerate(found)}


def repeated(study: Study) -> int | None:
    """On how many surfaces its cells are, again and again; None where each rollout has one of its own."""
    return study.surfaces.repeat if isinstance(study.surfaces, Repeated) else None
