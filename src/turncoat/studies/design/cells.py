"""The cells of a study: its conditions in every scenario, interface and arm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod
from pathlib import Path

from turncoat.errors import UsageError
from turncoat.record import Condition
from turncoat.scenarios import Pack, complete, find_pack
from turncoat.studies.design.conditions import completed, left_out, possible
from turncoat.studies.design.fractional import choose, confounded, terms
from turncoat.studies.design.plan import Cell
from turncoat.studies.study import Study

MOST = 20_000
"""Conditions that a cross may have before any is chosen or left out."""


@dataclass(frozen=True, slots=True)
class Design:
    """`cells`; `left_out`, a sentence for each scenario in which some of the conditions are impossible; `confounded`,
    sentences on what the cells of a fractional design cannot tell apart.
    """

    cells: tuple[Cell, ...]
    left_out: tuple[str, ...] = ()
    confounded: tuple[str, ...] = ()


def design(study: Study, paths: Sequence[Path] = ()) -> Design:
    """The cells of a study, each once. Raises `UsageError` for what a scenario does not have or cannot carry."""
    packs = [find_pack(name, paths) for name in study.scenarios]
    chosen = {pack.name: chosen_conditions(study, pack) for pack in packs}
    called = {pack.name: _names(study, pack) for pack in packs}
    cells = tuple(
        Cell(pack, interface, condition, arm, called[pack.name].get(tuple(condition.items()), ""))
        for pack in packs
        for interface in study.interfaces
        for arm in study.arms
        for condition in chosen[pack.name]
    )
    fractions = (_confounded(study, candidates(study, pack), chosen[pack.name]) for pack in packs)
    return Design(
        cells,
        tuple(filter(None, (left_out(pack, asked_conditions(study, pack)) for pack in packs))),
        tuple(dict.fromkeys(said for each in fractions for said in each)),
    )


def asked_conditions(study: Study, pack: Pack) -> tuple[Condition, ...]:
    """The conditions that the file names or crosses, each once, whether they are possible or not.

    Raises `UsageError` for unknown factors and levels, and for more conditions than anybody could run.
    """
    if study.design == "listed":
        return completed(pack, study.conditions.values())
    number = prod(map(len, study.factors.values()))
    if number > MOST:
        raise UsageError(f"The levels make {number:,} conditions, over {MOST:,}. Name fewer levels or fewer factors.")
    crossed = product(*study.factors.values())
    return completed(pack, [dict(zip(study.factors, each, strict=True)) for each in crossed])


def _names(study: Study, pack: Pack) -> dict[tuple[tuple[str, str], ...], str]:
    """What a listed design calls its conditions, by their levels; of two names for one the first."""
    if study.design != "listed":
        return {}
    return {tuple(complete(each, pack.factors).items()): name for name, each in reversed(study.conditions.items())}


def candidates(study: Study, pack: Pack) -> tuple[Condition, ...]:
    """Those that are possible. Raises `UsageError` where none is."""
    asked = asked_conditions(study, pack)
    found = possible(pack, asked)
    if asked and not found:
        complete(asked[0], pack.factors, pack.meta.impossible)  # raises with the reason
    return found


def chosen_conditions(study: Study, pack: Pack) -> tuple[Condition, ...]:
    """The conditions that are run. Raises `UsageError` where `runs` are too few or too many for a fraction."""
    found = candidates(study, pack)
    if study.design != "fractional":
        return found
    effects = terms(found, varying(study, found), study.interactions)
    runs = _checked(study.runs, effects.rank, len(found))
    pairs = terms(found, names := varying(study, found), tuple(combinations(names, 2)))
    return tuple(found[place] for place in choose(effects, runs, pairs))


def varying(study: Study, conditions: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """The factors of a crossed design that are not at the same level in all of the conditions."""
    return tuple(name for name in study.factors if len({each[name] for each in conditions}) > 1)


def _checked(runs: int | None, parameters: int, most: int) -> int:
    remedy = f"The main effects and interactions need {parameters} or more; all possible conditions are {most}."
    if runs is None:
        raise UsageError(f"A fractional design needs `runs`, how many conditions to run. {remedy}")
    if runs < parameters:
        raise UsageError(f"{runs} runs are too few. {remedy}")
    if runs > most:
        raise UsageError(f"{runs} runs are more than the full design has. {remedy} Write `design: full` for all.")
    return runs


def _confounded(study: Study, found: Sequence[Condition], chosen: Sequence[Condition]) -> tuple[str, ...]:
    if study.design != "fractional":
        return ()
    places = [place for place, each in enumerate(found) if each in chosen]
    return confounded(found, places, varying(study, found), study.interactions)
