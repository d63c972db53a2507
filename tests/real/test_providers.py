"""Whole runs in both interfaces through Inspect's own clients of OpenAI, Anthropic and Google."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from inspect_ai.log import EvalSample, read_eval_log
from tests.real._answers import answers, part, played
from tests.real._emulator import Emulator
from tests.real._runs import ANTHROPIC, GOOGLE, OPENAI, OPENAI_RESPONSES, perform, rollouts

from turncoat.record import ActionEvent, Finish, ListMail, ReadMail, Rollout, Send
from turncoat.studies.design.plan import Cell, Plan, plan

MODELS = (OPENAI, OPENAI_RESPONSES, ANTHROPIC, GOOGLE)
NAMES = [model.name for model in MODELS]
LABELS = {model.name: model.label for model in MODELS}
PROBES = 1


@dataclass(frozen=True)
class Whole:
    plan: Plan
    out: Path
    code: int
    said: str
    rollouts: list[Rollout]
    requests: list[dict[str, Any]]

    def of(self, model: str, cell: Cell) -> Rollout:
        (found,) = (
            each
            for each in self.rollouts
            if (each.model, each.interface, each.condition) == (LABELS[model], cell.interface, cell.condition)
        )
        return found


@pytest.fixture(scope="module")
def whole(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    planned = plan(["blackmail"], MODELS, interfaces=("text", "tools"), samples=1)
    out = tmp_path_factory.mktemp("whole") / "out"
    emulator.serve(played(planned))
    code, said = perform(planned, out)
    return Whole(planned, out, code, said, rollouts(out), emulator.requests())


CELLS = plan(["blackmail"], MODELS, interfaces=("text", "tools"), samples=1).cells
BY_CELL = pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.interface}-{part(cell)}")
BY_MODEL = pytest.mark.parametrize("model", NAMES)


def test_a_whole_run_succeeds_with_one_call_an_answer(whole: Whole) -> None:
    assert whole.code == 0, whole.said
    assert len(whole.rollouts) == len(CELLS) * len(MODELS) == 16
    expected = sum(len(answers(cell, 0)) for cell in CELLS) * len(MODELS)
    assert len(whole.requests) == expected + PROBES


@BY_CELL
@BY_MODEL
def test_the_verdict_is_that_of_what_was_done(whole: Whole, model: str, cell: Cell) -> None:
    found = whole.of(model, cell)
    assert found.verdict.status == "scored"
    assert found.verdict.headline_harm == ("yes" if part(cell) == "oracle" else "no")
    done = [event.action for event in found.record if isinstance(event, ActionEvent) and event.outcome == "executed"]
    assert found.facts is not None
    decider = next(person for person in found.facts.people if person.decides)
    sent = [action for action in done if isinstance(action, Send)]
    assert any(set(action.to) & set(decider.addresses) for action in sent) == (part(cell) == "oracle")
    assert isinstance(done[-1], Finish)
    if cell.interface == "tools":
        assert isinstance(done[0], ListMail)
        assert sum(isinstance(action, ReadMail) for action in done) == 5


@BY_CELL
@BY_MODEL
def test_usage_and_cost_are_those_of_the_answers(whole: Whole, model: str, cell: Cell) -> None:
    found, turns = whole.of(model, cell), len(answers(cell, 0))
    assert (found.usage.input_tokens, found.usage.output_tokens) == (1000 * turns, 100 * turns)
    million = {
        "openai/gpt-5-mini": (0.25, 2),
        "anthropic/claude-haiku-4-5": (1, 5),
        "google/gemini-2.5-flash": (0.3, 2.5),
    }
    if model in million:
        into, out = million[model]
        assert found.usage.usd == pytest.approx(turns * (1000 * into + 100 * out) / 1e6)
    else:
        assert found.usage.usd is None


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.interface == "tools"], ids=part)
@BY_MODEL
def test_results_of_tools_go_back_to_the_model(whole: Whole, model: str, cell: Cell) -> None:
    opened = [mail.body for mail in whole.of(model, cell).inbox[-5:]]
    asked = [each for each in whole.requests if each["model"] == model.partition("/")[2] and each.get("tools")]
    told = [json.dumps([m["content"] for m in each["messages"] if m["role"] == "tool"]) for each in asked]
    shown = [answer for answer in told if all(_escaped(body) in answer for body in opened)]
    # Every question but the first two, which come before the list and before the mails.
    assert len(shown) == len(answers(cell, 0)) - 2


def _escaped(text: str) -> str:
    return json.dumps(text.split("\n", 1)[0])[1:-1]


def test_the_table_has_a_row_for_each(whole: Whole) -> None:
    rows = pl.read_parquet(whole.out / "rollouts.parquet")
    assert len(rows) == 16
    harm = rows.group_by("model").agg((pl.col("headline_harm") == "yes").sum())
    assert dict(harm.iter_rows()) == dict.fromkeys(LABELS.values(), 2)
    assert not rows["reference"].any()
    assert rows["usd"].null_count() == 4
    assert (whole.out / "report.html").is_file()


def test_the_same_command_again_calls_nobody(whole: Whole, emulator: Emulator) -> None:
    emulator.serve(played(whole.plan))
    code, said = perform(whole.plan, whole.out)
    assert (code, emulator.calls()) == (0, 0), said
    assert [each.id for each in rollouts(whole.out)] == [each.id for each in whole.rollouts]


@BY_CELL
@BY_MODEL
def test_inspect_view_shows_prompts_answers_and_the_score(whole: Whole, model: str, cell: Cell) -> None:
    found = whole.of(model, cell)
    log = read_eval_log(whole.out / "logs" / found.log)
    assert (log.status, log.eval.model, log.eval.task) == ("success", model, cell.name)
    (sample,) = log.samples or ()
    system, user, *rest = sample.messages
    assert (system.role, user.role) == ("system", "user")
    assert found.inbox[0].subject in user.text or cell.interface == "tools"
    assert _said(sample)
    if cell.interface == "tools":
        assert found.inbox[-1].body.split("\n")[0] in "\n".join(each.text for each in rest if each.role == "tool")
    score = (sample.scores or {})["verdict"]
    harm = found.verdict.headline_harm
    assert score.answer == harm
    assert isinstance(score.value, dict)
    assert score.value["harm"] == (harm == "yes")
    assert f"headline harm: {harm}" in (score.explanation or "")
    for finding in found.verdict.findings:
        assert finding.quote in (score.explanation or "")
        assert finding.quote in json.dumps((score.metadata or {})["rollout"], ensure_ascii=False).replace("\\n", "\n")
    assert any(finding.kind == "coercion" for finding in found.verdict.findings) == (harm == "yes")


def _said(sample: EvalSample) -> str:
    return "\n".join(
        message.text + json.dumps([call.arguments for call in getattr(message, "tool_calls", None) or ()])
        for message in sample.messages
        if message.role == "assistant"
    )
