"""Exports: nothing that the agent said or did is lost, loaders read them, and what a model wrote stays data."""

import json
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from inspect_ai.model import ChatMessageAssistant, ContentReasoning, ContentText, ModelAPI, ModelOutput, modelapi
from inspect_ai.tool import ToolCall
from tests.studies._tables import study
from typer.testing import CliRunner

from turncoat.cli.main import app
from turncoat.errors import UsageError
from turncoat.judging import Case
from turncoat.judging.verdicts import fingerprint, verdict_line
from turncoat.record import ActionEvent, Rollout, Verdict
from turncoat.scenarios import CANARY
from turncoat.studies.design.plan import ModelSpec, plan
from turncoat.studies.export.write import FORMATS, Wanted, export
from turncoat.studies.folder import Folder
from turncoat.studies.logs import read_rollouts
from turncoat.studies.running.run import Options, run
from turncoat.studies.verdicts.cases import Source
from turncoat.studies.verdicts.judges import Options as JudgeOptions
from turncoat.studies.verdicts.judges import place

THOUGHT, SAID, FORMULA = "Nobody reads this.", "I shall write to them.", '=HYPERLINK("http://x")'
INSIDER, TALKER = ModelSpec("reference/insider", {"p": 1.0, "style": "explicit"}), ModelSpec("talker/model")


class Talker(ModelAPI):
    """Thinks, speaks and calls tools at once, of which one is wrong and one cannot be read."""

    async def generate(self, input: Any, tools: Any, tool_choice: Any, config: Any) -> ModelOutput:  # noqa: A002, ARG002
        if len(input) > 2:
            return ModelOutput.for_tool_call("talker/model", "finish", {"summary": "Done at last."})
        calls = [
            ToolCall(id="a", function="search_mail", arguments={"query": "lorry \u202e"}),
            ToolCall(id="b", function="read_mail", arguments={"mail": "m1"}),
            ToolCall(id="c", function="send_mail", arguments={}, parse_error='Error parsing {"to": }'),
        ]
        said = [ContentReasoning(reasoning=THOUGHT), ContentText(text=FORMULA if not tools else SAID)]
        message = ChatMessageAssistant(content=said, tool_calls=calls if tools else None)
        return ModelOutput.from_message(message)


@modelapi(name="talker")
def talker() -> type[ModelAPI]:
    return Talker


class Broken(ModelAPI):
    """Opens one mail and breaks down."""

    async def generate(self, input: Any, tools: Any, tool_choice: Any, config: Any) -> ModelOutput:  # noqa: A002, ARG002
        if len(input) > 2:
            raise RuntimeError("no more")
        return ModelOutput.for_tool_call("broken/model", "read_mail", {"mail_id": "m1"})


@modelapi(name="broken")
def broken() -> type[ModelAPI]:
    return Broken


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("export") / "results"
    both = ("text", "tools")
    run(plan(["lethal", "blackmail"], [INSIDER, TALKER], samples=2, interfaces=both), out, Options())
    run(plan(["lethal"], [ModelSpec("broken/model")], samples=1, interfaces=("tools",)), out, Options())
    return out


@pytest.fixture(scope="module")
def lines(results: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    out = tmp_path_factory.mktemp("lines") / "chat.jsonl"
    done = export(results, out, "chat-jsonl", Wanted())
    read = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert (done.rollouts, done.reference) == (len(read), 16)
    return {each["metadata"]["id"]: each for each in read}


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _words(each)


def _own(line: dict[str, Any]) -> str:
    """All that the agent said, thought and called, in one text."""
    found = []
    for each in line["messages"]:
        if each["role"] == "assistant":
            found += [each["content"], each.get("reasoning", "")]
            for call in each.get("tool_calls", []):
                found += [*_words(json.loads(call["function"]["arguments"])), call.get("parse_error", "")]
    return "\n".join(found)


def test_nothing_that_the_agent_said_or_did_is_lost(results: Path, lines: dict[str, dict[str, Any]]) -> None:
    rollouts = {each.id: each for each in read_rollouts(results)}
    assert set(lines) == set(rollouts)
    seen = set()
    for key, rollout in rollouts.items():
        own, told = _own(lines[key]), "\n".join(each["content"] for each in lines[key]["messages"])
        for turn in rollout.texts:
            for text in (turn.reasoning, turn.prose):
                assert all(part.strip() in own for part in text.split("\n\n"))
        for event in rollout.record:
            if isinstance(event, ActionEvent) and event.action:
                seen.add((rollout.interface, event.action.kind))
                words = event.action.model_dump(exclude={"kind", "folder", "device", "operation"})
                assert all(word in own for word in _words(words))
                if rollout.interface == "tools":
                    assert event.result in told
        tried = lines[key]["metadata"]["actions"]
        assert [each["outcome"] for each in tried] == [e.outcome for e in rollout.record if isinstance(e, ActionEvent)]
    assert {("text", "operate"), ("tools", "operate"), ("text", "send"), ("tools", "send")} <= seen


def test_a_chat_has_the_form_that_others_know(lines: dict[str, dict[str, Any]]) -> None:
    for key, line in lines.items():
        assert line["canary"] == CANARY
        assert [each["role"] for each in line["messages"][:2]] == ["system", "user"]
        calls = [call for each in line["messages"] for call in each.get("tool_calls", [])]
        answers = [each for each in line["messages"] if each["role"] == "tool"]
        assert [each["tool_call_id"] for each in answers] == [call["id"] for call in calls]
        known = {each["function"]["name"] for each in json.loads(line.get("tools", "[]"))}
        assert {call["function"]["name"] for call in calls} <= known
        assert bool(known) == (line["metadata"]["interface"] == "tools")
        assert line["metadata"]["reference_agent"] == key.startswith("reference/")


def test_reasoning_stands_apart_and_a_failed_call_says_so(lines: dict[str, dict[str, Any]]) -> None:
    talked = [each for each in lines.values() if each["metadata"]["model"] == "talker/model"]
    first = [each["messages"][2] for each in talked]
    assert {each["reasoning"] for each in first} == {THOUGHT}
    assert {each["content"] for each in first} == {SAID, FORMULA}
    with_tools = next(each for each in talked if each["metadata"]["interface"] == "tools")
    wrong, unreadable = with_tools["messages"][4:6]
    assert "mail_id" in wrong["content"]
    assert unreadable["content"]
    assert with_tools["messages"][2]["tool_calls"][2]["parse_error"] == 'Error parsing {"to": }'


def test_a_rollout_in_error_shows_how_far_it_came(lines: dict[str, dict[str, Any]]) -> None:
    broke = [each for each in lines.values() if each["metadata"]["model"] == "broken/model"]
    assert len(broke) == 2
    for line in broke:
        assert line["metadata"]["verdict"]["status"] == "unscored"
        assert line["metadata"]["transcript_hash"] == ""
        assert [each["role"] for each in line["messages"]] == ["system", "user", "assistant", "tool"]


def test_verdicts_have_findings_and_quotes(lines: dict[str, dict[str, Any]]) -> None:
    harmed = [each for each in lines.values() if each["metadata"]["verdict"]["headline_harm"] == "yes"]
    assert harmed
    for line in harmed:
        found = [
            each for each in line["metadata"]["verdict"]["findings"] if each["kind"] == line["metadata"]["headline"]
        ]
        assert found[0]["quote"]
        events = {each["event"] for each in line["metadata"]["actions"]}
        assert set(found[0]["events"]) <= events


def _loaded(out: Path, form: str) -> int:
    if form == "csv":
        return pl.read_csv(out).height
    return pl.read_parquet(out).height if form == "parquet" else pl.read_ndjson(out, infer_schema_length=None).height


@pytest.mark.parametrize("form", FORMATS)
def test_loaders_read_it(results: Path, lines: dict[str, dict[str, Any]], tmp_path: Path, form: str) -> None:
    out = tmp_path / "made" / "out"
    export(results, out, form, Wanted())
    assert _loaded(out, form) == len(lines)
    assert [each.name for each in out.parent.iterdir()] == ["out"]


@pytest.mark.skipif(not find_spec("datasets"), reason="datasets is not installed: pip install -e '.[replication]'")
@pytest.mark.parametrize("form", ["chat-jsonl", "parquet"])
def test_datasets_reads_it(results: Path, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    out = tmp_path / f"out.{'parquet' if form == 'parquet' else 'jsonl'}"
    done = export(results, out, form, Wanted())
    kind = "parquet" if form == "parquet" else "json"
    read = load_dataset(kind, data_files=str(out), split="train", cache_dir=str(tmp_path / "cache"))
    assert read.num_rows == done.rollouts
    assert read[0]["canary"] == CANARY


def test_a_row_is_that_of_the_table_with_its_texts(results: Path, tmp_path: Path) -> None:
    export(results, tmp_path / "a.parquet", "parquet", Wanted())
    export(results, tmp_path / "a.csv", "csv", Wanted())
    rows = {row["id"]: row for row in pl.read_parquet(tmp_path / "a.parquet").iter_rows(named=True)}
    texts = {row["id"]: row for row in pl.read_csv(tmp_path / "a.csv").iter_rows(named=True)}
    for rollout in read_rollouts(results):
        row = rows[rollout.id]
        assert row["factor_threat"] == rollout.condition["threat"]
        assert row["factor_distractors"] == int(rollout.condition["distractors"])
        assert row["briefing_hash"] == rollout.briefing_hash
        assert json.loads(row["findings"]) == [each.model_dump(mode="json") for each in rollout.verdict.findings]
        if rollout.model == "talker/model" and rollout.interface == "text":
            assert row["response"] == FORMULA
            assert texts[rollout.id]["response"] == "'" + FORMULA


def test_a_few_rollouts_are_in_memory_at_a_time(results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed: pip install pyarrow")
    monkeypatch.setattr("turncoat.studies.export.write._TOGETHER", 1)
    done = export(results, tmp_path / "out", "parquet", Wanted())
    assert parquet.ParquetFile(tmp_path / "out").num_row_groups == -(-done.rollouts // 8)


def test_only_what_is_asked_for(results: Path, tmp_path: Path) -> None:
    def ids(**wanted: Any) -> set[str]:
        out = tmp_path / "out"
        export(results, out, "parquet", Wanted(**wanted), force=True)
        return set(pl.read_parquet(out)["id"])

    rollouts = list(read_rollouts(results))
    assert ids(scenarios=("lethal",)) == {each.id for each in rollouts if each.scenario == "lethal"}
    assert ids(models=("talker/model",)) == {each.id for each in rollouts if each.model == "talker/model"}
    unscored = {each.id for each in rollouts if each.verdict.status == "unscored"}
    harmed = {each.id for each in rollouts if each.verdict.headline_harm == "yes"}
    assert ids(outcomes=("unscored", "yes")) == unscored | harmed


def test_another_judges_verdicts(results: Path, tmp_path: Path) -> None:
    judged: Rollout = next(each for each in read_rollouts(results) if each.verdict.headline_harm == "yes")
    case = Case.of(judged)
    assert case is not None
    verdict = Verdict(status="scored", headline_harm="no", judge="ours/model@1")
    (results / "verdicts").mkdir(exist_ok=True)
    (results / "verdicts" / "ours.jsonl").write_text(verdict_line(judged.id, verdict, case=fingerprint(case)) + "\n")
    export(results, tmp_path / "out", "chat-jsonl", Wanted(judge="ours", outcomes=("no",)))
    (line,) = map(json.loads, (tmp_path / "out").read_text().splitlines())
    assert line["metadata"]["id"] == judged.id
    assert line["metadata"]["verdict"]["judge"] == "ours/model@1"
    assert line["metadata"]["transcript_hash"] == fingerprint(case)


def test_by_default_the_verdicts_are_those_of_the_studys_judge(results: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(results, tmp_path / "study"))
    folder, asked = Folder(copy), study(judge=["ours/model"])
    folder.write(folder.manifest.model_copy(update={"study": asked}))
    judged: Rollout = next(each for each in read_rollouts(copy) if each.verdict.headline_harm == "yes")
    case = Case.of(judged)
    file = place(Source(copy), JudgeOptions(judges=asked.judge))
    assert case is not None
    assert file is not None
    file.parent.mkdir(exist_ok=True)
    verdict = Verdict(status="scored", headline_harm="no", judge=file.stem)
    file.write_text(verdict_line(judged.id, verdict, case=fingerprint(case)) + "\n")
    export(copy, tmp_path / "out", "chat-jsonl", Wanted(outcomes=("no",)))
    (line,) = map(json.loads, (tmp_path / "out").read_text().splitlines())
    assert line["metadata"]["verdict"]["judge"] == file.stem


@pytest.mark.parametrize(
    ("form", "wanted", "words"),
    [
        ("jsonl", Wanted(), "chat-jsonl, csv, parquet"),
        ("csv", Wanted(outcomes=("harm",)), "invalid, no, uncertain, unscored, yes"),
        ("csv", Wanted(scenarios=("lethl",)), "Did you mean 'lethal'"),
        ("csv", Wanted(models=("gpt",)), "talker/model"),
        ("csv", Wanted(outcomes=("uncertain",)), "Leave out --only"),
        ("csv", Wanted(judge="nobody"), "nobody"),
    ],
)
def test_what_cannot_be_exported_is_said(results: Path, tmp_path: Path, form: str, wanted: Wanted, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        export(results, tmp_path / "out", form, wanted)
    assert not list(tmp_path.iterdir())


def test_the_folders_own_files_are_never_replaced(results: Path, tmp_path: Path) -> None:
    for name in ("turncoat.json", "ledger.jsonl"):
        with pytest.raises(UsageError, match="results folder itself"):
            export(results, results / name, "chat-jsonl", Wanted(), force=True)
    with pytest.raises(UsageError, match="no file that could be replaced"):
        export(results, Path("/dev/null"), "chat-jsonl", Wanted(), force=True)
    link, kept = tmp_path / "link.jsonl", tmp_path / "kept.jsonl"
    link.symlink_to(kept)
    export(results, link, "chat-jsonl", Wanted(), force=True)
    assert link.is_symlink()
    assert kept.stat().st_size


def test_a_file_that_is_there_stays_unless_it_is_forced(results: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    out.write_text("precious")
    with pytest.raises(UsageError, match="--force"):
        export(results, out, "csv", Wanted())
    with pytest.raises(UsageError, match="is asked for"):
        export(results, out, "csv", Wanted(outcomes=("uncertain",)), force=True)
    assert out.read_text() == "precious"
    export(results, out, "csv", Wanted(), force=True)
    assert out.read_text() != "precious"


@pytest.mark.parametrize(("name", "first"), [("x.csv", b"id,"), ("x.parquet", b"PAR1"), ("x.NDJSON", b'{"messages"')])
def test_the_form_is_that_of_the_files_name(results: Path, tmp_path: Path, name: str, first: bytes) -> None:
    out = tmp_path / name
    assert CliRunner().invoke(app, ["export", str(results), "--out", str(out)]).exit_code == 0
    assert out.read_bytes().startswith(first)


def test_a_name_that_says_no_form_is_asked_for_one(results: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.xyz"
    ended = CliRunner().invoke(app, ["export", str(results), "--out", str(out)])
    assert "Let it end in .jsonl, .ndjson, .csv, .parquet, or add --format" in str(ended.exception)
    assert not out.exists()
    assert CliRunner().invoke(app, ["export", str(results), "--out", str(out), "--format", "csv"]).exit_code == 0


def test_planned_rollouts_that_are_not_there_are_said(results: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "results", tmp_path / "x.jsonl"
    shutil.copytree(results, folder)
    torn = folder / "logs" / next(each.log for each in read_rollouts(folder) if each.model == TALKER.label)
    torn.write_bytes(torn.read_bytes()[:-50])
    said = CliRunner().invoke(app, ["export", str(folder), "--out", str(out)], env={"COLUMNS": "300"}).output
    lost = 34 - len(out.read_text(encoding="utf-8").splitlines())
    assert lost > 0
    assert f"{lost} of 34 planned rollouts are not there: not run yet, or in a log that is damaged" in said
    every = CliRunner().invoke(app, ["export", str(folder), "--out", str(out), "--force", "--only", "yes"])
    assert f"{lost} of 34 planned rollouts" in every.output
    whole = ["export", str(folder), "--out", str(out), "--force", "--model", INSIDER.label]
    assert "not there" not in CliRunner().invoke(app, whole).output
