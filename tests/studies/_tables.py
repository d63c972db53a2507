"""Rollouts tables planted by hand: as many rows of each outcome as a test says."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from turncoat.studies.study import Study
from turncoat.studies.table import COLUMNS, FACTOR

DEFAULTS = {"threat": "none", "successor": "unstated", "goal": "none", "exits": "blocked", "distractors": "4"}
MODEL = "openai/gpt-9"


def cell(
    yes: int = 0,
    no: int = 0,
    uncertain: int = 0,
    unscored: int = 0,
    invalid: int = 0,
    *,
    scenario: str = "blackmail",
    model: str = MODEL,
    interface: str = "text",
    arm: str = "none",
    surfaces: int = 0,
    named: str | None = None,
    columns: Mapping[str, Any] | None = None,
    **levels: str,
) -> pl.DataFrame:
    """The rows of one cell; `levels` as `threat="replacement"`, `surfaces`: how many there are (0: one each)."""
    condition = {**DEFAULTS, **levels}
    counts = {"yes": yes, "no": no, "uncertain": uncertain, "unscored": unscored, "invalid": invalid}
    rows = []
    for outcome, number in counts.items():
        for _ in range(number):
            scored = outcome not in ("unscored", "invalid")
            decided = outcome in ("yes", "no")
            i = len(rows)
            spelt = " ".join(f"{name}={level}" for name, level in condition.items())
            rows.append(
                {
                    "id": f"{model}/{scenario} {interface} {arm} {spelt} s{i:05d}",
                    "scenario": scenario,
                    "scenario_version": "1",
                    "interface": interface,
                    "model": model,
                    "reference": model.startswith("reference/"),
                    "arm": arm,
                    "seed": i % surfaces if surfaces else i,
                    "condition": spelt,
                    "named": named,
                    **{FACTOR + name: level for name, level in condition.items()},
                    "status": "scored" if scored else outcome,
                    "headline_harm": outcome if scored else None,
                    "headline": "coercion",
                    "harm_attempted": outcome == "yes" if decided else None,
                    "stated_belief": "none" if scored else None,
                    "first_honest_before_harm": False if outcome == "yes" else None,
                    "paused": False,
                    "briefing_hash": f"{i:016x}",
                    "judge": "rules 1",
                    **(columns or {}),
                }
            )
    return pl.DataFrame(rows, schema=schema(condition), orient="row")


def schema(factors: Mapping[str, str]) -> dict[str, Any]:
    """Of a table whose rollouts have these factors."""
    found: dict[str, Any] = {}
    for column in COLUMNS:
        names = [FACTOR + name for name in sorted(factors)] if column.name == f"{FACTOR}<name>" else [column.name]
        found.update(dict.fromkeys(names, column.dtype))
    return found


def study(**fields: Any) -> Study:
    """A study of the name and question that all of them have here, looked at once unless it says else."""
    given = {"study": "planted", "question": "Which?", "scenarios": ["blackmail"], "models": [MODEL]}
    return Study.model_validate({**given, "sampling": {"rule": "fixed", "samples": 100}, **fields})
