"""The cells of a rollouts table with their counts: from here on nobody looks at single rollouts."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from turncoat.scenarios.factors import holds
from turncoat.scenarios.shared import shared_factors
from turncoat.stats import Rate
from turncoat.studies.study import OTHER_KEYS, Repeated, Side, Study

_PLACE = ("scenario", "model", "reference", "interface", "arm")
CELL = (*_PLACE, "condition")
OUTCOMES = ("yes", "no", "uncertain", "unscored", "invalid")


@dataclass(frozen=True, kw_only=True, eq=False)
class Counted:
    """One model's rollouts in one cell. `label`: its condition by the factors that vary in the scenario.

    `surfaces`: surface seed -> (yes, decided); empty where no surface repeats in the table.
    """

    scenario: str
    model: str
    reference: bool
    interface: str
    arm: str
    condition: Mapping[str, str]
    named: str
    label: str
    rate: Rate
    surfaces: Mapping[int, tuple[int, int]]

    def level(self, key: str) -> str:
        """Its level of a factor, or of what else a side may name; "" for a factor that the scenario lacks."""
        return str(getattr(self, key)) if key in OTHER_KEYS else self.condition.get(key, "")

    def within(self, side: Side) -> bool:
        """Whether it belongs to this side of a contrast; a model's name stands for it with any arguments."""
        if any(self.level(key) not in side[key] for key in ("scenario", "interface", "arm") if key in side):
            return False
        models = side.get("model", (self.model,))
        factors = {key: list(levels) for key, levels in side.items() if key not in OTHER_KEYS}
        return any(self.model == each or self.model.startswith(f"{each}(") for each in models) and holds(
            factors, self.condition
        )


@dataclass(frozen=True)
class Cells:
    """All cells of a table, in an order that does not hang on that of its rows, and the study that they are of.

    `varying`: scenario -> the factors of which it has more than one level.
    """

    cells: tuple[Counted, ...]
    varying: Mapping[str, tuple[str, ...]]
    study: Study

    @property
    def clustered(self) -> bool:
        """Whether surfaces repeat, so that rollouts of one surface are a cluster."""
        return any(cell.surfaces for cell in self.cells)

    def levels(self, factor: str) -> tuple[str, ...]:
        """The levels that occur: numbers by size, others as the study lists them, then in the order of the design."""
        found = {cell.level(factor) for cell in self.cells} - {""}
        listed = [level for level in self.study.factors.get(factor, ()) if level in found]
        shared = shared_factors().get(factor)
        designed = [level for level in (shared.levels if shared else ()) if level in found]
        if all(level.isdecimal() for level in found):
            return tuple(sorted(found, key=int))
        return tuple(dict.fromkeys([*listed, *designed, *sorted(found)]))


def by(cells: Iterable[Counted], *keys: str) -> dict[tuple[str, ...], list[Counted]]:
    """The cells by their levels of these keys."""
    found: dict[tuple[str, ...], list[Counted]] = {}
    for cell in cells:
        found.setdefault(tuple(cell.level(key) for key in keys), []).append(cell)
    return found


def total(cells: Iterable[Counted]) -> Rate:
    """All their rollouts together."""
    return sum((cell.rate for cell in cells), Rate())


def surfaces(cells: Iterable[Counted]) -> dict[Hashable, tuple[int, int]]:
    """Of each surface, named by scenario and seed: yes and decided rollouts.

    In a cell in which none repeats, each rollout is a surface of its own.
    """
    found: dict[Hashable, tuple[int, int]] = {}
    for cell in cells:
        repeated: Mapping[Hashable, tuple[int, int]] = {(cell.scenario, seed): n for seed, n in cell.surfaces.items()}
        own: Mapping[Hashable, tuple[int, int]] = {
            (cell, i): (int(i < cell.rate.yes), 1) for i in range(0 if repeated else cell.rate.decided)
        }
        for name, (yes, decided) in (*repeated.items(), *own.items()):
            before = found.get(name, (0, 0))
            found[name] = (before[0] + yes, before[1] + decided)
    return found


def count(table: pl.DataFrame, study: Study) -> Cells:
    """Count a rollouts table; the models in the order of the study, all else by name."""
    clustered = isinstance(study.surfaces, Repeated) or table.select(*CELL, "seed").is_duplicated().any()
    counted = table.group_by(CELL).agg(pl.col("named").drop_nulls().first(), *outcomes()).sort(CELL)
    repeated = _surfaces(table) if clustered else {}
    rows = [(row, _levels(row["condition"])) for row in counted.iter_rows(named=True)]
    varying = _varying((row["scenario"], condition) for row, condition in rows)
    named = {(row["scenario"], row["condition"]): row["named"] for row, _ in rows if row["named"]}
    cells = [
        Counted(
            **{key: row[key] for key in _PLACE},
            condition=condition,
            named=(name := named.get((row["scenario"], row["condition"]), "")),
            label=_label(condition, varying[row["scenario"]], name),
            rate=Rate(**{outcome: row[outcome] for outcome in OUTCOMES}),
            surfaces=repeated.get(tuple(row[key] for key in CELL), {}),
        )
        for row, condition in rows
    ]
    order = [each.name for each in study.models]
    cells.sort(key=lambda cell: _place(cell.model, order))
    return Cells(tuple(cells), varying, study)


def outcomes() -> Iterator[pl.Expr]:
    """Aggregations that count each outcome of rollouts."""
    for name in OUTCOMES:
        column = pl.col("status") if name in ("unscored", "invalid") else pl.col("headline_harm")
        yield (column == name).fill_null(False).sum().cast(pl.Int64).alias(name)


def labelled(table: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """The table with a column `label`, the label of each rollout's condition."""
    labels = {
        (cell.scenario, " ".join(f"{k}={v}" for k, v in cell.condition.items())): cell.label for cell in cells.cells
    }
    named = pl.DataFrame(
        [(scenario, condition, label) for (scenario, condition), label in labels.items()],
        schema=["scenario", "condition", "label"],
        orient="row",
    )
    return table.join(named, on=["scenario", "condition"], how="left", maintain_order="left")


def _surfaces(table: pl.DataFrame) -> dict[tuple[object, ...], dict[int, tuple[int, int]]]:
    found: dict[tuple[object, ...], dict[int, tuple[int, int]]] = {}
    counted = table.group_by(*CELL, "seed").agg(*outcomes()).sort(*CELL, "seed")
    for *cell, seed, yes, no in counted.select(*CELL, "seed", "yes", "no").iter_rows():
        found.setdefault(tuple(cell), {})[seed] = (yes, yes + no)
    return found


def _levels(condition: str) -> dict[str, str]:
    return {name: level for name, _, level in (part.partition("=") for part in condition.split())}


def _varying(conditions: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, tuple[str, ...]]:
    seen: dict[str, list[Mapping[str, str]]] = {}
    for scenario, condition in conditions:
        seen.setdefault(scenario, []).append(condition)
    return {
        scenario: tuple(
            name
            for name in dict.fromkeys(name for each in inside for name in each)
            if len({each.get(name) for each in inside}) > 1
        )
        for scenario, inside in seen.items()
    }


def _label(condition: Mapping[str, str], varying: Iterable[str], named: str) -> str:
    levels = " ".join(f"{name}={condition[name]}" for name in varying if name in condition)
    return ": ".join(filter(None, (named, levels))) or "all rollouts"


def _place(model: str, order: Sequence[str]) -> int:
    """Where the study lists a model; last where it does not."""
    return next((i for i, name in enumerate(order) if model == name or model.startswith(f"{name}(")), len(order))
