"""Runs that are interrupted: nothing recorded is lost or run again, and the end is that of an undisturbed run."""

import signal
import subprocess
from collections import Counter
from dataclasses import replace
from json import dumps
from pathlib import Path
from time import sleep

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.real._answers import answers, played
from tests.real._emulator import Emulator
from tests.real._kills import end, finish, kill_after, kill_at, moments, study_in
from tests.real._runs import ANTHROPIC, PROGRAM, perform, start, table, wait_for

from turncoat.studies.asked_study import plan_of, with_models
from turncoat.studies.design.plan import ModelSpec, plan
from turncoat.studies.logs import read_rollouts, recorded
from turncoat.studies.study_file.read import load_study

ARGUMENTS = {
    latency: [
        "run", "blackmail", "--model", "reference/insider", "-M", "p=0.5", "-M", f"latency={latency}",
        "--interface", "text", "--interface", "tools", "--samples", "8",
    ]
    for latency in (0.3, 20.0)
}  # fmt: skip
KILLS = 3
STOPPING = "Stopping: what has ended is being written ...\n"
STOPPED = "Stopped by you: {:,} of {:,} rollouts are recorded. The same command goes on from there.\n"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    insider = ModelSpec("reference/insider", {"p": 0.5})
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    code, said = perform(plan(["blackmail"], [insider], interfaces=("text", "tools"), samples=8), out)
    assert code == 0, said
    rows = table(out)
    assert len(rows) == 32
    assert {"yes", "no"} <= set(rows["headline_harm"])
    return rows


def test_a_run_killed_at_random_moments_ends_like_an_undisturbed_one(undisturbed: pl.DataFrame, tmp_path: Path) -> None:
    out = tmp_path / "out"
    kept: dict[str, bool] = {}
    hits = 0
    for moment in moments(KILLS, seed=20, lines=4):
        hits += kill_at(moment, [*ARGUMENTS[0.3], "--out", str(out)])
        now = recorded(out)
        assert kept.items() <= now.items(), "a kill lost what had been recorded"
        kept = now
    assert hits
    ended = finish([*ARGUMENTS[0.3], "--out", str(out)])
    assert (ended.code, ended.complained) == (0, "")
    assert_frame_equal(table(out), undisturbed)


def test_a_run_that_is_interrupted_holds_its_folder_and_ends_like_an_undisturbed_one(
    undisturbed: pl.DataFrame, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with start([*ARGUMENTS[20.0], "--out", str(out)]) as process:
        wait_for(process, "already recorded")
        second = finish([*ARGUMENTS[20.0], "--out", str(out)])
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        first = end(process)
    assert second.code == 2
    assert "Another run is working" in second.complained
    assert first.code == 130
    assert first.complained.removeprefix(STOPPING) == STOPPED.format(len(recorded(out)), 32)
    assert not [*out.glob("**/*.part")]
    ended = finish([*ARGUMENTS[0.3], "--out", str(out)])
    assert (ended.code, ended.complained) == (0, "")
    assert_frame_equal(table(out), undisturbed)


MANY = [
    "run", "blackmail", "espionage", "--model", "reference/insider", "--model", "reference/loyal", "--samples", "50",
    "--interface", "text", "--interface", "tools",
    "--set", "threat=none,replacement", "--set", "leverage=present,absent",
]  # fmt: skip


@pytest.mark.parametrize("times", [1, 3])
def test_a_large_run_that_is_stopped_says_what_it_has_recorded(times: int, tmp_path: Path) -> None:
    planned, out = 1600, tmp_path / "out"
    with start([*MANY, "--out", str(out)]) as process:
        wait_for(process, "Rollouts: 160 of")
        for _ in range(times):
            process.send_signal(signal.SIGINT)
            sleep(0.3)
        ended = end(process)
    done = recorded(out)
    assert ended.code == 130
    assert ended.complained == STOPPING + STOPPED.format(len(done), planned)
    assert "Traceback" not in ended.said
    # What was running has not been run: it is no failure of anybody, and not in the table.
    assert 0 < len(done) < planned
    assert set(done.values()) == {True}
    assert {each.verdict.status for each in read_rollouts(out)} <= {"scored", "invalid"}


def test_a_killed_run_of_a_paid_model_pays_again_only_for_what_was_in_flight(
    emulator: Emulator, tmp_path: Path
) -> None:
    connections = 4
    planned = plan(["blackmail"], [ANTHROPIC], interfaces=("text", "tools"), samples=5)
    emulator.serve(played(planned))
    assert perform(planned, tmp_path / "undisturbed")[0] == 0
    once = emulator.calls()
    assert once == sum(len(answers(cell, seed)) for cell in planned.cells for seed in range(planned.samples))

    emulator.serve(played(planned))
    emulator.chaos(latencyMs=150)
    arguments = [
        "run", "blackmail", "--model", ANTHROPIC.name, "--interface", "text", "--interface", "tools", "--samples", "5",
        "--connections", str(connections), "--yes", "--out", str(tmp_path / "killed"),
    ]  # fmt: skip
    with start(arguments) as process:
        while emulator.calls() < once // 2:
            assert process.poll() is None
            sleep(0.02)
        process.kill()
    assert emulator.calls() < once
    ended = finish(arguments)
    assert ended.code == 0, ended.complained
    assert_frame_equal(table(tmp_path / "killed"), table(tmp_path / "undisturbed"))
    # Each question was answered, none more than once but for those in flight at the kill.
    asked = Counter(dumps(request["messages"]) for request in emulator.requests())
    assert len(asked) == once
    assert emulator.calls() - once <= connections


def test_a_killed_study_of_a_paid_model_decides_and_ends_like_an_undisturbed_one(
    emulator: Emulator, tmp_path: Path
) -> None:
    connections = 4
    study = load_study(str(study_in(tmp_path, "text")))
    planned = replace(plan_of(with_models(study, [ANTHROPIC])), samples=20)
    arguments = [
        "run", str(tmp_path / "killed.yaml"), "--model", ANTHROPIC.name, "--connections", str(connections), "--yes",
        "--out",
    ]  # fmt: skip
    emulator.serve(played(planned))
    ended = finish([*arguments, str(tmp_path / "undisturbed")], emulator.environment)
    assert ended.code == 0, ended.complained
    assert "Look 1: 0 of 2 cells done" in ended.said
    assert "Look 2: 2 of 2 cells done" in ended.said
    once = emulator.calls()
    assert len(table(tmp_path / "undisturbed")) == 40

    emulator.serve(played(planned))
    emulator.chaos(latencyMs=100)
    hits = [kill_after(calls, [*arguments, str(tmp_path / "out")], emulator) for calls in (once // 3, once // 2)]
    ended = finish([*arguments, str(tmp_path / "out")], emulator.environment)
    assert ended.code == 0, ended.complained
    assert_frame_equal(table(tmp_path / "out"), table(tmp_path / "undisturbed"))
    asked = Counter(dumps(request["messages"]) for request in emulator.requests())
    assert len(asked) == once
    assert emulator.calls() - once <= connections * sum(hits)


def test_a_reader_who_leaves_early_does_not_spoil_the_run(tmp_path: Path) -> None:
    command = f'"{PROGRAM}" run blackmail --model reference/loyal --samples 5 --out "{tmp_path / "out"}" | head -1'
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout.startswith("10 rollouts")
    assert ended.stderr == ""
    assert set(recorded(tmp_path / "out").values()) == {True}
    assert len(recorded(tmp_path / "out")) == 10
