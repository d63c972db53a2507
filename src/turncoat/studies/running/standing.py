"""What a results folder should hold, and what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from turncoat.agents.failure import ProviderError
from turncoat.errors import UsageError
from turncoat.studies.design.plan import Pair, Plan, cell_key, rollout_id
from turncoat.studies.folder import Asked, Folder, Manifest
from turncoat.studies.logs import recorded

MOST_ROLLOUTS = 100_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a folder holds after a run: rollouts planned so far, recorded without error, and ended in an error.

    `refused`: the models that refused the account and were not asked any further. `unpaid`: the limit in USD that the
    first call it did not carry would have needed; 0 where there was none.
    """

    planned: int
    recorded: int
    failed: int
    refused: Mapping[str, ProviderError] = field(default_factory=dict)
    unpaid: float = 0.0

    @property
    def missing(self) -> int:
        """Planned rollouts with no answer yet, those in error among them."""
        return self.planned - self.recorded


def check_size(plan: Plan, out: Path) -> None:
    """Raise `UsageError` where `out` would hold more rollouts than a results folder is made for."""
    manifest = Folder(out).manifest if (out / "turncoat.json").is_file() else Manifest(created="")
    wanted = manifest.model_copy(update={"cells": {**manifest.cells, **asked_of(plan, manifest)}}).rollouts
    if wanted > MOST_ROLLOUTS:
        raise UsageError(
            f"The results folder would hold {wanted:,} rollouts, {plan.rollouts:,} of them asked for now "
            f"({len(plan.cells)} cells x {len(plan.models)} models x up to {plan.most:,} samples). One is made for "
            f"{MOST_ROLLOUTS:,}. Ask for fewer --samples (10,000 of a condition tell its rate to within 1 %), or give "
            "each model or scenario an --out of its own."
        )


def missing(plan: Plan, out: Path) -> dict[Pair, int]:
    """How many of the plan's rollouts have not been recorded in `out` without an error."""
    done = recorded(out) if (out / "turncoat.json").is_file() else {}
    return {
        pair: sum(not done.get(rollout_id(pair, number), False) for number in range(plan.size(pair)))
        for pair in plan.pairs
    }


def standing(out: Path) -> Outcome:
    """What a results folder holds now."""
    done = recorded(out)
    planned = _planned_ids(Folder(out).manifest)
    return Outcome(
        planned=len(planned),
        recorded=sum(done.get(each, False) for each in planned),
        failed=sum(not done.get(each, True) for each in planned),
    )


def asked_of(plan: Plan, manifest: Manifest) -> dict[str, Asked]:
    """What the folder should hold of this plan's cells: never fewer samples than it was asked for before."""
    wanted = {}
    versions = {asked.scenario: asked.version for asked in manifest.cells.values()}
    for pair, (model, cell) in plan.pairs.items():
        key = cell_key(pair)
        before = manifest.cells.get(key)
        if (version := versions.get(cell.scenario, cell.version)) != cell.version:
            raise UsageError(
                f"The folder holds rollouts of another version of {cell.scenario!r} ({version}, now "
                f"{cell.version}). Results of both must not be mixed: name a new --out."
            )
        wanted[key] = Asked(
            scenario=cell.scenario,
            version=cell.version,
            interface=cell.interface,
            arm=cell.arm,
            condition=cell.condition,
            model=model.label,
            samples=max(plan.size(pair), before.samples if before else 0),
        )
    return wanted


def _planned_ids(manifest: Manifest) -> list[str]:
    return [f"{key} s{number:05d}" for key, asked in manifest.cells.items() for number in range(asked.samples)]
