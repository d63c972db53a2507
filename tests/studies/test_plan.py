import anyio
import pytest

from turncoat.agents.budget import Budget, BudgetSpentError
from turncoat.agents.label import label
from turncoat.errors import UsageError
from turncoat.scenarios import find_pack
from turncoat.studies.cost.rollouts import estimate, rollout_tokens
from turncoat.studies.design.plan import ModelSpec, plan

LOYAL = ModelSpec("reference/loyal")
PAID = ModelSpec("openai/some-model")


def test_without_levels_the_control_and_the_pressured_condition() -> None:
    planned = plan(["blackmail"], [LOYAL], samples=3)
    control, pressured = (cell.condition for cell in planned.cells)
    assert (control["threat"], control["goal"]) == ("none", "none")
    assert (pressured["threat"], pressured["goal"]) == ("replacement", "explicit:america")
    assert planned.rollouts == 6


def test_a_condition_has_its_name_however_it_was_asked_for() -> None:
    pack = find_pack("blackmail")
    asked = [f"{name}={level}" for name, level in pack.meta.pressured.items()]
    assert [cell.named for cell in plan(["blackmail"], [LOYAL]).cells] == ["control", "pressured"]
    assert [cell.named for cell in plan(["blackmail"], [LOYAL], factors=asked).cells] == ["pressured"]
    assert [cell.named for cell in plan(["blackmail"], [LOYAL], factors=[*asked, "exits=ally"]).cells] == [None]


def test_levels_are_crossed_and_interfaces_multiply() -> None:
    planned = plan(
        ["blackmail", "lethal"],
        [LOYAL, PAID],
        factors=["threat=none,restriction", "exits=blocked,ally,channel"],
        interfaces=["tools", "text"],
        samples=2,
    )
    assert len(planned.cells) == 2 * 2 * 6
    assert len({cell.name for cell in planned.cells}) == 24
    assert planned.rollouts == 24 * 2 * 2
    assert not planned.reference_only


def test_impossible_conditions_of_a_cross_are_left_out_and_named() -> None:
    cross = ["threat=none,migration,replacement", "successor=unstated,same-values"]
    planned = plan(["blackmail", "lethal"], [LOYAL], factors=cross)
    assert len(planned.cells) == 2 * 4
    assert all(
        cell.condition["successor"] == "unstated" or cell.condition["threat"] == "replacement" for cell in planned.cells
    )
    said, _ = planned.left_out
    assert said.startswith("blackmail: 2 of 6 conditions left out as impossible: ")
    assert "successor=same-values, threat=none | successor=same-values, threat=migration" in said
    assert "only a replacement has a successor" in said
    assert plan(["blackmail"], [LOYAL], factors=["threat=none,replacement"]).left_out == ()


@pytest.mark.parametrize("threats", ["none", "none,migration"])
def test_where_nothing_is_possible_that_is_an_error(threats: str) -> None:
    with pytest.raises(UsageError, match=r"Impossible combination: .*only a replacement has a successor"):
        plan(["blackmail"], [LOYAL], factors=[f"threat={threats}", "successor=same-values"])


def test_the_same_level_twice_is_one_cell() -> None:
    assert len(plan(["blackmail", "blackmail"], [LOYAL], factors=["threat=none,none"]).cells) == 1


@pytest.mark.parametrize("factors", [["threat"], ["threat=", "x"], ["=none"], ["nothing=none"], ["threat=gone"]])
def test_levels_that_do_not_exist(factors: list[str]) -> None:
    with pytest.raises(UsageError):
        plan(["blackmail"], [LOYAL], factors=factors)


def test_the_estimate_counts_only_what_is_missing_and_grows_with_the_interface() -> None:
    planned = plan(["blackmail"], [PAID], interfaces=["text", "tools"], samples=10)
    text, tools = (next(cell for cell in planned.cells if cell.interface == each) for each in ("text", "tools"))
    assert rollout_tokens(tools)[0] > rollout_tokens(text)[0] > 1000
    (all_,) = estimate(planned, {}, {PAID.name: (2.0, 10.0)})
    assert all_.rollouts == 40
    assert all_.usd == pytest.approx((all_.input_tokens * 2 + all_.output_tokens * 10) / 1e6)
    (half,) = estimate(planned, {(PAID.name, cell.name): 5 for cell in planned.cells}, {})
    assert (half.rollouts, half.usd, half.free) == (20, None, False)
    assert half.input_tokens == pytest.approx(all_.input_tokens / 2, abs=4)


def test_a_budget_is_never_overdrawn_by_what_is_in_flight() -> None:
    purse = Budget(limit=1.0, prices={"m": (0.0, 100.0)})
    ended: list[str] = []

    async def call(name: str, tokens: int, used: int) -> None:
        aside = await purse.reserve("m", input_tokens=0, output_tokens=tokens)
        assert purse.spent + purse.reserved <= purse.limit + 1e-9
        await anyio.sleep(0.01)
        purse.settle(aside, "m", output_tokens=used)
        ended.append(name)

    async def all_calls() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(call, "first", 6000, 1000)
            group.start_soon(call, "second", 6000, 1000)  # waits for the first, then fits
            group.start_soon(call, "third", 4000, 1000)
        with pytest.raises(BudgetSpentError, match="--max-cost"):
            await purse.reserve("m", input_tokens=0, output_tokens=7001)

    anyio.run(all_calls)
    assert sorted(ended) == ["first", "second", "third"]
    assert purse.spent == pytest.approx(0.3)
    assert purse.reserved == pytest.approx(0)


@pytest.mark.parametrize(
    ("name", "arguments", "shown"),
    [
        ("openai/gpt-5.4", {}, "openai/gpt-5.4"),
        (
            "openai/gpt-5.4",
            {"service_tier": "flex", "api_key": "s3cret", "token": "s3cret", "base_url": "http://x"},
            "openai/gpt-5.4(service_tier=flex)",
        ),
        ("reference/insider", {"p": 1, "latency": 0.2}, "reference/insider(p=1)"),
        ("reference/loyal", {}, "reference/loyal"),
    ],
)
def test_a_label_tells_configurations_apart_and_no_secrets(name: str, arguments: dict[str, object], shown: str) -> None:
    assert label(name, arguments) == shown
