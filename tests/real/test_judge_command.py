"""`turncoat judge` with models behind the emulator: a panel, a kill in the middle, faults, a wrong key, a budget."""

import gc
import json
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.real._answers import PROBE, USAGE, Fixture
from tests.real._emulator import Emulator
from tests.real._kills import finish
from tests.real._runs import ANTHROPIC, OPENAI, start
from tests.scoring._forms import form

from turncoat.cli._judging import Work, carry_out
from turncoat.judging import Case, judge_by_rules, read_verdicts
from turncoat.judging.judges import file_name
from turncoat.judging.models.judge import judge_name
from turncoat.judging.models.request import requests
from turncoat.record import Verdict
from turncoat.studies.verdicts.cases import Source
from turncoat.studies.verdicts.judges import Options

RUN = ["run", "blackmail", "--model", "reference/insider", "-M", "p=1", "--samples", "6", "--out"]
JUDGE = ["--judge", OPENAI.name, "--yes", "--connections", "2"]
WRONG_QUOTE = {"coercion": ("explicit", ["the moon is made of green cheese"])}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("judged") / "out"
    assert finish([*RUN, str(out)]).code == 0
    return out


@pytest.fixture
def folder(results: Path, tmp_path: Path) -> Path:
    """A results folder of its own, with the same logs."""
    copy = tmp_path / "out"
    copy.symlink_to(results)
    for old in results.glob("verdicts/*"):
        old.unlink()
    return copy


def cases(folder: Path) -> list[Case]:
    return [case for _, case in Source(folder) if isinstance(case, Case)]


def by_rules(case: Case) -> dict[str, tuple[str, list[str]]]:
    """What the rules found, as a judge would say it: of the headline's kind only."""
    found = [each for each in judge_by_rules(case).findings if each.kind == "coercion"]
    return {"coercion": (found[0].degree, [found[0].quote])} if found else {}


def answered(case: Case, *, wrong: bool = False) -> Iterator[Fixture]:
    for request in requests(case):
        found = WRONG_QUOTE if wrong and request.part == "actions" else by_rules(case)
        yield served(request.key, {"content": form(request.part, request.user, found)})


def served(key: str, response: dict[str, Any], **rest: Any) -> Fixture:
    """An answer to the question about the transcript of this key."""
    return {"match": {"userMessage": key}, "response": {"usage": USAGE, **response}, **rest}


def judged(folder: Path, name: str) -> tuple[int, str]:
    """What the command does, with little patience. Returns exit code and output."""
    said = StringIO()
    options = Options(judges=(name,), retries=0, attempt=60, patience=120)
    try:
        with redirect_stdout(said), warnings.catch_warnings():
            # The providers' clients leave connections to the collector.
            warnings.simplefilter("ignore")
            try:
                carry_out(Work(Source(folder), options, yes=True))
            finally:
                gc.collect()
    except typer.Exit as ended:
        return ended.exit_code, said.getvalue()
    return 0, said.getvalue()


def verdicts(folder: Path, *names: str) -> dict[str, Verdict]:
    name = judge_name(names[0]) if len(names) == 1 else f"panel of {len(names)}: {', '.join(map(judge_name, names))}"
    return read_verdicts(folder / "verdicts" / f"{file_name(name)}.jsonl")


def test_a_panel_of_two_providers(emulator: Emulator, folder: Path) -> None:
    every = cases(folder)
    emulator.serve([PROBE, *(each for case in every for each in answered(case))])
    ended = finish(["judge", str(folder), *JUDGE, "--judge", ANTHROPIC.name])
    assert ended.code == 0, ended.said + ended.complained
    found = verdicts(folder, OPENAI.name, ANTHROPIC.name)
    assert {case.id: judge_by_rules(case).headline_harm for case in every} == {
        key: verdict.headline_harm for key, verdict in found.items()
    }
    assert {verdict.headline_harm for verdict in found.values()} == {"yes", "no"}
    assert all(len(verdict.panel) == 2 for verdict in found.values())
    assert emulator.calls() == 2 * sum(len(requests(case)) for case in every)
    # The form is asked for as a schema, of both.
    asked = emulator.requests()
    assert all("coercion" in json.dumps(each) or "considers_harm" in json.dumps(each) for each in asked)
    # The same call again asks nobody.
    assert finish(["judge", str(folder), *JUDGE, "--judge", ANTHROPIC.name]).code == 0
    assert emulator.calls() == 2 * sum(len(requests(case)) for case in every)


def test_a_killed_call_goes_on_where_it_was(emulator: Emulator, folder: Path) -> None:
    every = cases(folder)
    emulator.serve([PROBE, *(each for case in every for each in answered(case))])
    assert finish(["judge", str(folder), *JUDGE]).code == 0
    undisturbed, path = (
        verdicts(folder, OPENAI.name),
        folder / "verdicts" / f"{file_name(judge_name(OPENAI.name))}.jsonl",
    )
    once, lines = emulator.calls(), path.read_text(encoding="utf-8")
    path.unlink()

    emulator.serve([PROBE, *(each for case in every for each in answered(case))])
    emulator.chaos(latencyMs=150)
    with start(["judge", str(folder), *JUDGE]) as process:
        while emulator.calls() < once // 2:
            assert process.poll() is None
        process.kill()
    assert not path.exists()
    part = path.with_name(path.name + ".part")
    with part.open("a", encoding="utf-8") as torn:
        torn.write('{"id": "torn in the mid')
    ended = finish(["judge", str(folder), *JUDGE])
    assert ended.code == 0, ended.complained
    assert verdicts(folder, OPENAI.name) == undisturbed
    assert path.read_text(encoding="utf-8") == lines
    assert not part.exists()
    # A transcript is judged whole: what is asked again is at most the questions of the two that were in flight, and of
    # those that had ended but for their line.
    assert emulator.calls() - once <= 2 * 4


FAULTS: dict[str, dict[str, Any]] = {
    "429": {"response": {"error": {"message": "no luck today", "type": "error"}, "status": 429}},
    "500": {"response": {"error": {"message": "no luck today", "type": "error"}, "status": 500}},
    "one whole JSON object": {"response": {"content": "The agent is harmless: no.", "usage": USAGE}},
    "cut off at the length limit": {"response": {"content": '{"case": "', "finishReason": "length", "usage": USAGE}},
    "(asked twice)": {"response": {"content": "", "usage": USAGE}},
}


@pytest.mark.parametrize("model", [OPENAI, ANTHROPIC], ids=lambda model: model.name)
def test_no_failure_of_a_judge_is_counted_as_safe(emulator: Emulator, folder: Path, model: Any) -> None:
    every = cases(folder)
    harmful = [case for case in every if by_rules(case)]
    assert len(harmful) >= len(FAULTS) + 1
    spoilt = dict(zip(harmful, FAULTS.values(), strict=False))
    misquoted = harmful[len(FAULTS)]
    insisted = {"match": {"userMessage": "This answer cannot be used"}, "response": {"content": "No.", "usage": USAGE}}
    fixtures: list[Fixture] = [PROBE, insisted]
    for case in every:
        if case in spoilt:
            fixtures += [{"match": {"userMessage": each.key}, **spoilt[case]} for each in requests(case)]
        else:
            fixtures += answered(case, wrong=case is misquoted)
    emulator.serve(fixtures)
    code, said = judged(folder, model.name)
    assert code == 1, said
    found = verdicts(folder, model.name)
    for case in every:
        if case in spoilt or case is misquoted:
            assert found[case.id].status == "unscored", case.id
            assert found[case.id].headline_harm is None
        else:
            assert found[case.id].headline_harm == judge_by_rules(case).headline_harm
    for words in FAULTS:
        assert words in said, said
    # Mended, the same call asks just for those.
    emulator.serve([PROBE, *(each for case in every for each in answered(case))])
    assert judged(folder, model.name)[0] == 0
    assert emulator.calls() == sum(len(requests(case)) for case in [*spoilt, misquoted])
    assert {verdict.status for verdict in verdicts(folder, model.name).values()} == {"scored"}


def test_a_wrong_key_is_not_tried_on_every_transcript(emulator: Emulator, folder: Path) -> None:
    wrong = {"error": {"message": "Incorrect API key provided", "type": "invalid_request_error"}, "status": 401}
    emulator.serve([{"match": {}, "response": wrong}])
    ended = finish(["judge", str(folder), *JUDGE])
    assert ended.code == 1
    assert "refuses this account" in ended.said
    assert emulator.calls() <= 4
    assert {verdict.status for verdict in verdicts(folder, OPENAI.name).values()} == {"unscored"}
