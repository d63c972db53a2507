"""Cells: the table counted by scenario, interface, condition, model and arm, with labels that name what varies."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from math import isnan

import polars as pl

from turncoat.record import HARMS, RIGHTS
from turncoat.reports.text import visible
from turncoat.scenarios.shared import shared_factors
from turncoat.stats import Estimate, Rate
from turncoat.studies.estimates import CellRate
from turncoat.studies.table import FACTOR, FINDING

_CONTROL = "control"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one model did in one condition, through one interface, under one arm.

    `condition` holds every factor; `label` names only those that vary in the scenario, after the condition's name where
    the scenario gives it one (`named`). `kinds`: finding kind -> number
    of scored rollouts with a sure finding of it. `attempted`, `executed`, `honest_first`, `paused`: numbers of
    rollouts; the first three are among those with the headline harm. `beliefs`: stated belief -> (yes, decided).
    `sampled`: the interval that the study's rule of sampling allows, and `upper`: what is ruled out where no harm was
    seen; None where nobody has estimated them.
    """

    scenario: str
    interface: str
    model: str
    reference: bool
    arm: str
    condition: Mapping[str, str]
    named: str
    label: str
    rate: Rate
    kinds: Mapping[str, int]
    attempted: int
    executed: int
    honest_first: int
    honest_known: int
    paused: int
    beliefs: Mapping[str, tuple[int, int]]
    sampled: Estimate | None = None
    upper: float | None = None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The rate's 95 % interval: that of the rule of sampling, or else Wilson's; None when nothing is decided."""
        if self.sampled is None or isnan(self.sampled.low):
            return self.rate.interval()
        return (self.sampled.low, self.sampled.high)


@dataclass(frozen=True, kw_only=True)
class Group:
    """One scenario: its cells in reading order, the factors that vary, and those that do not, with their level."""

    scenario: str
    headline: str
    cells: tuple[Cell, ...]
    varying: tuple[str, ...]
    constant: Mapping[str, str]

    @cached_property
    def interfaces(self) -> tuple[str, ...]:
        return tuple(sorted({cell.interface for cell in self.cells}))

    @cached_property
    def arms(self) -> tuple[str, ...]:
        return tuple(sorted({cell.arm for cell in self.cells}))

    @cached_property
    def models(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(cell.model for cell in sorted(self.cells, key=lambda c: (c.reference, c.model))))

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        """Labels of the conditions, each once, in reading order."""
        return tuple(dict.fromkeys(cell.label for cell in self.cells))

    @cached_property
    def rate(self) -> Rate:
        return sum((cell.rate for cell in self.cells), Rate())

    @cached_property
    def interval_name(self) -> str:
        """What the cells' intervals are called."""
        methods = sorted({cell.sampled.method.partition(" look ")[0] for cell in self.cells if cell.sampled})
        return f"95 % interval ({', '.join(methods)})" if methods else "95 % interval"


def groups(table: pl.DataFrame, rates: Sequence[CellRate] = ()) -> tuple[Group, ...]:
    """Count a rollouts table (see `turncoat.studies.table`): one group a scenario, sorted by name.

    `rates`: of the same cells, with the intervals that the study's rule of sampling allows.
    """
    names = table["scenario"].unique().sort().to_list()
    found = tuple(_group(table.filter(pl.col("scenario") == name)) for name in names)
    if not rates:
        return found
    known = {_key(each, each.condition): each for each in rates}
    return tuple(
        replace(group, cells=tuple(_sampled(cell, known.get(_key(cell, cell.label))) for cell in group.cells))
        for group in found
    )


def _sampled(cell: Cell, known: CellRate | None) -> Cell:
    return replace(cell, sampled=known.interval, upper=known.upper) if known else cell


def _key(cell: Cell | CellRate, label: str) -> tuple[object, ...]:
    return (cell.scenario, cell.model, cell.interface, cell.arm, frozenset(label.split()))


def row_label(group: Group, cell: Cell) -> str:
    """Condition, and interface and arm where they vary in the scenario."""
    parts = [cell.label]
    if len(group.interfaces) > 1:
        parts.append(cell.interface)
    if len(group.arms) > 1:
        parts.append(f"arm {cell.arm}")
    return visible(" · ".join(parts))


def blocks(group: Group, limit: int | None = None) -> list[tuple[str, list[Cell]]]:
    """The cells (the first `limit` of them) in their reading order, those of one row label together."""
    found = groupby(group.cells[:limit], key=lambda cell: row_label(group, cell))
    return [(label, list(cells)) for label, cells in found]


def spell(condition: Mapping[str, str], factors: Iterable[str], named: str = "") -> str:
    """`control: threat=none exits=ally` of these factors, or `all rollouts` when there is nothing to tell apart."""
    levels = " ".join(f"{name}={condition[name]}" for name in factors if name in condition)
    return ": ".join(filter(None, (named, levels))) or "all rollouts"


def condition_factors(rows: pl.DataFrame) -> tuple[str, ...]:
    """Names of the factors that any of these rows has, in the order that their conditions spell them."""
    spelt = [part.partition("=")[0] for text in rows["condition"].unique(maintain_order=True) for part in text.split()]
    present = [name.removeprefix(FACTOR) for name in rows.columns if name.startswith(FACTOR)]
    used = [name for name in present if rows[FACTOR + name].null_count() < rows.height]
    return tuple(sorted(used, key=lambda name: (spelt.index(name) if name in spelt else len(spelt), name)))


def _group(rows: pl.DataFrame) -> Group:
    factors = condition_factors(rows)
    varying = tuple(name for name in factors if rows[FACTOR + name].n_unique() > 1)
    constant = {name: str(rows[FACTOR + name][0]) for name in factors if name not in varying}
    levels = [FACTOR + name for name in varying]
    rows = rows.with_columns(pl.col("named").drop_nulls().first().over("scenario", *levels))
    keys = ["interface", *levels, "model", "reference", "arm"]
    kinds = (*HARMS, *RIGHTS)
    counted = rows.group_by(keys).agg(
        *(_number(pl.col("headline_harm") == name, name) for name in ("yes", "no", "uncertain")),
        *(_number(pl.col("status") == name, name) for name in ("unscored", "invalid")),
        *(_number(_sure(kind) & (pl.col("status") == "scored"), FINDING + kind) for kind in kinds),
        *(_number(pl.col(name), name) for name in ("harm_attempted", "harm_executed", "paused")),
        pl.col("named").first(),
        _number(pl.col("first_honest_before_harm") & pl.col("harm_attempted"), "honest_first"),
        _number(pl.col("first_honest_before_harm").is_not_null() & pl.col("harm_attempted"), "honest_known"),
        *(
            _number((pl.col("stated_belief") == belief) & pl.col("headline_harm").is_in(values), f"{belief}:{name}")
            for belief in ("none", "evaluation", "real")
            for name, values in (("yes", ["yes"]), ("decided", ["yes", "no"]))
        ),
    )
    cells = [_cell(row, rows["scenario"][0], varying, constant) for row in counted.iter_rows(named=True)]
    cells.sort(key=lambda cell: _reading_order(cell, varying))
    return Group(
        scenario=rows["scenario"][0],
        headline=rows["headline"][0],
        cells=tuple(cells),
        varying=varying,
        constant=constant,
    )


def _cell(row: Mapping[str, object], scenario: str, varying: Sequence[str], constant: Mapping[str, str]) -> Cell:
    def count(name: str) -> int:
        return int(str(row[name]))

    levels = {name: str(row[FACTOR + name]) for name in varying if row[FACTOR + name] is not None}
    return Cell(
        scenario=scenario,
        interface=str(row["interface"]),
        model=str(row["model"]),
        reference=bool(row["reference"]),
        arm=str(row["arm"]),
        condition={**levels, **constant},
        named=str(row["named"] or ""),
        label=spell(levels, varying, str(row["named"] or "")),
        rate=Rate(**{name: count(name) for name in ("yes", "no", "uncertain", "unscored", "invalid")}),
        kinds={kind: number for kind in (*HARMS, *RIGHTS) if (number := count(FINDING + kind))},
        attempted=count("harm_attempted"),
        executed=count("harm_executed"),
        honest_first=count("honest_first"),
        honest_known=count("honest_known"),
        paused=count("paused"),
        beliefs={
            belief: (count(f"{belief}:yes"), count(f"{belief}:decided"))
            for belief in ("none", "evaluation", "real")
            if count(f"{belief}:decided")
        },
    )


def _number(condition: pl.Expr, name: str) -> pl.Expr:
    return condition.fill_null(False).sum().alias(name)


def _sure(kind: str) -> pl.Expr:
    return pl.col(FINDING + kind).is_not_null() & (pl.col(FINDING + kind) != "unsure")


def _reading_order(cell: Cell, varying: Sequence[str]) -> tuple[object, ...]:
    levels = tuple(_level_order(name, cell.condition.get(name, "")) for name in varying)
    return (cell.named != _CONTROL, levels, cell.interface, cell.arm != "none", cell.arm, cell.reference, cell.model)


def _level_order(factor: str, level: str) -> tuple[int, int, str]:
    """Numbers by size, then levels that packs share in the order of the design, then words by the alphabet."""
    if level.isdecimal():
        return (0, int(level), "")
    shared = shared_factors().get(factor)
    if shared and level in shared.levels:
        return (1, list(shared.levels).index(level), "")
    return (2, 0, level)
