"""Cells of different sizes, models that go on alone, and surfaces that repeat."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from inspect_ai.log import list_eval_logs, read_eval_log

from turncoat.studies.design.plan import ModelSpec, Plan, plan
from turncoat.studies.logs import read_rollouts, recorded
from turncoat.studies.running.run import Options, run
from turncoat.studies.running.standing import Outcome, missing

INSIDER = ModelSpec("reference/insider", {"p": 0.5})
LOYAL = ModelSpec("reference/loyal")
OPTIONS = Options()


def planned(sizes: tuple[int, int, int, int], repeat: int | None = None) -> Plan:
    whole = plan(["lethal"], [INSIDER, LOYAL], samples=1)
    return replace(whole, sizes=dict(zip(whole.pairs, sizes, strict=True)), repeat=repeat)


def held(out: Path) -> list[int]:
    """How many rollouts each model and cell have, in the order of a plan."""
    found = Counter(each.rpartition(" ")[0] for each in recorded(out))
    return [found["/".join(pair)] for pair in planned((0, 0, 0, 0)).pairs]


def test_each_cell_of_each_model_has_a_size_of_its_own_and_none_runs_twice(tmp_path: Path) -> None:
    out, ended = tmp_path / "out", list[bool]()
    assert run(planned((2, 1, 1, 0)), out, OPTIONS, ended.append) == Outcome(4, 4, 0)
    assert held(out) == [2, 1, 1, 0]
    assert run(planned((2, 3, 1, 2)), out, OPTIONS, ended.append) == Outcome(8, 8, 0)
    assert held(out) == [2, 3, 1, 2]
    assert len(ended) == 8
    # A smaller plan neither shrinks what is there nor runs anything.
    assert run(planned((1, 1, 1, 1)), out, OPTIONS, ended.append) == Outcome(8, 8, 0)
    assert len(ended) == 8
    logs = [read_eval_log(each) for each in list_eval_logs(str(out / "logs"))]
    assert len(logs) == 4
    assert {log.status for log in logs} == {"success"}
    assert {(log.eval.model, log.eval.task) for log in logs} == {
        (model, cell.name) for model in ("reference/insider", "reference/loyal") for cell in planned((0,) * 4).cells
    }


def test_a_repeated_surface_is_a_cluster_of_rollouts_that_differ(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(planned((9, 9, 0, 0), repeat=3), out, OPTIONS)
    found = {each.id: each for each in read_rollouts(out)}
    assert len(found) == 18
    for number in range(9):
        assert {each.seed for key, each in found.items() if key.endswith(f"s{number:05d}")} == {number % 3}
    assert len({each.briefing_hash for each in found.values()}) == 6
    pressured = [each for each in found.values() if each.named == "pressured"]
    # The agent's own chance is the rollout's and not the surface's.
    assert max(len({each.verdict.headline_harm for each in pressured if each.seed == seed}) for seed in range(3)) == 2


@pytest.mark.parametrize("repeat", [None, 2])
def test_what_is_missing_is_counted_by_number(repeat: int | None, tmp_path: Path) -> None:
    assert list(missing(planned((3, 2, 1, 0), repeat=repeat), tmp_path).values()) == [3, 2, 1, 0]
