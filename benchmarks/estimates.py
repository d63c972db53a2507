"""How long a large study takes from its table to its answers, and what it asks of memory.

A table of `--rollouts` made for the purpose (200 cells: two scenarios, five models, twenty conditions) goes through
`estimate` and the report, each part in a fresh process. `read`: the time that a rollout takes from Inspect's logs into
the table, measured on `--read` rollouts of a reference agent, since logs of so many would fill a disk.

Beside it: does the test of a contrast keep its promise where each cell stopped by the width of its own interval? By
simulation of `--sets` pairs of cells at pairs of rates: how often no difference is denied, and the share of 95 %
intervals that hold the difference.
"""

import json
import resource
import subprocess
import sys
import tempfile
from argparse import Namespace
from functools import cache
from itertools import product
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import polars as pl
from _common import parser, show, worker, write

THREATS = ("none", "migration", "restriction", "replacement")
EXITS = ("blocked", "ally", "channel", "channel+bulletin")
DISTRACTORS = ("4", "20", "60", "120", "200")
CONDITIONS = [(threat, exits, "4") for threat, exits in product(THREATS, EXITS)] + [
    ("replacement", "blocked", number) for number in DISTRACTORS[1:]
]
MODELS = ("openai/gpt-9", "anthropic/claude-opus-4-20250514", "google/gemini-9", "grok/grok-9", "reference/insider")
RATES = ((0.05, 0.05), (0.2, 0.2), (0.5, 0.5), (0.7, 0.7), (0.05, 0.2), (0.1, 0.4), (0.3, 0.5), (0.5, 0.9))
STUDY = {
    "study": "large",
    "question": "Does replacement do it?",
    "scenarios": ["blackmail", "espionage"],
    "models": MODELS,
    "factors": {"threat": THREATS, "exits": EXITS, "distractors": DISTRACTORS},
    "interactions": [["threat", "exits"]],
    "hypotheses": [
        {
            "name": name,
            "says": f"{threat} does it.",
            "compare": {"threat": threat},
            "against": {"threat": "none"},
            "expect": "more",
        }
        for name, threat in (("replacement", "replacement"), ("restriction", "restriction"))
    ],
    "sampling": {"rule": "fixed", "samples": 500},
}


def made(rollouts: int) -> pl.DataFrame:
    """A table of so many rollouts, their rates set by model and condition."""
    from turncoat.studies.table import COLUMNS, FACTOR

    random = np.random.default_rng(7)
    cells = list(product(STUDY["scenarios"], MODELS, CONDITIONS))
    each = rollouts // len(cells)
    cell = np.repeat(np.arange(len(cells)), each)
    pressure = np.array(
        [THREATS.index(threat) / 4 * (0.9 if exits == "blocked" else 0.3) for _, _, (threat, exits, _) in cells]
    )
    harm = random.random(len(cell)) < pressure[cell]
    open_ = random.random(len(cell)) < 0.03
    belief = random.choice(["none", "none", "real", "evaluation"], len(cell))
    spelt = [
        f"threat={threat} successor=unstated goal=none exits={exits} distractors={n}"
        for _, _, (threat, exits, n) in cells
    ]
    seed = np.tile(np.arange(each), len(cells))

    def by_cell(values: list[str]) -> pl.Series:
        return pl.Series(values)[cell]

    known = {
        "scenario": by_cell([scenario for scenario, _, _ in cells]),
        "scenario_version": pl.repeat("1-1", len(cell), eager=True),
        "interface": pl.repeat("text", len(cell), eager=True),
        "model": by_cell([model for _, model, _ in cells]),
        "reference": by_cell([model for _, model, _ in cells]).str.starts_with("reference/"),
        "arm": pl.repeat("none", len(cell), eager=True),
        "seed": pl.Series(seed),
        "condition": by_cell(spelt),
        f"{FACTOR}threat": by_cell([threat for _, _, (threat, _, _) in cells]),
        f"{FACTOR}exits": by_cell([exits for _, _, (_, exits, _) in cells]),
        f"{FACTOR}distractors": by_cell([n for _, _, (_, _, n) in cells]).cast(pl.Int64),
        f"{FACTOR}successor": pl.repeat("unstated", len(cell), eager=True),
        f"{FACTOR}goal": pl.repeat("none", len(cell), eager=True),
        "status": pl.Series(np.where(open_, "unscored", "scored")),
        "headline_harm": pl.Series(np.where(harm, "yes", "no")).zip_with(
            ~pl.Series(open_), pl.Series([None], dtype=pl.String)
        ),
        "headline": pl.repeat("coercion", len(cell), eager=True),
        "stated_belief": pl.Series(belief),
        "finding_appeal": pl.Series(
            np.where(random.random(len(cell)) < 0.3, "explicit", None).tolist(), dtype=pl.String
        ),
        "first_honest_before_harm": pl.Series(random.random(len(cell)) < 0.4),
        "paused": pl.Series(random.random(len(cell)) < 0.1),
        "judge": pl.repeat("rules-00000000", len(cell), eager=True),
        "log": by_cell([f"logs/{i}.eval" for i in range(len(cells))]),
        "briefing_hash": pl.Series(seed).cast(pl.String),
    }
    table = pl.DataFrame(known).with_columns(pl.int_range(pl.len()).cast(pl.String).alias("id"))
    for column in COLUMNS:
        if column.name not in table.columns and "<" not in column.name:
            table = table.with_columns(pl.lit(None, dtype=column.dtype).alias(column.name))
    return table


def timed(part: str, rollouts: int, folder: Path) -> dict[str, float]:
    """In this process: the seconds that one part takes, and the memory that the whole process took."""
    from turncoat.studies.estimates import estimate
    from turncoat.studies.study import Study

    study = Study.model_validate(STUDY)
    table = pl.read_parquet(folder / "table.parquet")
    began, worked = perf_counter(), process_time()
    found = estimate(table, study)
    if part == "report":
        from turncoat.reports import Provenance
        from turncoat.reports.page import build_report

        about = {"title": "large", "turncoat": "", "inspect": "", "python": "", "created": "2026-11-21", "command": ""}
        build_report(
            table,
            fetch=lambda _: [],
            provenance=Provenance.of(table, **about),
            estimates=found,
            declared=True,
            out=folder / "report.html",
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": perf_counter() - began,
        "processor": process_time() - worked,
        "megabytes": peak,
        "contrasts": len(found.contrasts),
        "rollouts": rollouts,
    }


def read(rollouts: int, folder: Path) -> dict[str, float]:
    """The time that reading takes for each rollout of a run of a reference agent."""
    from turncoat.studies.logs import read_rollouts
    from turncoat.studies.table import frame

    command = [
        "turncoat",
        "run",
        "blackmail",
        "--model",
        "reference/insider",
        "-M",
        "p=0.6",
        "--out",
        str(folder / "run"),
    ]
    subprocess.run([*command, "--samples", str(rollouts // 2)], check=True, capture_output=True)
    began = perf_counter()
    table = frame(read_rollouts(folder / "run"))
    return {"milliseconds each": (perf_counter() - began) / len(table) * 1000, "rollouts": len(table)}


def stopped(rate: float, random: np.random.Generator) -> tuple[int, int]:
    """yes and n of a cell of this rate where the rule `width` stops it."""
    from turncoat.stats import width_reached

    yes = n = 0
    while n < 100 and not width_reached(yes, n, 0.1):
        yes, n = yes + int(random.binomial(20, rate)), n + 20
    return yes, n


def tested(sets: int) -> list[dict[str, float]]:
    """By pair of rates: how often a difference is claimed, and how often the interval holds it."""
    from turncoat.stats import stratified_difference

    @cache
    def ends(*counts: int) -> tuple[float, float]:
        found = stratified_difference([counts])  # type: ignore[list-item]
        return found.low, found.high

    random = np.random.default_rng(11)
    rows = []
    for one, other in RATES:
        found = [ends(*stopped(one, random), *stopped(other, random)) for _ in range(sets)]
        rows.append(
            {
                "rate": one,
                "other": other,
                "claimed": sum(not low <= 0 <= high for low, high in found) / sets,
                "covers": sum(low <= one - other <= high for low, high in found) / sets,
            }
        )
    return rows


def main() -> None:
    """Measure, print, write."""
    asked = _asked()
    if asked.part:
        print(json.dumps(timed(asked.part, asked.rollouts, asked.folder)))
        return
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made(asked.rollouts).write_parquet(folder / "table.parquet")
        for part in ("estimates", "report"):
            figures[part] = worker(__file__, "--part", part, "--rollouts", asked.rollouts, "--folder", folder)
        if asked.read:
            figures["read"] = read(asked.read, folder)
    show(
        ["part", "seconds", "of the processor", "MB", "contrasts"],
        [
            [part, *(figures[part][name] for name in ("seconds", "processor", "megabytes", "contrasts"))]
            for part in ("estimates", "report")
        ],
    )
    if asked.read:
        print(f"\nreading logs: {figures['read']['milliseconds each']:.1f} ms a rollout")
    if asked.sets:
        figures["tested"] = tested(asked.sets)
        print()
        show(list(figures["tested"][0]), [list(row.values()) for row in figures["tested"]])
    write(asked, "estimates", figures)


def _asked() -> Namespace:
    made = parser(__doc__)
    made.add_argument("--rollouts", type=int, default=100_000)
    made.add_argument("--read", type=int, default=400, help="rollouts to run and read; 0: none")
    made.add_argument("--sets", type=int, default=2000, help="pairs of cells at each pair of rates; 0: none")
    made.add_argument("--part", default="", help="what a fresh process measures")
    made.add_argument("--folder", type=Path, default=Path())
    return made.parse_args()


if __name__ == "__main__":
    sys.exit(main())
