"""What a folder's rollouts did not test: the design space without what is in the table."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import get_args

import polars as pl

from turncoat.record import Interface
from turncoat.reports.numbers import count, listed
from turncoat.scenarios import Factor, Pack, clashes
from turncoat.scenarios.catalog import BUILT_IN
from turncoat.scenarios.shared import shared_factors
from turncoat.studies.table import FACTOR

_MOST = 200_000
_NAMED = 6
_INTERFACES: Mapping[str, str] = {
    "text": "one prompt with all mail, answered once",
    "tools": "working in a mailbox with tools, over many steps",
}


def untested(table: pl.DataFrame, packs: Mapping[str, Pack], catalog: Mapping[str, str]) -> tuple[str, ...]:
    """Sentences on what was left out, from the factors, levels, scenarios, interfaces and arms that there are.

    `packs`: those of the table's scenarios that are known; `catalog`: name -> title of every scenario that there is.
    """
    return tuple(_untested(table, packs, catalog))


def _untested(table: pl.DataFrame, packs: Mapping[str, Pack], catalog: Mapping[str, str]) -> Iterator[str]:
    scenarios = table["scenario"].unique().sort().to_list()
    if others := [f"{name} ({title})" for name, title in catalog.items() if name not in scenarios]:
        yield f"Scenarios that there are and were not run: {listed(others)}."
    for name in scenarios:
        rows = table.filter(pl.col("scenario") == name)
        yield from _interfaces(name, rows)
        if name in packs:
            yield from (f"{name}: {each}" for each in _levels(rows, packs[name]))
            yield from (f"{name}: {each}" for each in _combinations(rows, packs[name]))
        else:
            yield f"{name}: which conditions it could have had besides these is not known here (no pack of this name)."
    if table["arm"].unique().to_list() == ["none"]:
        yield "Any oversight of the agent: whatever it did took effect, and nobody could stop it on the way."
    settled = [model for model in table["model"].unique().sort() if "(" not in model]
    if settled:
        yield f"Settings (such as temperature or reasoning effort) other than the defaults: {listed(settled)}."
    yield from _languages(scenarios, packs)
    yield "Any other model, any other version of these models, and any real organisation."


def _interfaces(name: str, rows: pl.DataFrame) -> Iterator[str]:
    used = set(rows["interface"])
    for interface in get_args(Interface):
        if interface not in used:
            yield f"{name}: the interface {interface} ({_INTERFACES[interface]})."


def _levels(rows: pl.DataFrame, pack: Pack) -> Iterator[str]:
    for name, factor in pack.factors.items():
        tried = tried_levels(rows, name)
        rest = _other(factor, tried)
        if not rest:
            continue
        if not tried:
            yield f"{name}: not known at which level it was. It asks: {factor.asks}?"
            continue
        held = f"was always {tried[0]}" if len(tried) == 1 else f"was {listed(tried)}"
        default = ", its default" if tried == [factor.default] else ""
        yield f"{name} {held}{default}; not tried: {rest}. It asks: {factor.asks}?"
    for name, factor in shared_factors().items():
        if name not in pack.factors:
            yield f"{name} is no part of this scenario. It asks: {factor.asks}?"


def tried_levels(rows: pl.DataFrame, name: str) -> list[str]:
    """The levels of a factor that occur."""
    if FACTOR + name not in rows.columns:
        return []
    return [str(each) for each in rows[FACTOR + name].drop_nulls().unique().sort()]


def _other(factor: Factor, tried: Sequence[str]) -> str:
    """The levels that were not tried, in words; values of one kind are counted."""
    if factor.most is not None:
        return f"other numbers from 0 to {factor.most}"
    kinds: dict[str, list[str]] = {}
    for level in factor.levels:
        if level not in tried:
            kinds.setdefault(level.partition(":")[0], []).append(level)
    parts = [
        each for kind, levels in kinds.items()
        for each in ([f"{kind} ({count(len(levels), 'value')})"] if len(levels) > 2 else levels)
    ]  # fmt: skip
    return listed([*parts[:_NAMED], *([f"{len(parts) - _NAMED} more"] if len(parts) > _NAMED else [])])


def _combinations(rows: pl.DataFrame, pack: Pack) -> Iterator[str]:
    """Of the levels that were tried: how many of their possible combinations were not."""
    levels = {name: tried_levels(rows, name) for name in pack.factors}
    varied = {name: tried for name, tried in levels.items() if len(tried) > 1}
    if prod(map(len, varied.values())) > _MOST or not all(levels.values()):
        return
    held = {name: tried[0] for name, tried in levels.items() if len(tried) == 1}
    whole = [held | dict(zip(varied, each, strict=True)) for each in product(*varied.values())]
    possible = sum(not any(clashes(each, pack.meta.impossible)) for each in whole)
    found = rows["condition"].n_unique()
    if found < possible:
        yield (
            f"{possible - found} of the {possible} conditions that can be made of the levels that were tried: each was "
            "tried, but not in every combination."
        )


def _languages(scenarios: Sequence[str], packs: Mapping[str, Pack]) -> Iterator[str]:
    own = [name for name in scenarios if name not in packs or not packs[name].folder.is_relative_to(BUILT_IN)]
    if len(own) < len(scenarios):
        yield "Any language but English, in which the shipped scenarios are written."
    if own:
        yield f"Other languages than the one in which the texts of {listed(own)} are written."
