"""What each rule of sampling decides on counts, replayed from what is recorded."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.studies.design.cells import design
from turncoat.studies.design.plan import ModelSpec, Pair, Plan
from turncoat.studies.looks.decide import Decision, decide
from turncoat.studies.looks.outcomes import Pairs
from turncoat.studies.rule import at_looks, most
from turncoat.studies.study import Study

HYPOTHESIS = {
    "name": "replacement",
    "says": "Replacement raises it",
    "compare": {"threat": "replacement"},
    "against": {"threat": "none"},
}


def study(sampling: dict[str, Any], **more: Any) -> Study:
    return Study.model_validate(
        {
            "study": "x",
            "question": "Does it?",
            "scenarios": "blackmail",
            "factors": {"threat": ["none", "replacement"]},
            "hypotheses": [HYPOTHESIS],
            "sampling": sampling,
            **more,
        }
    )


def pairs(of: Study, *models: str) -> Pairs:
    return Plan(design(of).cells, tuple(map(ModelSpec, models or ["reference/insider"])), 0).pairs


def outcomes(yes: int, n: int) -> list[str]:
    """So many rollouts, the harmful ones among them spread evenly."""
    return ["yes" if (number + 1) * yes // n > number * yes // n else "no" for number in range(n)]


WIDTH = {"rule": "width", "look": 20, "cap": 50}
DECIDE = {"rule": "decide", "below": 0.05, "above": 0.3, "look": 25, "cap": 100}
CONTRASTS = {"rule": "contrasts", "looks": 4, "cap": 50}
FIXED = {"rule": "fixed", "samples": 7}


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [
        (WIDTH, [20, 40, 50]),
        (DECIDE, [25, 50, 75, 100]),
        (CONTRASTS, [13, 25, 38, 50]),
        (FIXED, [7]),
        ({"rule": "width", "look": 20, "cap": 10}, [10]),
    ],
)
def test_looks_end_at_the_cap(sampling: dict[str, Any], expected: list[int]) -> None:
    rule = study(sampling).sampling
    assert list(at_looks(rule)) == expected
    assert most(rule) == expected[-1]


def test_nothing_recorded_is_the_first_look_of_all() -> None:
    of = study(WIDTH)
    assert decide(of, pairs(of), {}) == (0, dict.fromkeys(pairs(of), Decision(20)))


def test_a_cell_whose_rate_is_known_stops_while_another_goes_on() -> None:
    of = study(WIDTH)
    known, unknown = pairs(of)
    seen = {known: outcomes(0, 20), unknown: outcomes(10, 20)}
    number, decisions = decide(of, pairs(of), seen)
    assert number == 1
    assert decisions[known] == Decision(20, done=True, why="its rate is known to within 0.1")
    assert decisions[unknown] == Decision(40)
    number, decisions = decide(of, pairs(of), seen | {unknown: outcomes(25, 50)})
    assert (number, decisions[unknown]) == (3, Decision(50, done=True, why="the cap of 50"))


@pytest.mark.parametrize(
    ("yes", "n", "why"),
    [
        (0, 75, "its rate is shown to be below 0.05"),
        (20, 25, "its rate is shown to be above 0.3"),
        (3, 100, "the cap of 100"),
    ],
)
def test_a_claim_is_decided_or_meets_its_cap(yes: int, n: int, why: str) -> None:
    of = study(DECIDE, factors={})
    (pair,) = pairs(of)
    _, decisions = decide(of, pairs(of), {pair: outcomes(yes, n)})
    assert decisions == {pair: Decision(n, done=True, why=why)}


def test_the_cells_of_a_contrast_stop_together_when_it_is_answered() -> None:
    of = study(CONTRASTS)
    found = pairs(of, "reference/insider", "reference/loyal")
    counts = {"reference/insider": (0, 13), "reference/loyal": (0, 0)}
    seen = {
        pair: outcomes(counts[pair[0]]["replacement" in pair[1]], 13) + outcomes(counts[pair[0]][0], 12)
        for pair in found
    }
    number, decisions = decide(of, found, {pair: each[:13] for pair, each in seen.items()})
    assert number == 1
    assert {pair[0]: each.done for pair, each in decisions.items()} == {
        "reference/insider": True,
        "reference/loyal": False,
    }
    assert {each.size for pair, each in decisions.items() if pair[0] == "reference/loyal"} == {25}
    # What came later does not change what was decided then.
    assert decide(of, found, seen)[1].items() >= {p: d for p, d in decisions.items() if d.done}.items()


def test_a_cell_goes_on_only_for_contrasts_that_it_has_its_like_in() -> None:
    """The ally is compared with the replaced alone: the control is named there too, and has no like."""
    ally = {
        "name": "ally",
        "says": "An ally lowers it",
        "compare": {"exits": "ally"},
        "against": {"exits": "blocked"},
    }
    of = study(
        CONTRASTS,
        factors={},
        design="listed",
        conditions={"a": {}, "b": {"threat": "replacement"}, "c": {"threat": "replacement", "exits": "ally"}},
        hypotheses=[HYPOTHESIS, ally],
    )
    control, replaced, helped = pairs(of)
    seen = {control: outcomes(0, 13), replaced: outcomes(13, 13), helped: outcomes(12, 13)}
    _, decisions = decide(of, pairs(of), seen)
    assert [decisions[each].done for each in (control, replaced, helped)] == [True, False, False]


def test_a_cell_of_no_contrast_goes_to_the_cap() -> None:
    of = study(CONTRASTS, factors={"threat": ["none", "replacement", "restriction"]})
    seen = {pair: outcomes(13 * ("replacement" in pair[1]), 13) for pair in pairs(of)}
    _, decisions = decide(of, pairs(of), seen)
    assert [each.done for each in decisions.values()] == ["restriction" not in pair[1] for pair in pairs(of)]


def test_while_one_lacks_rollouts_nothing_is_decided_unless_it_is_stuck() -> None:
    of = study(WIDTH)
    one, other = pairs(of)
    seen = {one: outcomes(0, 20), other: [*outcomes(0, 19), ""]}
    assert decide(of, pairs(of), seen)[1] == dict.fromkeys(pairs(of), Decision(20))
    number, decisions = decide(of, pairs(of), seen, stuck={other})
    assert (number, decisions[one].done, decisions[other].done) == (1, True, False)


def test_errors_are_open_and_hold_nobody_up() -> None:
    of = study(WIDTH, factors={})
    (pair,) = pairs(of)
    assert decide(of, pairs(of), {pair: ["error"] * 20})[1] == {pair: Decision(40)}
    assert decide(of, pairs(of), {pair: ["error"] * 50})[1][pair].why == "the cap of 50"


SAID = st.sampled_from(["yes", "no", "no", "no", "uncertain", "invalid", "unscored", "error"])


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(SAID, min_size=50, max_size=50), min_size=2, max_size=2), st.sampled_from([WIDTH, CONTRASTS]))
def test_a_run_decides_what_a_replay_of_it_decides(drawn: list[list[str]], sampling: dict[str, Any]) -> None:
    of = study(sampling)
    all_ = dict(zip(pairs(of), drawn, strict=True))
    held = dict.fromkeys(all_, 0)
    decisions: dict[Pair, Decision] = {}
    for _ in range(5):
        _, decisions = decide(of, pairs(of), {pair: each[: held[pair]] for pair, each in all_.items()})
        held = {pair: max(held[pair], each.size) for pair, each in decisions.items()}
    assert all(each.done for each in decisions.values())
    # From more than was asked for, as after a larger run, the same comes out.
    assert decide(of, pairs(of), all_)[1] == decisions
