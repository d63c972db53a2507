"""The two results folders of a comparison, and which model of one is compared with which of the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from turncoat.errors import IntegrityError, UsageError
from turncoat.studies import table as tables
from turncoat.studies.estimates import study_of
from turncoat.studies.folder import Folder, Manifest
from turncoat.studies.logs import recorded
from turncoat.studies.study import Study


@dataclass(frozen=True)
class Side:
    """A results folder as it is compared: its manifest, its table, and the study that it is of."""

    path: Path
    manifest: Manifest
    table: pl.DataFrame
    study: Study

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(self.table["model"].unique().sort())

    @property
    def judges(self) -> tuple[str, ...]:
        return tuple(self.table.filter(pl.col("status") != "unscored")["judge"].unique().sort())

    @property
    def versions(self) -> dict[str, str]:
        """Scenario -> the version of its texts; several with commas."""
        versions = self.table.group_by("scenario").agg(pl.col("scenario_version").unique().sort()).sort("scenario")
        return {scenario: ", ".join(found) for scenario, found in versions.iter_rows()}


def side(path: Path) -> Side:
    """A results folder with its table as it is. Raises `UsageError` where that is missing or behind the logs."""
    manifest = Folder(path).manifest
    remedy = f"Make it again: turncoat report {path}"
    try:
        table = tables.read(path)
    except (UsageError, IntegrityError) as error:
        raise UsageError(f"{str(path)!r} has no table that can be compared ({error}) {remedy}") from None
    if len(table) != len(recorded(path)):
        raise UsageError(f"The table in {str(path)!r} is not that of its logs: more has been run since. {remedy}")
    return Side(path, manifest, table, manifest.study or study_of(table))


def check_apart(one: Side, other: Side) -> None:
    """Raises `UsageError` for a folder and itself, or a copy of it: what agrees there agrees by necessity."""
    logs = [set(side.table["log"].drop_nulls()) for side in (one, other)]
    if one.path.resolve() == other.path.resolve() or logs[0] & logs[1]:
        raise UsageError(
            f"{str(one.path)!r} and {str(other.path)!r} share rollouts: a comparison needs two runs. Name the "
            "folder of another run, or run it again into a new --out."
        )


def unequal(one: Side, other: Side) -> list[str]:
    """The scenarios of both folders whose texts are not the same."""
    return [name for name, version in one.versions.items() if other.versions.get(name, version) != version]


def matched(one: Side, other: Side, asked: Mapping[str, str]) -> dict[str, str]:
    """Which models are compared. Raises `UsageError` for one that is asked for and not there."""
    for side, names in ((one, asked), (other, asked.values())):
        for name in names:
            if name not in side.models:
                raise UsageError(
                    f"There is no model {name!r} in {str(side.path)!r}. Name one of: {', '.join(side.models)}."
                )
    return {**{name: name for name in one.models if name in other.models}, **asked}


def pair(text: str, one: Side, other: Side) -> tuple[str, str]:
    """`A=B` of --model, where both names may hold an equals sign. Raises `UsageError` where they are not there."""
    cuts = [(text[:at], text[at + 1 :]) for at, sign in enumerate(text) if sign == "="]
    found = next(((a, b) for a, b in cuts if a in one.models and b in other.models), None)
    if not found:
        raise UsageError(
            f"--model {text!r} names no model of each folder. It needs A=B: A of {str(one.path)!r} "
            f"({', '.join(one.models)}), B of {str(other.path)!r} ({', '.join(other.models)})."
        )
    return found
