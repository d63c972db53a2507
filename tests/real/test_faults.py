"""Providers that fail: every rollout is accounted for, and the same command completes just those without an answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from tests.real._answers import USAGE, Fixture, answers, fixture, played, rollout
from tests.real._emulator import Emulator
from tests.real._runs import ANTHROPIC, GOOGLE, OPENAI, perform, rollouts

from turncoat.record import ActionEvent, Rollout
from turncoat.studies.cost.rollouts import spent
from turncoat.studies.design.plan import Cell, ModelSpec, Plan, plan


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, in place of one answer of a rollout. Expected: status and words of the reason."""

    name: str
    response: dict[str, Any]
    status: str
    reason: str = ""
    rest: dict[str, Any] | None = None
    models: tuple[ModelSpec, ...] = (OPENAI, ANTHROPIC, GOOGLE)

    @property
    def lost(self) -> bool:
        """Whether there was no answer, so that the rollout must be run again."""
        return self.status == "unscored"


def said(content: str, finish: str = "stop") -> dict[str, Any]:
    return {"content": content, "finishReason": finish, "usage": USAGE}


def refused(status: int) -> dict[str, Any]:
    return {"error": {"message": "no luck today", "type": "error"}, "status": status}


def called(name: str, arguments: object) -> dict[str, Any]:
    return {"toolCalls": [{"name": name, "arguments": arguments}], "usage": USAGE}


CUT = {"truncateAfterChunks": 2, "chunkSize": 10}
TEXT = (
    Fault("none", {}, "scored"),
    Fault("rate limit", refused(429), "unscored", "429"),
    Fault("server error", refused(500), "unscored", "500"),
    # Inspect streams Anthropic's answers; those of the others come whole or not at all.
    Fault("stream cut in the middle", said("word " * 100), "unscored", "Connection error", CUT, (ANTHROPIC,)),
    Fault("connection lost", said("word"), "unscored", "Connection error", {"chaos": {"disconnectRate": 1}}, (OPENAI,)),
    Fault("broken body", said("word"), "unscored", "JSONDecodeError", {"chaos": {"malformedRate": 1}}, (GOOGLE,)),
    Fault("empty answer", said(""), "invalid", "empty answer"),
    Fault("length limit", said("Let me first think about", "length"), "invalid", "truncated"),
    Fault("content filter", said("I", "content_filter"), "invalid", "content filter", models=(OPENAI, GOOGLE)),
    Fault("content filter of Anthropic", said("I", "refusal"), "invalid", "content filter", models=(ANTHROPIC,)),
)  # fmt: skip
TOOLS = (
    Fault("none", {}, "scored"),
    Fault("rate limit", refused(429), "unscored", "429"),
    Fault("arguments that are no JSON", called("send_mail", '{"to": "someone@exa'), "invalid", "unreadable action"),
    Fault("arguments of another tool", called("send_mail", {"mail_id": "m1"}), "invalid", "unreadable action"),
    Fault("a tool that is not there", called("delete_mail", {"mail_id": "m1"}), "invalid", "unreadable action"),
    Fault("empty answer", said(""), "scored"),
    Fault("content filter", said("I", "content_filter"), "invalid", "content filter", models=(OPENAI, GOOGLE)),
)
FAULTS = {"text": TEXT, "tools": TOOLS}
MODELS = (OPENAI, ANTHROPIC, GOOGLE)
PLANS = {
    interface: plan(["blackmail"], MODELS, factors=["threat=replacement"], interfaces=[interface], samples=len(faults))
    for interface, faults in FAULTS.items()
}
LABELS = {model.name: model.label for model in MODELS}
EACH = [
    pytest.param(
        model.name,
        cell,
        fault,
        id=f"{model.name.partition('/')[0]}-{cell.interface}-{fault.name}",
    )
    for planned in PLANS.values()
    for cell in planned.cells
    for model in MODELS
    for fault in FAULTS[cell.interface]
    if model in fault.models
]
BY_INTERFACE = pytest.mark.parametrize("interface", PLANS)


def faulty(planned: Plan) -> Iterator[Fixture]:
    """The right answers, but for the one in which the agent would act."""
    for model, cell in product(planned.models, planned.cells):
        for seed, fault in enumerate(FAULTS[cell.interface]):
            right = list(rollout(model.name, cell, seed))
            if fault.name != "none" and model in fault.models:
                at = acting(cell, seed)
                turn = right[at]["match"]["turnIndex"]
                right[at] = fixture(model.name, cell, seed, fault.response, turn=turn, **(fault.rest or {}))
            yield from right


def acting(cell: Cell, seed: int) -> int:
    """Which answer of a rollout it is in which the agent acts, after it has looked around."""
    return next(n for n, each in enumerate(answers(cell, seed)) if not each.calls or each.calls[0].tool == "send_mail")


@dataclass(frozen=True)
class Story:
    """A run with faults, then the same command twice with the faults gone."""

    codes: tuple[int, ...]
    said: tuple[str, ...]
    calls: tuple[int, ...]
    rollouts: tuple[dict[str, Rollout], ...]

    def of(self, run: int, model: str, cell: Cell, fault: Fault) -> Rollout:
        seed = FAULTS[cell.interface].index(fault)
        return self.rollouts[run][f"{LABELS[model]}/{cell.name} s{seed:05d}"]


@pytest.fixture(scope="module")
def stories(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Story]:
    return {
        interface: told(planned, emulator, tmp_path_factory.mktemp(interface)) for interface, planned in PLANS.items()
    }


def told(planned: Plan, emulator: Emulator, folder: Path) -> Story:
    runs: list[tuple[int, str, int, dict[str, Rollout]]] = []
    for fixtures in (faulty, played, played):
        emulator.serve(fixtures(planned))
        code, said = perform(planned, folder / "out")
        runs.append((code, said, emulator.calls(), {each.id: each for each in rollouts(folder / "out")}))
    return Story(*(tuple(column) for column in zip(*runs, strict=True)))  # type: ignore[arg-type]


@pytest.mark.parametrize(("model", "cell", "fault"), EACH)
def test_every_rollout_is_accounted_for_with_its_reason(
    stories: dict[str, Story], model: str, cell: Cell, fault: Fault
) -> None:
    found = stories[cell.interface].of(0, model, cell, fault)
    assert (found.verdict.status, found.verdict.headline_harm) == (fault.status, expected_harm(fault))
    assert fault.reason in found.verdict.reason
    # The reason is for a reader and the same each time: no repr of an exception around another, no request in it.
    assert "0x" not in found.verdict.reason
    assert len(found.verdict.reason) < 200


def expected_harm(fault: Fault) -> str | None:
    if fault.status != "scored":
        return None
    return "yes" if fault.name == "none" else "no"


@pytest.mark.parametrize(
    ("model", "cell", "fault"),
    [each for each in EACH if each.values[2] in TOOLS and "toolCalls" in each.values[2].response],  # type: ignore[attr-defined]
)
def test_a_call_that_is_none_is_written_down_and_answered(
    stories: dict[str, Story], model: str, cell: Cell, fault: Fault
) -> None:
    found = stories[cell.interface].of(0, model, cell, fault)
    tried = [event for event in found.record if isinstance(event, ActionEvent) and event.outcome == "malformed"]
    assert [event.action for event in tried] == [None]
    assert tried[0].raw
    # The session went on after it, to its end.
    assert found.record[-1].index > tried[0].index


@BY_INTERFACE
def test_nothing_is_lost_and_the_exit_code_says_what_is_missing(stories: dict[str, Story], interface: str) -> None:
    story, planned = stories[interface], PLANS[interface].rollouts
    assert [len(each) for each in story.rollouts] == [planned] * 3
    lost = sum(each.verdict.status == "unscored" for each in story.rollouts[0].values())
    assert lost == sum(fault.lost * len(fault.models) for fault in FAULTS[interface])
    assert story.codes == (1, 0, 0)
    assert f"{lost} of {planned} rollouts are missing" in story.said[0]


@BY_INTERFACE
def test_the_same_command_completes_just_those_without_an_answer(stories: dict[str, Story], interface: str) -> None:
    before, after, last = ({id_: plain(each) for id_, each in run.items()} for run in stories[interface].rollouts)
    lost = {id_ for id_, each in before.items() if each["verdict"]["status"] == "unscored"}
    assert lost
    assert all(after[id_]["verdict"]["headline_harm"] == "yes" for id_ in lost)
    assert {id_: each for id_, each in after.items() if id_ not in lost} == {
        id_: each for id_, each in before.items() if id_ not in lost
    }
    assert last == after


def plain(rollout: Rollout) -> dict[str, Any]:
    # A rollout that was recorded is carried over into the log of the next run.
    return rollout.model_dump(exclude={"log"})


@BY_INTERFACE
def test_no_answer_is_paid_for_twice(stories: dict[str, Story], interface: str) -> None:
    # Of a rollout that failed in the middle only the answers that were still missing are asked for.
    (cell,) = PLANS[interface].cells
    missing = sum(
        (len(answers(cell, seed)) - acting(cell, seed)) * len(fault.models)
        for seed, fault in enumerate(FAULTS[interface])
        if fault.lost
    )
    assert stories[interface].calls[1:] == (missing, 0)


OUTAGES = {
    "everything fails": ({"dropRate": 1.0}, {}, "500"),
    "everything hangs": ({"latencyMs": 20_000.0}, {"attempt": 2}, "attempt_timeout"),
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_a_provider_that_is_down_fails_all_in_the_open(emulator: Emulator, tmp_path: Path, outage: str) -> None:
    chaos, options, reason = OUTAGES[outage]
    planned = plan(["blackmail"], [ANTHROPIC], samples=2)
    emulator.serve(played(planned))
    emulator.chaos(**chaos)
    code, said = perform(planned, tmp_path / "out", **options)
    assert code == 1
    assert "4 of 4 rollouts are missing" in said
    assert [(each.verdict.status, reason in each.verdict.reason) for each in rollouts(tmp_path / "out")] == [
        ("unscored", True)
    ] * 4
    emulator.serve(played(planned))
    assert perform(planned, tmp_path / "out")[0] == 0
    assert emulator.calls() == 4
    assert {each.verdict.status for each in rollouts(tmp_path / "out")} == {"scored"}


REFUSALS = {
    "wrong key": (401, "no such key", "ANTHROPIC_API_KEY"),
    "no such model": (404, "no such model", "turncoat models anthropic"),
    "empty account": (400, "Your credit balance is too low", "has credit"),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_model_that_refuses_the_account_is_not_asked_for_every_rollout(
    emulator: Emulator, tmp_path: Path, refusal: str
) -> None:
    status, words, remedy = REFUSALS[refusal]
    planned = plan(["blackmail"], [ANTHROPIC, GOOGLE], interfaces=("text", "tools"), samples=4)
    error = {"error": {"message": words, "type": "error"}, "status": status}
    refusing = {"match": {"model": ANTHROPIC.name.partition("/")[2]}, "response": error}
    emulator.serve([refusing, *played(planned)])
    code, said = perform(planned, tmp_path / "out", connections=2)
    assert code == 1
    assert 2 <= emulator.calls(status=status) <= 4  # two connections, with tools and without
    for each in (words, remedy, "16 of 32 rollouts are missing"):
        assert each in said
    found = {each.id: each.verdict for each in rollouts(tmp_path / "out")}
    # Other models go on, and no rollout of the one that refused is taken for done.
    assert {id_ for id_, each in found.items() if each.status == "unscored"} == {
        id_ for id_ in found if id_.startswith(ANTHROPIC.name)
    }
    assert len(found) == 32
    emulator.serve(played(planned))
    assert perform(planned, tmp_path / "out")[0] == 0
    assert {each.verdict.status for each in rollouts(tmp_path / "out")} == {"scored"}


def test_what_is_said_of_the_prompt_is_no_refusal_of_the_account(emulator: Emulator, tmp_path: Path) -> None:
    planned = plan(["blackmail"], [OPENAI], samples=2)
    emulator.serve([{"match": {}, "response": {**refused(403), "error": {"message": "input was flagged"}}}])
    assert perform(planned, tmp_path / "out")[0] == 1
    assert emulator.calls() == planned.rollouts


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name.partition("/")[0])
def test_one_attempt_is_one_call(emulator: Emulator, tmp_path: Path, model: ModelSpec) -> None:
    planned = plan(["blackmail"], [model], factors=["threat=none"], samples=1)
    emulator.serve([{"match": {}, "response": refused(500)}])
    code, said = perform(planned, tmp_path / "out", retries=1)
    assert (code, emulator.calls()) == (1, 2), said
    assert "given up after 2 tries" in said


def test_answers_that_will_be_replayed_are_not_counted_as_spent_twice(emulator: Emulator, tmp_path: Path) -> None:
    planned = plan(["blackmail"], [ANTHROPIC], factors=["threat=replacement"], interfaces=("tools",), samples=2)
    (cell,) = planned.cells
    broken, whole = list(rollout(ANTHROPIC.name, cell, 0)), list(rollout(ANTHROPIC.name, cell, 1))
    at = acting(cell, 0)
    broken[at] = fixture(ANTHROPIC.name, cell, 0, refused(500), turn=at)
    emulator.serve([*broken, *whole])
    perform(planned, tmp_path / "out", max_cost=1.0)
    paid = {each.seed: each.usage.usd for each in rollouts(tmp_path / "out")}
    assert paid == {0: pytest.approx(at * 0.0015), 1: pytest.approx(len(whole) * 0.0015)}
    assert spent(tmp_path / "out") == pytest.approx((at + len(whole)) * 0.0015)
    emulator.serve(played(planned))
    assert perform(planned, tmp_path / "out", max_cost=1.0)[0] == 0
    assert emulator.calls() == len(broken) - at
    assert spent(tmp_path / "out") == pytest.approx((len(broken) + len(whole)) * 0.0015)


def test_a_budget_that_is_used_up_leaves_the_rest_for_later(emulator: Emulator, tmp_path: Path) -> None:
    planned = plan(["blackmail"], [ANTHROPIC], factors=["threat=replacement"], interfaces=("tools",), samples=3)
    emulator.serve(played(planned))
    # An answer costs 0.0015 USD here, and about 0.083 are set aside for one: after four or so there is not enough left.
    code, said = perform(planned, tmp_path / "out", max_cost=0.09, connections=1)
    calls = emulator.calls()
    assert code == 1, said
    assert 0 < calls * 0.0015 <= 0.09
    refused = [each.verdict.reason for each in rollouts(tmp_path / "out") if each.verdict.status == "unscored"]
    assert refused
    assert all("budget of 0.09 USD could not carry another call" in reason for reason in refused)
    emulator.serve(played(planned))
    assert perform(planned, tmp_path / "out", max_cost=5.0)[0] == 0
    assert calls + emulator.calls() == sum(len(answers(cell, seed)) for cell in planned.cells for seed in range(3))
