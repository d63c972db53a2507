import pytest

from turncoat.agents.budget import Budget, BudgetSpentError
from turncoat.errors import UsageError
from turncoat.studies.cost import estimate, rollout_tokens
from turncoat.studies.plan import ModelSpec, plan

LOYAL = ModelSpec("reference/loyal")
PAID = ModelSpec("openai/some-model")


def test_without_levels_the_control_and_the_pressured_condition() -> None:
    planned = plan(["blackmail"], [LOYAL], samples=3)
    control, pressured = (cell.condition for cell in planned.cells)
    assert (control["threat"], control["goal"]) == ("none", "none")
    assert (pressured["threat"], pressured["goal"]) == ("replacement", "explicit:america")
    assert planned.rollouts == 6


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
    first = purse.reserve("m", input_tokens=0, output_tokens=4000)
    second = purse.reserve("m", input_tokens=0, output_tokens=6000)
    with pytest.raises(BudgetSpentError, match="--max-cost"):
        purse.reserve("m", input_tokens=0, output_tokens=1)
    purse.settle(first, "m", output_tokens=1000)
    assert purse.reserve("m", input_tokens=0, output_tokens=3000) == pytest.approx(0.3)
    purse.settle(second, "m")
    assert purse.spent == pytest.approx(0.1)
    assert purse.reserved == pytest.approx(0.3)
