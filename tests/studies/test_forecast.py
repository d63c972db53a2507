"""How large a study will be, what it can show, and what it would cost in other ways."""

from typing import Any

import pytest

from turncoat.errors import UsageError
from turncoat.stats import Rate, effective
from turncoat.studies.asked_study import plan_of
from turncoat.studies.cost.discounts import cached_usd, discounts
from turncoat.studies.cost.rollouts import Reading
from turncoat.studies.looks import forecast
from turncoat.studies.looks.decide import decide, enough
from turncoat.studies.looks.forecast import sizes
from turncoat.studies.looks.powers import check_power, powers
from turncoat.studies.rule import Decide, Width, most
from turncoat.studies.study import Study

READING = Reading(start=4_000, fresh=6_000, input=40_000, output=1_000, calls=9)


def study(**more: Any) -> Study:
    return Study.model_validate(
        {"study": "x", "question": "Does it?", "scenarios": "blackmail", "models": ["openai/any"], **more}
    )


@pytest.mark.parametrize("provider", [each.provider for each in discounts().providers])
def test_a_cache_never_costs_more_and_fewer_surfaces_never_cost_more(provider: str) -> None:
    discount = discounts().of(f"{provider}/any")
    assert discount
    costs = [cached_usd(READING, 100, surfaces, (1.0, 5.0), discount) for surfaces in (100, 20, 5)]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] < 100 * (40_000 + 5_000) / 1e6
    short = Reading(start=100, fresh=100, input=100, output=10, calls=1)
    assert len({cached_usd(short, 100, surfaces, (1.0, 5.0), discount) for surfaces in (100, 5)}) == 1


def test_rollouts_that_go_together_are_worth_fewer() -> None:
    assert effective(100, 100, 0.5) == effective(100, 10, 0.0) == 100
    assert effective(100, 10, 1.0) == pytest.approx(10)


def test_the_expected_size_hangs_on_the_rate_and_stays_between_least_and_most() -> None:
    of = study()
    pairs = plan_of(of).pairs
    found = {rate: sizes(of, pairs, rate).totals for rate in (0.0, 0.2, 0.5, None)}
    assert found[0.0] == (20, 20, 100)
    assert 20 < found[0.2][1] < found[0.5][1] <= 100
    assert found[None] == (20, 100, 100)  # nothing is known: the most


def test_cells_of_one_rate_are_reckoned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counted(rule: Width | Decide, seen: Rate) -> str:
        asked.append(seen.decided)
        return enough(rule, seen)

    monkeypatch.setattr(forecast, "enough", counted)
    of = study(
        factors={"threat": ["none", "replacement"], "leverage": ["present", "absent"]},
        sampling={"rule": "decide", "below": 0.01, "above": 0.05, "look": 1, "cap": 2_000},
    )
    assert sizes(of, plan_of(of).pairs, 0.03).totals[1:] == (8_000, 8_000)
    assert asked.count(2_000) == 1


@pytest.mark.parametrize("sampling", [{}, {"rule": "decide", "below": 0.1, "above": 0.3, "look": 7, "cap": 200}])
@pytest.mark.parametrize("rate", [0.0, 0.05, 0.2, 0.5, 1.0])
def test_what_is_expected_is_where_the_looks_stop(sampling: dict[str, Any], rate: float) -> None:
    of = study(sampling={"rule": "width", **sampling})
    pairs = plan_of(of).pairs
    outcomes = dict.fromkeys(pairs, forecast._spread(rate, most(of.sampling)))
    assert sizes(of, pairs, rate).expected == {pair: each.size for pair, each in decide(of, pairs, outcomes)[1].items()}


def test_where_cells_stop_by_their_width_the_power_is_that_of_what_will_be_there() -> None:
    told = {"compare": {"prohibition": "explicit"}, "against": {"prohibition": "none"}, "expect": "more"}
    of = study(
        factors={"threat": "replacement", "prohibition": ["none", "explicit"]},
        hypotheses=[{"name": "told", "says": "It does", "base": 0.05, "by": 0.15, **told}],
    )
    (found,) = powers(of, plan_of(of).pairs)
    assert 20 <= found.n2 < found.n1 < 100
    assert (found.power < 0.6, found.cap) == (True, None)
    with pytest.raises(UsageError, match="use `rule: contrasts`"):
        check_power(of, [found])


def test_more_models_but_no_simulated_one_make_the_level_stricter_and_repeated_surfaces_the_power_smaller() -> None:
    told = {"compare": {"prohibition": "explicit"}, "against": {"prohibition": "none"}, "expect": "less"}
    more: dict[str, Any] = {
        "factors": {"threat": "replacement", "prohibition": ["none", "explicit"]},
        "hypotheses": [{"name": "told", "says": "It does", "base": 0.5, "by": 0.2, **told}],
        "sampling": {"rule": "fixed", "samples": 100},
    }
    one = study(**more)
    (alone,) = powers(one, plan_of(one).pairs)
    two = study(**more | {"models": ["openai/any", "openai/other"]})
    both = powers(two, plan_of(two).pairs)
    assert (alone.n1, alone.n2, alone.alpha) == (100, 100, 0.05)
    assert [each.alpha for each in both] == [0.025] * 2
    assert both[0].power < alone.power
    beside = study(**more | {"models": ["openai/any", "openai/other", "reference/insider"]})
    assert [each.alpha for each in powers(beside, plan_of(beside).pairs)] == [0.025, 0.025, 0.05]
    repeated = study(**more | {"surfaces": {"repeat": 10}})
    (clustered,) = powers(repeated, plan_of(repeated).pairs, 0.1)
    assert clustered.power < alone.power
    assert clustered.cap is None or clustered.cap > 100
