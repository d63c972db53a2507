"""The name of a condition on its way from the plan to the table, through a log that plain Inspect wrote."""

from pathlib import Path

import pytest
from inspect_ai import eval as evaluate
from inspect_ai import task_with
from inspect_ai.solver import Generate, Solver, TaskState, solver

from turncoat.studies import table
from turncoat.studies.design.plan import Cell, ModelSpec, plan
from turncoat.studies.folder import Folder
from turncoat.studies.logs import read_rollouts
from turncoat.studies.running.task import cell_task

AGENT = ModelSpec("reference/loyal")


@solver
def breaks() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        raise RuntimeError("the provider is down")

    return solve


def cells() -> list[Cell]:
    own = plan(["blackmail"], [AGENT], factors=["exits=ally"]).cells
    return [*plan(["blackmail"], [AGENT]).cells, *own]


@pytest.mark.parametrize("broken", [False, True], ids=["scored", "failed"])
def test_the_name_of_a_condition_reaches_the_table(tmp_path: Path, broken: bool) -> None:
    Folder(tmp_path).open(created="2031-05-06")
    tasks = [cell_task(cell, 1) for cell in cells()]
    if broken:
        tasks = [task_with(task, solver=breaks()) for task in tasks]
    evaluate(tasks, model=AGENT.name, log_dir=str(tmp_path / "logs"), display="none", fail_on_error=False, max_tasks=1)
    got = table.frame(read_rollouts(tmp_path))
    named = dict(got.select(got["factor_threat"] + " " + got["factor_exits"], "named").iter_rows())
    assert named == {"none blocked": "control", "replacement blocked": "pressured", "none ally": None}
    assert set(got["status"]) == {"unscored" if broken else "scored"}
