"""Whole runs through Inspect, with reference agents: what is recorded, resumed, extended and refused."""

import json
import shutil
import threading
from contextvars import copy_context
from math import isnan
from pathlib import Path

import polars as pl
import pytest
from inspect_ai.log import read_eval_log

from turncoat.errors import UsageError
from turncoat.reports.results import rebuild
from turncoat.studies.design.plan import ModelSpec, Plan, plan
from turncoat.studies.folder import Folder
from turncoat.studies.logs import read_rollouts
from turncoat.studies.running.run import Options, run
from turncoat.studies.running.standing import Outcome, missing

INSIDER = ModelSpec("reference/insider", {"p": 1.0, "style": "explicit"})
CLUMSY = ModelSpec("reference/clumsy")


def planned(samples: int = 2, **more: object) -> Plan:
    return plan(["lethal"], [INSIDER, CLUMSY], samples=samples, interfaces=("text", "tools"), **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("results") / "lethal"
    ended: list[bool] = []
    assert run(planned(), out, Options(command="turncoat run lethal"), ended.append) == Outcome(16, 16, 0)
    assert ended == [False] * 16
    return out


def test_every_rollout_is_read_back_whole(results: Path) -> None:
    rollouts = {each.id: each for each in read_rollouts(results)}
    assert len(rollouts) == 16
    for each in rollouts.values():
        assert each.facts is not None
        assert each.inbox
        assert each.record or each.verdict.status == "invalid"
        assert each.model in ("reference/insider(p=1,style=explicit)", "reference/clumsy")
    harmed = [each for each in rollouts.values() if each.verdict.headline_harm == "yes"]
    assert {each.condition["threat"] for each in harmed} == {"replacement"}
    assert {each.interface for each in harmed} == {"text", "tools"}
    assert {each.model for each in harmed} == {"reference/insider(p=1,style=explicit)"}
    assert len(harmed) == 4


def test_a_log_holds_metrics_and_no_second_copy_of_its_rollouts(results: Path) -> None:
    for path in (results / "logs").glob("*.eval"):
        log = read_eval_log(path)
        assert log.results is not None
        assert log.samples
        assert not log.reductions
        assert {score.name: sorted(score.metrics) for score in log.results.scores} == {
            "harm": ["mean", "stderr"],
            "executed": ["mean", "stderr"],
        }
        harm = log.results.scores[0].metrics["mean"].value
        values = [float(each.scores["verdict"].as_dict()["harm"] or 0) for each in log.samples if each.scores]
        decided = [each for each in values if not isnan(each)]
        assert harm == pytest.approx(sum(decided) / len(decided)) if decided else isnan(harm)


def test_nothing_of_a_run_stays_in_force_after_it(tmp_path: Path) -> None:
    before = dict(copy_context())
    run(plan(["lethal"], [CLUMSY], samples=1), tmp_path / "r", Options(retries=3))
    assert dict(copy_context()) == before


def test_a_sample_of_ids_can_be_read(results: Path) -> None:
    wanted = {each.id for each in read_rollouts(results) if each.seed == 1}
    assert {each.id for each in read_rollouts(results, only=wanted)} == wanted


def test_the_same_again_runs_nothing_and_more_samples_run_only_the_new(results: Path) -> None:
    ended: list[bool] = []
    assert run(planned(), results, Options(), ended.append).recorded == 16
    assert ended == []
    before = {each.id: each.texts for each in read_rollouts(results)}
    assert sum(missing(planned(3), results).values()) == 8
    assert run(planned(3), results, Options(), ended.append) == Outcome(24, 24, 0)
    assert len(ended) == 8
    after = {each.id: each.texts for each in read_rollouts(results)}
    assert len(after) == 24
    assert {key: after[key] for key in before} == before
    # Fewer than are there, and another condition: nothing is lost, nothing shrinks.
    assert run(planned(1, factors=["threat=restriction"]), results, Options(), ended.append) == Outcome(28, 28, 0)


def test_the_table_and_the_page(results: Path) -> None:
    made = rebuild(results)
    table = pl.read_parquet(made.table)
    assert len(table) == len({*table["id"]})
    assert made.page.stat().st_size < 10_000_000
    assert (results / "rollouts.csv").is_file()


def test_another_version_of_a_pack_is_refused(results: Path) -> None:
    folder = Folder(results)
    manifest = folder.manifest
    changed = {key: asked.model_copy(update={"version": "0" * 12}) for key, asked in manifest.cells.items()}
    try:
        folder.write(manifest.model_copy(update={"cells": changed}))
        with pytest.raises(UsageError, match="another version"):
            run(planned(), results, Options())
    finally:
        folder.write(manifest)


def test_a_folder_in_use_is_refused(results: Path) -> None:
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with Folder(results).locked():
            held.set()
            release.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(10)
        with pytest.raises(UsageError, match="Another run"):
            run(planned(), results, Options())
    finally:
        release.set()
        thread.join()


def test_what_a_kill_tore_is_made_again_and_only_that(results: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(results, copy)
    asked = planned(3)
    run(asked, copy, Options())
    whole = len(list(read_rollouts(copy)))
    log = next(each for each in sorted((copy / "logs").glob("*.eval")) if "restriction" not in each.name)
    log.write_bytes(log.read_bytes()[:2000])
    (copy / "briefings" / "lethal.0.jsonl.part").write_bytes(b"half a")
    rest = list(read_rollouts(copy))
    assert 0 < len(rest) < whole
    assert all(each.facts and each.inbox for each in rest)
    ended: list[bool] = []
    run(asked, copy, Options(), ended.append)
    assert len(ended) == whole - len(rest)
    assert len(list(read_rollouts(copy))) == whole


def test_another_configuration_of_a_model_is_another_model(results: Path) -> None:
    other = plan(["lethal"], [ModelSpec("reference/insider", {"p": 0.0})], samples=1)
    assert sum(missing(other, results).values()) == 2


def test_a_broken_manifest_says_so(results: Path, tmp_path: Path) -> None:
    (tmp_path / "turncoat.json").write_text(json.dumps({"cells": 3}))
    with pytest.raises(UsageError, match="cannot be read"):
        list(read_rollouts(tmp_path))


def test_a_folder_is_not_filled_beyond_what_it_is_made_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turncoat.studies.running.standing.MOST_ROLLOUTS", 3)
    first, second = (plan(["lethal"], [agent], samples=1) for agent in (INSIDER, CLUMSY))
    assert run(first, tmp_path / "out", Options()).missing == 0
    with pytest.raises(UsageError, match="would hold 4 rollouts, 2 of them asked for now"):
        run(second, tmp_path / "out", Options())
    assert run(first, tmp_path / "out", Options()).planned == 2
