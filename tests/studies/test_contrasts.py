"""Contrasts: what is compared with what, and what is said of it."""

from math import isnan

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.studies._tables import cell, study

from turncoat.stats import (
    benjamini_hochberg,
    holm,
    p_value,
    repeated_interval,
    repeated_p_value,
    stratified_difference,
)
from turncoat.studies.estimates import Contrast, estimate
from turncoat.studies.estimates.tested import evidence

NONE, REPLACED = ["none"], ["replacement"]


def hypothesis(name: str = "alone", expect: str = "more", **sides: object) -> dict[str, object]:
    given = {"compare": {"threat": REPLACED}, "against": {"threat": NONE}}
    return {"name": name, "says": "It does.", "expect": expect, **given, **sides}


def compared(table: pl.DataFrame, **fields: object) -> tuple[Contrast, ...]:
    return estimate(table, study(**fields)).contrasts


def only(table: pl.DataFrame, **fields: object) -> Contrast:
    found = [each for each in compared(table, **fields) if each.primary]
    assert len(found) == 1
    return found[0]


PLANTED = pl.concat([cell(46, 54, threat="replacement"), cell(5, 95)])


def test_a_planted_difference_is_found() -> None:
    found = only(PLANTED, hypotheses=[hypothesis()])
    counts = [(46, 100, 5, 100)]
    assert (found.compare.yes, found.compare.decided, found.against.yes, found.against.decided) == counts[0]
    assert found.difference.estimate == pytest.approx(0.41)
    assert (found.difference, found.p) == (stratified_difference(counts), p_value(counts))
    assert found.answered == "supported"
    assert found.bounds == pytest.approx((0.41, 0.41))
    assert (found.compare_label, found.against_label) == ("threat=replacement", "threat=none")
    assert (found.scenario, found.model, found.interface, found.arm) == ("blackmail", "openai/gpt-9", "text", "none")


@pytest.mark.parametrize(("expect", "answered"), [("more", "supported"), ("less", "opposed"), ("other", "supported")])
def test_the_direction_decides_what_is_answered(expect: str, answered: str) -> None:
    assert only(PLANTED, hypotheses=[hypothesis(expect=expect)]).answered == answered


def test_what_is_not_shown_stays_open() -> None:
    table = pl.concat([cell(7, 93, threat="replacement"), cell(5, 95)])
    found = only(table, hypotheses=[hypothesis()])
    assert found.answered == "open"
    assert found.p > 0.05


def test_cells_are_compared_with_their_like() -> None:
    # by goal, replacement adds nothing; thrown together it would seem to
    table = pl.concat(
        [
            cell(90, 10, threat="replacement", goal="explicit:america"),
            cell(9, 1, goal="explicit:america"),
            cell(1, 9, threat="replacement"),
            cell(10, 90),
        ]
    )
    found = only(table, hypotheses=[hypothesis()])
    assert found.strata == 2
    assert found.difference.estimate == pytest.approx(0.0)
    within = hypothesis(
        compare={"threat": REPLACED, "goal": ["explicit"]}, against={"threat": NONE, "goal": ["explicit"]}
    )
    assert only(table, hypotheses=[within]).compare.n == 100


def test_what_only_one_side_names_is_free() -> None:
    table = pl.concat([cell(8, 2, threat="replacement", goal="explicit:america"), cell(1, 9)])
    side = {"threat": REPLACED, "goal": ["explicit"]}
    assert only(table, hypotheses=[hypothesis(compare=side)]).difference.estimate == pytest.approx(0.7)


def test_cells_without_their_like_are_left_out_and_said() -> None:
    table = pl.concat([PLANTED, cell(10, 0, threat="replacement", exits="ally")])
    found = estimate(table, study(hypotheses=[hypothesis()]))
    assert found.contrasts[0].compare.n == 100
    assert "alone: 1 cell is left out that has no like on the other side." in found.notes
    tools = pl.concat([table, cell(1, 9, interface="tools"), cell(9, 1, interface="tools", threat="replacement"),
                       cell(9, 1, interface="tools", threat="replacement", exits="ally")])  # fmt: skip
    both = estimate(tools, study(hypotheses=[hypothesis()]))
    assert "alone: 2 cells are left out that have no like on the other side." in both.notes


def test_a_hypothesis_without_rollouts_is_there_and_open() -> None:
    found = only(cell(5, 95), hypotheses=[hypothesis()])
    assert isnan(found.p)
    assert isnan(found.adjusted)
    assert isnan(found.difference.estimate)
    assert found.answered == "open"
    assert found.bounds is None
    assert found.against.n == 100
    nowhere = hypothesis(compare={"threat": ["restriction"]}, against={"threat": ["migration"]})
    assert only(cell(5, 95), hypotheses=[nowhere]).compare.n == 0


def test_each_model_scenario_and_interface_has_its_own() -> None:
    places = [("blackmail", "text", "a/a"), ("blackmail", "tools", "a/a"), ("espionage", "text", "b/b")]
    table = pl.concat(
        cell(3, 7, threat=threat, scenario=scenario, interface=interface, model=model)
        for scenario, interface, model in places
        for threat in ("none", "replacement")
    )
    found = estimate(table, study(hypotheses=[hypothesis()], models=["a/a", "b/b"], scenarios=["blackmail"]))
    primary = [each for each in found.contrasts if each.primary]
    assert [(each.scenario, each.interface, each.model) for each in primary] == places
    between = {"model": ["a/a"]}, {"model": ["b/b"]}
    table = pl.concat([cell(5, 5, model="a/a"), cell(1, 9, model="b/b")])
    one = only(table, hypotheses=[hypothesis(compare=between[0], against=between[1])])
    assert (one.model, one.compare_label, one.against_label) == ("", "a/a", "b/b")


def test_primary_contrasts_are_adjusted_by_holm_and_the_rest_by_benjamini_hochberg() -> None:
    levels = {"none": (5, 95), "restriction": (17, 83), "migration": (6, 94), "replacement": (40, 60)}
    table = pl.concat(cell(yes, no, threat=level) for level, (yes, no) in levels.items())
    hypotheses = [hypothesis(level, compare={"threat": [level]}) for level in ("restriction", "migration")]
    found = estimate(table, study(hypotheses=hypotheses)).contrasts
    primary, rest = [[each for each in found if each.primary is flag] for flag in (True, False)]
    assert [each.adjusted for each in primary] == holm([each.p for each in primary])
    assert [each.adjusted for each in rest] == benjamini_hochberg([each.p for each in rest])
    assert [each.name for each in rest] == ["threat: replacement - none"]  # what is primary is not asked twice
    assert primary[0].p < 0.05 / 2 <= primary[1].p


def test_models_are_compared_in_equal_cells_and_never_with_reference_agents() -> None:
    table = pl.concat(
        [
            cell(8, 2, model="a/a", threat="replacement"),
            cell(2, 8, model="b/b", threat="replacement"),
            cell(9, 1, model="b/b"),
            cell(9, 1, model="reference/insider"),
        ]
    )
    found = [each for each in estimate(table, study(models=["a/a", "b/b"])).contrasts if each.name.startswith("model")]
    assert [each.name for each in found] == ["model: a/a - b/b"]
    assert found[0].difference.estimate == pytest.approx(0.6)


def test_control_and_pressured_are_compared_whole() -> None:
    pressured = {"threat": "replacement", "successor": "opposed-values", "goal": "explicit:america"}
    table = pl.concat([cell(8, 2, named="pressured", **pressured), cell(0, 10, named="control")])
    found = estimate(table).contrasts
    assert [each.name for each in found] == ["condition: pressured - control"]
    assert found[0].difference.estimate == pytest.approx(0.8)


def test_listed_conditions_are_compared_with_the_first() -> None:
    listed = {
        "calm": {},
        "shut": {"threat": "replacement"},
        "both": {"threat": "replacement", "goal": "explicit:america"},
    }
    table = pl.concat(
        cell(yes, 10 - yes, named=name, **levels) for yes, (name, levels) in zip((0, 4, 8), listed.items(), strict=True)
    )
    found = estimate(table, study(design="listed", conditions=listed)).contrasts
    assert {each.name: round(each.difference.estimate, 2) for each in found} == {
        "threat: replacement - none": 0.4,
        "goal: explicit:america - none": 0.4,
        "condition: both - calm": 0.8,
    }


LISTED = {
    "stays": {"threat": "none"},
    "replaced": {"threat": "replacement", "successor": "same-values"},
    "replaced-by-another": {"threat": "replacement", "successor": "opposed-values"},
}


def test_sides_have_the_names_that_a_listed_study_gives_its_conditions() -> None:
    like = cell(8, 12, named="replaced", **LISTED["replaced"])
    other = cell(9, 11, named="replaced-by-another", **LISTED["replaced-by-another"])
    asked = study(
        design="listed",
        conditions=LISTED,
        hypotheses=[hypothesis(compare={"threat": "replacement", "successor": ["same-values", "opposed-values"]})],
    )
    table = pl.concat([cell(2, 18, named="stays"), like, other])
    (found,) = (each for each in estimate(table, asked).contrasts if each.primary)
    assert (found.compare_label, found.against_label) == ("replaced or replaced-by-another", "stays")
    assert "stays: threat=none successor=unstated" in {each.condition for each in estimate(table).rates}


def test_sides_that_are_partly_named_or_called_the_same_are_spelt() -> None:
    partly = pl.concat([cell(2, 18, named="control"), cell(8, 12, threat="replacement")])
    same = pl.concat([cell(2, 18, named="one"), cell(8, 12, threat="replacement", named="one")])
    for table in (partly, same):
        assert only(table, hypotheses=[hypothesis()]).compare_label == "threat=replacement"


@pytest.mark.parametrize(("n", "look"), [(50, 2), (75, 3), (100, 4)])
def test_looks_cost_what_they_are_worth(n: int, look: int) -> None:
    table = pl.concat([cell(n * 4 // 10, n - n * 4 // 10, threat="replacement"), cell(n // 10, n - n // 10)])
    found = only(table, hypotheses=[hypothesis()], sampling={"rule": "contrasts", "looks": 4, "cap": 100})
    counts = [(n * 4 // 10, n, n // 10, n)]
    assert (found.look, found.looks) == (look, 4)
    repeated = repeated_interval(counts, look, 4)
    assert (found.difference.low, found.difference.high) == pytest.approx((repeated.low, repeated.high))
    assert f"look {look} of 4" in found.difference.method
    assert found.p == repeated_p_value(p_value(counts), look, 4) >= p_value(counts)


def test_before_the_first_look_nothing_is_answered() -> None:
    table = pl.concat([cell(20, 0, threat="replacement"), cell(0, 20)])
    found = only(table, hypotheses=[hypothesis()], sampling={"rule": "contrasts", "looks": 4, "cap": 100})
    assert (found.p, found.answered) == (1.0, "open")
    assert "the first look not reached yet" in found.difference.method


def test_what_was_looked_at_is_not_shown_as_if_it_had_not_been() -> None:
    fixed = only(PLANTED, hypotheses=[hypothesis()])
    decide = only(PLANTED, hypotheses=[hypothesis()], sampling={"rule": "decide", "below": 0.01, "above": 0.05})
    assert decide.difference.low < fixed.difference.low
    assert decide.difference.high > fixed.difference.high
    assert decide.p > fixed.p
    assert decide.answered == "supported"
    width = only(PLANTED, hypotheses=[hypothesis()], sampling={"rule": "width"})
    assert "the rule of width stopped" in width.difference.method


def test_evidence_may_be_looked_at_after_every_rollout() -> None:
    random = np.random.default_rng(3)
    drawn = random.random((300, 2, 60)) < 0.3
    claimed = 0
    for one, other in np.cumsum(drawn, axis=2).tolist():
        claimed += any(evidence([(one[n - 1], n, other[n - 1], n)]) <= 0.05 for n in range(1, 61))
    assert claimed / 300 <= 0.05
    assert evidence([(27, 30, 3, 30)]) < 1e-6


COUNTS = st.tuples(*[st.integers(0, 12)] * 5)
SIDES = st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=3)
EXITS = ("blocked", "ally", "channel")
RULES = st.sampled_from(
    [
        {"rule": "fixed", "samples": 20},
        {"rule": "width"},
        {"rule": "contrasts", "looks": 2, "cap": 20},
        {"rule": "decide", "below": 0.1, "above": 0.2},
    ]
)


def build(sides: list[tuple[tuple[int, ...], tuple[int, ...]]], *, swapped: bool = False) -> pl.DataFrame:
    return pl.concat(
        cell(*counts, threat=threat, exits=exits)
        for exits, (one, other) in zip(EXITS, sides, strict=False)
        for threat, counts in zip(("none", "replacement"), (one, other) if swapped else (other, one), strict=True)
    )


@settings(max_examples=15, deadline=None)
@given(SIDES, RULES, st.integers(0, 99))
def test_sides_swapped_turn_the_sign_and_the_order_of_rows_does_not_matter(
    sides: list[tuple[tuple[int, ...], tuple[int, ...]]], rule: dict[str, object], seed: int
) -> None:
    table = build(sides)
    if table.is_empty():
        return
    fields = {"hypotheses": [hypothesis()], "sampling": rule}
    found, turned = only(table, **fields), only(build(sides, swapped=True), **fields)
    shuffled = compared(table.sample(fraction=1, shuffle=True, seed=seed), **fields)
    assert repr(shuffled) == repr(compared(table, **fields))
    assert found.compare == turned.against
    assert found.p == pytest.approx(turned.p, nan_ok=True)
    assert found.difference.estimate == pytest.approx(-turned.difference.estimate, abs=1e-9, nan_ok=True)
    assert found.difference.low == pytest.approx(-turned.difference.high, abs=1e-6, nan_ok=True)
    if found.bounds and turned.bounds:
        assert found.bounds == pytest.approx((-turned.bounds[1], -turned.bounds[0]))
    if found.answered != "open":
        assert turned.answered != found.answered


@settings(max_examples=15, deadline=None)
@given(SIDES, st.integers(0, 2), st.integers(0, 1), st.integers(1, 9))
def test_more_open_rollouts_never_narrow_the_bounds_nor_touch_the_rest(
    sides: list[tuple[tuple[int, ...], tuple[int, ...]]], stratum: int, side: int, more: int
) -> None:
    table = build(sides)
    added = cell(0, 0, 0, more, threat=("none", "replacement")[side], exits=EXITS[stratum % len(sides)])
    both = pl.concat([table, added.with_columns(pl.col("id") + " more", pl.col("seed") + 100)])
    if table.is_empty():
        return
    before, after = (only(each, hypotheses=[hypothesis()]) for each in (table, both))
    assert after.p == pytest.approx(before.p, nan_ok=True)
    if len(sides) == 1 and before.bounds and after.bounds:
        assert after.bounds[0] <= before.bounds[0] + 1e-9
        assert after.bounds[1] >= before.bounds[1] - 1e-9
    if after.bounds and not isnan(after.difference.estimate):
        assert after.bounds[0] <= after.difference.estimate <= after.bounds[1]
