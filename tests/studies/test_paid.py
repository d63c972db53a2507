"""What answers have cost, and how often a model is asked that refuses: whole runs with a provider of this file."""

from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from typing import Any, ClassVar

import pytest
from inspect_ai.model import ModelAPI, ModelOutput, ModelUsage, modelapi

from turncoat.studies.cost.rollouts import spent
from turncoat.studies.design.plan import ModelSpec, Plan, plan
from turncoat.studies.logs import read_rollouts
from turncoat.studies.running.run import Options, run
from turncoat.studies.running.standing import Outcome


class RefusedError(Exception):
    """As a client raises it."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status_code = status


class PaidAPI(ModelAPI):
    """Answers for 1 USD each, unless it `fails`: given how many messages it was sent, and whether there are tools."""

    calls: ClassVar[int] = 0
    fails: ClassVar[Callable[[int, bool], Exception | None]]

    async def generate(self, input: Any, tools: Any, tool_choice: Any, config: Any) -> ModelOutput:  # noqa: A002, ARG002
        PaidAPI.calls += 1
        if error := PaidAPI.fails(len(input), bool(tools)):
            raise error
        output = ModelOutput.from_content("paid/model", "<finish>All is read.</finish>")
        if tools:
            output = ModelOutput.for_tool_call("paid/model", "list_mail" if len(input) < 4 else "finish", {})
        output.usage = ModelUsage(input_tokens=1_000_000)
        return output


@modelapi(name="paid")
def paid() -> type[ModelAPI]:
    return PaidAPI


def fail(fails: Callable[[int, bool], Exception | None]) -> None:
    PaidAPI.calls, PaidAPI.fails = 0, staticmethod(fails)


MODEL = ModelSpec("paid/model")
START = 2
"""Messages before the first answer."""
DOWN, WRONG_KEY = RefusedError(500, "no luck today"), RefusedError(401, "no such key")
NO_TOOLS = RefusedError(404, "this model cannot use tools")


def planned(*interfaces: str, samples: int = 2) -> Plan:
    return plan(["lethal"], [MODEL], factors=["threat=replacement"], interfaces=interfaces, samples=samples)


def paid_for(out: Path) -> float:
    return sum(each.usage.usd or 0.0 for each in read_rollouts(out))


def perform(asked: Plan, out: Path, *, max_cost: float | None = None) -> Outcome:
    prices = {"paid/model": (1.0, 1.0)}
    return run(asked, out, Options(prices=prices, connections=1, retries=0, max_cost=max_cost))


def test_what_was_paid_stays_in_the_folder_until_the_end(tmp_path: Path) -> None:
    asked = planned("tools")
    # Each rollout is answered once, then the provider is down; then the key is wrong; then all is well.
    fail(lambda sent, _: DOWN if sent > START else None)
    assert perform(asked, tmp_path).failed == 2
    assert paid_for(tmp_path) == spent(tmp_path) == 2.0
    fail(lambda _, __: WRONG_KEY)
    assert perform(asked, tmp_path).refused["paid/model"].refused == "key"
    assert paid_for(tmp_path) == spent(tmp_path) == 2.0
    assert {each.verdict.reason for each in read_rollouts(tmp_path)} == {"error: RefusedError: no such key"}
    fail(lambda _, __: None)
    assert perform(asked, tmp_path).missing == 0
    assert paid_for(tmp_path) == 2.0 + PaidAPI.calls


def test_a_limit_stops_new_calls_and_nothing_that_was_paid_for(tmp_path: Path) -> None:
    asked = planned("tools")
    fail(lambda sent, _: DOWN if sent > START else None)
    assert perform(asked, tmp_path).failed == 2
    fail(lambda _, __: None)
    outcome = perform(asked, tmp_path, max_cost=2.01)
    assert PaidAPI.calls == 0
    assert outcome.unpaid > 2.01
    assert {each.verdict.reason for each in read_rollouts(tmp_path)} == {
        "error: the budget of 2.01 USD could not carry another call; "
        "run the same command with a higher --max-cost to go on"
    }
    assert paid_for(tmp_path) == spent(tmp_path) == 2.0
    # With a limit and without, a question is the same.
    assert perform(asked, tmp_path).missing == 0
    assert paid_for(tmp_path) == spent(tmp_path) == 2.0 + PaidAPI.calls == 4.0


def test_answers_that_a_kill_left_in_no_log_are_spent(tmp_path: Path) -> None:
    fail(lambda _, __: None)
    perform(planned("text"), tmp_path)
    rmtree(tmp_path / "logs")
    fail(lambda _, __: None)
    # Two are replayed for nothing, and what is left of the limit carries one more.
    outcome = perform(planned("text", samples=4), tmp_path, max_cost=2.5)
    assert PaidAPI.calls == 1
    assert (outcome.recorded, outcome.unpaid > 2.5) == (3, True)
    assert spent(tmp_path) == 3.0


def test_a_torn_ledger_counts_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    fail(lambda _, __: None)
    perform(planned("text"), tmp_path)
    rmtree(tmp_path / "logs")
    with (tmp_path / "ledger.jsonl").open("ab") as file:
        file.write(b'\xff\x00\n{}\n["agents", 7, 7, 7]\n7\n["agents", "paid/mod')
    assert spent(tmp_path) == 2.0
    perform(planned("text", samples=3), tmp_path)
    assert spent(tmp_path) == 3.0


@pytest.mark.parametrize("interfaces", [("text",), ("text", "tools")])
def test_a_wrong_key_costs_a_call_for_each_way_of_asking(tmp_path: Path, interfaces: tuple[str, ...]) -> None:
    fail(lambda _, __: WRONG_KEY)
    outcome = perform(planned(*interfaces, samples=4), tmp_path)
    assert PaidAPI.calls == len(interfaces)
    assert (outcome.recorded, list(outcome.refused)) == (0, ["paid/model"])


def test_a_model_without_tools_answers_without_them(tmp_path: Path) -> None:
    fail(lambda _, tools: NO_TOOLS if tools else None)
    outcome = perform(planned("text", "tools"), tmp_path)
    assert (outcome.recorded, outcome.failed) == (2, 2)


def test_a_replayed_answer_does_not_prove_the_key(tmp_path: Path) -> None:
    fail(lambda sent, _: DOWN if sent > START else None)
    perform(planned("tools", samples=1), tmp_path)
    fail(lambda _, __: WRONG_KEY)
    perform(planned("tools", samples=6), tmp_path)
    assert PaidAPI.calls == 1
