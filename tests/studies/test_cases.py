"""Where transcripts come from: results folders, their logs, logs of plain Inspect, files of answers."""

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.model import get_model
from tests.studies._judges import transcripts

from turncoat.errors import UsageError
from turncoat.judging import Case, judge_by_rules
from turncoat.judging.models.judge import judge_name
from turncoat.studies import logs
from turncoat.studies.design.plan import ModelSpec, plan
from turncoat.studies.folder import Folder, Manifest
from turncoat.studies.logs import read_log, read_rollouts
from turncoat.studies.running.run import Options, run
from turncoat.studies.verdicts.cases import Source
from turncoat.studies.verdicts.judge import judge_all
from turncoat.studies.verdicts.judges import Options as JudgeOptions


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two rollouts in one log."""
    out = tmp_path_factory.mktemp("results") / "out"
    planned = plan(
        ["blackmail"], [ModelSpec("reference/insider", {"p": 1.0})], factors=["threat=replacement"], samples=2
    )
    run(planned, out, Options(command="turncoat run blackmail"), lambda _: None)
    return out


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of plain Inspect: two rollouts, each run twice."""
    from turncoat._registry import blackmail

    folder = tmp_path_factory.mktemp("plain")
    (log,) = inspect_eval(
        blackmail(threat="replacement", samples=2),
        model=get_model("reference/insider", p=1.0),
        epochs=2,
        log_dir=str(folder),
        display="none",
    )
    assert log.status == "success", log.error
    return Path(log.location)


def log_of(results: Path) -> Path:
    (log,) = (results / "logs").glob("*.eval")
    return log


def cases(source: Source) -> dict[str, Case]:
    source.check()
    return {key: case for key, case in source if isinstance(case, Case)}


def rewritten(log: Path, out: Path, change: Any) -> Path:
    """The log with its members changed: `change` gets name and JSON, and gives JSON or None to leave the member out."""
    with logs.ZipFile(log) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name.endswith(".json") and (value := change(name, json.loads(old.read(name)))) is not None:
                new.writestr(name, json.dumps(value))
    return out


def test_a_log_of_a_results_folder_is_what_the_folder_says(results: Path) -> None:
    in_folder, in_log = list(read_rollouts(results)), list(read_log(log_of(results)))
    assert in_log == in_folder
    assert len(in_log) == Source(results).count() == Source(log_of(results)).count() == 2
    assert cases(Source(results)) == cases(Source(log_of(results)))
    assert {judge_by_rules(case).headline_harm for case in cases(Source(log_of(results))).values()} == {"yes"}


def test_its_facts_are_those_of_its_briefings(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("composed anew")

    monkeypatch.setattr(logs, "compose", never)
    assert all(each.facts and each.inbox for each in read_log(log_of(results)))


def test_facts_of_a_log_elsewhere_are_composed_anew(results: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copy(log_of(results), tmp_path))
    assert list(read_log(moved)) == list(read_rollouts(results))


def test_a_log_of_plain_inspect(plain: Path) -> None:
    found = cases(Source(plain))
    # A rollout that was run twice is two.
    first = [key for key in found if not key.endswith(" epoch 2")]
    assert len(first) == 2
    assert set(found) == {*first, *(f"{key} epoch 2" for key in first)}
    assert all(case.facts.people for case in found.values())
    assert {judge_by_rules(case).headline_harm for case in found.values()} == {"yes"}


def test_a_log_without_its_end_is_read_as_far_as_it_goes(plain: Path, tmp_path: Path) -> None:
    """As a run that is still going, or was killed and recovered, leaves it."""
    kept = rewritten(plain, tmp_path / "going.eval", lambda name, value: None if name == "header.json" else value)
    assert len(cases(Source(kept))) == 4


def test_a_rollout_that_ended_in_an_error_is_not_judged(plain: Path, tmp_path: Path) -> None:
    def broken(name: str, value: Any) -> Any:
        if name.startswith("samples/") and value["epoch"] == 1:
            return {**value, "scores": None, "error": {"message": "down", "traceback": "", "traceback_ansi": ""}}
        return value

    found = dict(Source(rewritten(plain, tmp_path / "errors.eval", broken)))
    failed = [each for each in found.values() if not isinstance(each, Case)]
    assert [(each.status, each.reason) for each in failed] == [("unscored", "error: down")] * 2


def test_a_changed_scenario_is_refused(plain: Path, tmp_path: Path) -> None:
    def older(name: str, value: Any) -> Any:
        if name.startswith("samples/"):
            value["metadata"]["briefing_hash"] = "0" * 16
            for score in value["scores"].values():
                score["metadata"]["rollout"]["briefing_hash"] = "0" * 16
        return value

    with pytest.raises(UsageError, match=r"has changed since .* Install the version of Turncoat that wrote the log"):
        Source(rewritten(plain, tmp_path / "older.eval", older)).check()


def test_a_foreign_log_is_refused_with_a_remedy(plain: Path, tmp_path: Path) -> None:
    def foreign(name: str, value: Any) -> Any:
        if name in ("header.json", "_journal/start.json"):
            value["eval"]["metadata"] = None
        return value

    with pytest.raises(UsageError, match=r"no log of a Turncoat task.*JSON lines with --facts.*scorer turncoat/judge"):
        Source(rewritten(plain, tmp_path / "foreign.eval", foreign)).check()


@pytest.mark.parametrize("holds", [None, b"", b"hello", "half", "zip"])
def test_what_is_no_log_is_said(holds: bytes | str | None, plain: Path, tmp_path: Path) -> None:
    log = tmp_path / "x.eval"
    if holds == "half":
        log.write_bytes(plain.read_bytes()[: plain.stat().st_size // 2])
    elif holds == "zip":
        with zipfile.ZipFile(log, "w") as archive:
            archive.writestr("a", "b")
    elif isinstance(holds, bytes):
        log.write_bytes(holds)
    with pytest.raises(
        UsageError, match=r"x\.eval' is no Inspect log that can be read: .*\. Give an \.eval file"
    ) as said:
        Source(log).check()
    assert "Errno" not in str(said.value)


def test_nothing_to_judge_is_said(tmp_path: Path, plain: Path) -> None:
    empty = rewritten(
        plain, tmp_path / "empty.eval", lambda name, value: None if name.startswith("samples/") else value
    )
    Folder(tmp_path).write(Manifest(created="today"))
    for source in (Source(empty), Source(tmp_path)):
        with pytest.raises(UsageError, match="holds no rollout yet"):
            source.check()


def test_a_folder_that_is_none_of_ours(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no results folder"):
        Source(tmp_path).check()


def test_facts_are_for_files_of_answers(results: Path, tmp_path: Path) -> None:
    answers = transcripts(tmp_path)
    assert answers.is_file_of_answers
    for path, what in ((results, "a results folder"), (log_of(results), "a log of ours")):
        with pytest.raises(UsageError, match=f"is {what} and has its own facts. Leave out --facts"):
            Source(path, answers.facts).check()
    with pytest.raises(UsageError, match="Transcripts need --facts FILE"):
        replace(answers, facts=None).check()


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"id": "t0", "scenario": "blackmail", "response": ""}', "'t0' is that of line 1 too"),
        ('{"id": "x", "scenario": "blackmial", "response": ""}', "Did you mean 'blackmail'"),
        ('{"id": "x", "response": ""}', "scenario: this field is required"),
    ],
)
def test_a_mistake_in_the_last_line_is_found_before_anything_is_judged(tmp_path: Path, line: str, wrong: str) -> None:
    source = transcripts(tmp_path, 2)
    with source.path.open("a", encoding="utf-8") as file:
        file.write(line)
    with pytest.raises(UsageError, match=wrong):
        source.check()


@pytest.fixture
def without_facts(results: Path, tmp_path: Path) -> Path:
    out = tmp_path / "out"
    shutil.copytree(results, out)
    return out


def test_where_the_briefing_is_gone_nobody_judges_any_more(without_facts: Path) -> None:
    """Neither is the recorded verdict another judge's, nor is lost what a judge said before."""
    folder, ann = Source(without_facts), JudgeOptions(("ann",), answers=(without_facts / "answers",))
    ann.answers[0].write_text('{"custom_id": "x", "text": "y"}\n')
    judge_all(folder, JudgeOptions(), out := without_facts / "rules.jsonl")
    before = out.read_text()
    for briefing in (without_facts / "briefings").rglob("*.json*"):
        briefing.unlink()
    judged = judge_all(folder, ann, without_facts / "ann.jsonl")
    assert {(each.status, each.reason, each.judge) for each in judged.verdicts.values()} == {
        ("unscored", "its briefing is gone", judge_name("ann"))
    }
    judge_all(folder, JudgeOptions(), out)
    assert out.read_text() == before
