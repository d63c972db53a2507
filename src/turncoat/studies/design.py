"""The cells of a study: its conditions in every scenario, interface and arm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from turncoat.record import Condition
from turncoat.scenarios import Pack, clashes, complete, find_pack
from turncoat.studies.plan import Cell
from turncoat.studies.study import Study


@dataclass(frozen=True, slots=True)
class Design:
    """`cells`, and a sentence for each scenario in which some of the conditions are impossible."""

    cells: tuple[Cell, ...]
    left_out: tuple[str, ...] = ()


def design(study: Study, paths: Sequence[Path] = ()) -> Design:
    """The cells of a study, each once. Raises `UsageError` for what a scenario does not have."""
    packs = [find_pack(name, paths) for name in study.scenarios]
    cells = tuple(
        Cell(pack, interface, condition, arm)
        for pack in packs
        for interface in study.interfaces
        for arm in study.arms
        for condition in _conditions(study, pack)
    )
    return Design(cells)


def _conditions(study: Study, pack: Pack) -> list[Condition]:
    if study.design == "listed":
        asked: list[Mapping[str, str]] = list(study.conditions.values())
    else:
        asked = [dict(zip(study.factors, each, strict=True)) for each in product(*study.factors.values())]
    full = [complete(each, pack.factors) for each in asked]
    possible = [each for each in full if not any(clashes(each, pack.meta.impossible))]
    return list({tuple(each.items()): each for each in possible}.values())
