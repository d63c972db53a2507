"""What a disclosure is made of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from turncoat.reports.cells import Group
from turncoat.reports.certainty import Certainty
from turncoat.reports.provenance import Provenance
from turncoat.reports.study import Answers, answers
from turncoat.scenarios import Pack
from turncoat.studies.estimates import Estimates
from turncoat.studies.folder import Manifest

_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A results folder as it was read: its table, counted and estimated.

    `packs`: those of its scenarios that are known, by name; `catalog`: name -> title of all that there are. `declared`:
    a study file said before the run what would be asked.
    """

    table: pl.DataFrame
    manifest: Manifest
    groups: tuple[Group, ...]
    estimates: Estimates
    certainty: Certainty
    packs: Mapping[str, Pack]
    catalog: Mapping[str, str]
    provenance: Provenance
    cautions: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        """Rollouts that were planned and have not been run."""
        return max(self.manifest.rollouts - self.table.height, 0)

    @property
    def answers(self) -> Answers:
        """What the study's claims say."""
        return answers(self.groups, self.estimates, missing=self.missing)

    @property
    def declared(self) -> bool:
        return self.manifest.study is not None

    @property
    def simulated(self) -> str:
        """`none`, `some` or `only`: how many of the rollouts are of reference agents."""
        flags = set(self.table["reference"])
        return "none" if True not in flags else "only" if flags == {True} else "some"

    @property
    def agents(self) -> str:
        """What to call those who were tested."""
        return {"none": "models", "some": "models and simulated agents", "only": "simulated agents"}[self.simulated]

    @property
    def days(self) -> str:
        """From when to when it was run, by the names of the logs."""
        found = sorted({day[1] for log in self.table["log"].unique() if (day := _DAY.match(log or ""))})
        if not found:
            return f"since {self.manifest.created[:10]}"
        return found[0] if len(found) == 1 else f"{found[0]} to {found[-1]}"
