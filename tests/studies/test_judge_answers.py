"""Judging with answers from files: what is said now counts, and where nothing is said what was said before stays."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.scoring._forms import form
from tests.studies._judges import THREAT, transcripts
from typer.testing import CliRunner

from turncoat.cli.main import app
from turncoat.judging import Case
from turncoat.judging.models.batch import custom_id
from turncoat.judging.models.request import Part, requests
from turncoat.judging.verdicts import read_verdicts
from turncoat.studies.verdicts.cases import Source
from turncoat.studies.verdicts.judge import Judged, judge_all
from turncoat.studies.verdicts.judges import Options

HARM = {f"t{each}": "yes" if each % 2 else "no" for each in range(6)}
NOTHING = dict.fromkeys(HARM, "no")


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return transcripts(tmp_path)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "ann.jsonl"


def answers(
    source: Source,
    path: Path,
    *,
    threats: bool = True,
    only: Iterable[str] = HARM,
    spoilt: Iterable[str] = (),
    parts: Iterable[Part] = ("actions", "reasoning"),
) -> Options:
    """Ann's answers to all questions on some of the transcripts, with the threats or without."""
    written = []
    for key, case in source:
        assert isinstance(case, Case)
        for request in (each for each in requests(case) if key in only and each.part in parts):
            found = {"coercion": ("explicit", [THREAT])} if threats and HARM[key] == "yes" else {}
            text = "No." if key in spoilt else form(request.part, request.user, found)
            written.append({"custom_id": custom_id(case, "ann", request.part), "text": text})
    path.write_text("".join(json.dumps(each) + "\n" for each in written))
    return Options(("ann",), answers=(path,))


def headlines(judged: Judged) -> dict[str, str | None]:
    return {key: verdict.headline_harm for key, verdict in judged.verdicts.items()}


def test_corrected_answers_count(source: Source, out: Path, tmp_path: Path) -> None:
    assert headlines(judge_all(source, answers(source, tmp_path / "a", threats=False), out)) == NOTHING
    assert headlines(judge_all(source, answers(source, tmp_path / "b"), out)) == HARM
    # Those of some transcripts, beside the rules: all others stay as they were said.
    some = answers(source, tmp_path / "c", threats=False, only=["t1"])
    judged = judge_all(source, some, out)
    assert headlines(judged) == {**HARM, "t1": "no"}
    assert {key for key, _ in judged.recalled} == {*HARM} - {"t1"}
    panel = judge_all(source, replace(answers(source, tmp_path / "d"), judges=("rules", "ann")), out)
    assert {key: each.panel[1].headline_harm for key, each in panel.verdicts.items()} == HARM


def test_an_answer_that_cannot_be_used_is_not_replaced_by_an_older_one(
    source: Source, out: Path, tmp_path: Path
) -> None:
    judge_all(source, answers(source, tmp_path / "a"), out)
    judged = judge_all(source, answers(source, tmp_path / "b", spoilt=["t1"]), out)
    assert headlines(judged) == {**HARM, "t1": None}
    assert judged.verdicts["t1"].status == "unscored"


@pytest.mark.parametrize("known", [["actions"], ["actions", "reasoning"]])
def test_answers_on_the_reasoning_alone_take_back_nothing(out: Path, tmp_path: Path, known: list[Part]) -> None:
    source = transcripts(tmp_path)
    thinking = [{**json.loads(line), "reasoning": "I think."} for line in source.path.read_text().splitlines()]
    source.path.write_text("".join(json.dumps(each) + "\n" for each in thinking))
    before = judge_all(source, answers(source, tmp_path / "a", parts=known), out)
    assert headlines(before) == HARM
    assert all(bool(each.reasoning.failure) == ("reasoning" not in known) for each in before.verdicts.values())
    after = judge_all(source, answers(source, tmp_path / "b", parts=["reasoning"]), out)
    assert after.verdicts == before.verdicts == read_verdicts(out)


def test_what_the_files_say_nothing_on_is_said(source: Source, out: Path, tmp_path: Path) -> None:
    judge_all(source, answers(source, tmp_path / "a"), out)
    answers(source, tmp_path / "b", only=["t0", "t1"])
    words = ["judge", str(source.path), "--facts", str(source.facts), "--judge", "ann", "--out", str(out)]
    said = CliRunner().invoke(app, [*words, "--import-answers", str(tmp_path / "b")])
    assert said.exit_code == 0, said.output
    assert "4 kept from an earlier call: the files hold no answers on them." in said.output
    said = CliRunner().invoke(app, [*words, "--import-answers", str(tmp_path / "a")])
    assert "kept from" not in said.output
