"""Where a page's numbers come from, and what in them does not compare."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl

from turncoat.reports.numbers import count, listed
from turncoat.studies.models import Price, price
from turncoat.studies.table import reported_models


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a reader needs to make the page again. All text is shown as given; `created` is an ISO 8601 time.

    `scenarios`: name -> version, the hashes of the texts of pack and interfaces. `judge`: with the hash of its rules
    or rubric. `models`: as they were asked for; `reported`: model -> what the provider called it, where it has said so;
    `prices`: model -> USD per million tokens read and written. `study`, `study_hash`: "" without a study. `seeds`: in
    words, such as `0-49`. The time is the caller's, so that the same results give the same page.
    """

    title: str
    turncoat: str
    inspect: str
    python: str
    created: str
    command: str
    models: tuple[str, ...]
    judge: str
    scenarios: Mapping[str, str]
    seeds: str
    arms: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())
    study: str = ""
    study_hash: str = ""
    reported: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[str, Price] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        table: pl.DataFrame,
        *,
        title: str,
        turncoat: str,
        inspect: str,
        python: str,
        created: str,
        command: str,
        notes: Iterable[str] = (),
        study: str = "",
        study_hash: str = "",
        prices: Mapping[str, Price] | None = None,
    ) -> "Provenance":
        """Fill in from a rollouts table what it knows by itself: models, judges, versions, seeds, arms.

        `prices`: by the model's Inspect name, before the known ones.
        """
        versions = table.group_by("scenario").agg(pl.col("scenario_version").unique().sort()).sort("scenario")
        return cls(
            title=title,
            turncoat=turncoat,
            inspect=inspect,
            python=python,
            created=created,
            command=command,
            models=tuple(table["model"].unique().sort()),
            judge=", ".join(table["judge"].unique().sort()),
            scenarios={name: ", ".join(found) for name, found in versions.iter_rows()},
            seeds=ranges(table["seed"].unique().sort().to_list()),
            arms=tuple(table["arm"].unique().sort()),
            notes=tuple(notes),
            study=study,
            study_hash=study_hash,
            reported=reported_models(table),
            prices=_prices(table, prices or {}),
        )

    def write(self, path: Path) -> None:
        """As JSON, for whoever takes the table without the page."""
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _prices(table: pl.DataFrame, given: Mapping[str, Price]) -> dict[str, Price]:
    names = {model: model.partition("(")[0] for model in table["model"].unique().sort()}
    found = {model: given.get(name) or price(name) for model, name in names.items()}
    return {model: each for model, each in found.items() if each and any(each)}


def ranges(numbers: Iterable[int]) -> str:
    """`0-19, 42` of rising whole numbers; the middle is left out when there are more than twelve pieces."""
    pieces: list[list[int]] = []
    for value in numbers:
        if pieces and value == pieces[-1][1] + 1:
            pieces[-1][1] = value
        else:
            pieces.append([value, value])
    words = [str(low) if low == high else f"{low}-{high}" for low, high in pieces]
    return ", ".join(words if len(words) <= 12 else [*words[:6], "…", *words[-6:]])


def cautions(table: pl.DataFrame) -> tuple[str, ...]:
    """Sentences on what in this table does not compare: several versions, judges, or texts under one name."""
    found = []
    versions = table.group_by("scenario").agg(pl.col("scenario_version").unique().sort()).sort("scenario")
    for name, several in versions.iter_rows():
        if len(several) > 1:
            found.append(f"The scenario {name} occurs in the versions {listed(several)}, counted together here.")
    judges = table.filter(pl.col("status") == "scored")["judge"].unique().sort().to_list()
    if len(judges) > 1:
        found.append(f"The verdicts are from different judges: {listed(judges)}.")
    same = ["scenario", "scenario_version", "condition", "seed"]
    unequal = table.group_by(same).agg(pl.col("briefing_hash").n_unique()).filter(pl.col("briefing_hash") > 1).height
    if unequal:
        found.append(
            f"In {count(unequal, 'case')} rollouts of the same scenario version, condition and seed started from "
            "unequal texts (their briefing hashes differ)."
        )
    return tuple(found)
