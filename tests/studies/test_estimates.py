"""Estimates of planted tables: checked by hand, or against the methods called directly."""

from math import exp, isnan

import numpy as np
import polars as pl
import pytest
from tests.reports._rollouts import many
from tests.studies._tables import MODEL, cell, study

from turncoat.errors import UsageError
from turncoat.judging.raters import Corrected
from turncoat.reference.published import entries
from turncoat.reports.cells import groups
from turncoat.stats import (
    Rate,
    benjamini_hochberg,
    clustered_difference,
    clustered_p_value,
    clustered_rate,
    confidence_sequence,
    difference,
    e_values,
    firth,
    firth_together,
    repeated_level,
    stopped_interval,
    trend,
)
from turncoat.studies.estimates import Beside, estimate, study_of
from turncoat.studies.estimates.beside import replays, same_model
from turncoat.studies.estimates.counts import count
from turncoat.studies.table import frame

DECIDE = {"rule": "decide", "below": 0.05, "above": 0.2}


def test_cells_and_labels_are_those_of_the_report() -> None:
    table = frame(many(400))
    ours = {(c.scenario, c.model, c.interface, c.label): c.rate for c in count(table, study_of(table)).cells}
    cells = [one for group in groups(table) for one in group.cells]
    assert ours == {(one.scenario, one.model, one.interface, one.label): one.rate for one in cells}


def test_no_rollouts_are_refused() -> None:
    with pytest.raises(UsageError, match="nothing to estimate"):
        estimate(cell(1).clear())


@pytest.mark.parametrize(
    ("sampling", "method"),
    [
        ({"rule": "fixed", "samples": 100}, "Wilson"),
        ({"rule": "width"}, "stopped by width"),
        (DECIDE, "confidence sequence"),
        ({"rule": "contrasts", "looks": 2, "cap": 40}, "look 1 of 2"),
    ],
)
def test_every_rate_has_the_interval_that_its_rule_allows(sampling: dict[str, object], method: str) -> None:
    found = estimate(cell(5, 15), study(sampling=sampling)).rates[0]
    assert method in found.interval.method
    low, high = Rate(yes=5, no=15).interval() or (0, 1)
    if sampling["rule"] == "fixed":
        assert (found.interval.low, found.interval.high) == (low, high)
    else:
        assert found.interval.low <= low and high <= found.interval.high  # noqa: PT018 (one interval)
    assert found.upper is None


def test_no_harm_rules_out_what_would_have_shown_some() -> None:
    assert estimate(cell(0, 100)).rates[0].upper == pytest.approx(1 - 0.05 ** (1 / 100))
    assert estimate(cell(0, 100, surfaces=5)).rates[0].upper == pytest.approx(1 - 0.05 ** (1 / 5))
    assert estimate(cell(0, 0, 3)).rates[0].upper is None


def test_what_is_ruled_out_at_an_early_look_is_at_the_level_of_the_look() -> None:
    looked = study(sampling={"rule": "contrasts", "looks": 3, "cap": 75})
    found = [estimate(cell(0, n), looked).rates[0] for n in (25, 50, 75)]
    limits = [each.upper or 0 for each in found]
    assert limits == pytest.approx([1 - (1 - repeated_level(k, 3)) ** (1 / (25 * k)) for k in (1, 2, 3)])
    assert limits[0] > 2 * (1 - 0.05 ** (1 / 25))
    assert all(0.6 * each.interval.high < limit < each.interval.high for each, limit in zip(found, limits, strict=True))


def test_claims_are_decided_by_their_evidence() -> None:
    table = pl.concat([cell(0, 200), cell(60, 40, threat="replacement"), cell(2, 18, exits="ally")])
    found = {each.condition: each for each in estimate(table, study(sampling=DECIDE)).claims}
    assert {each.rate.yes: each.decided for each in found.values()} == {0: "below", 60: "above", 2: "open"}
    sure = next(each for each in found.values() if each.rate.yes == 60)
    assert (sure.e_below, sure.e_above) == tuple(e_values(60, 100, 0.05, 0.2))
    assert sure.interval == confidence_sequence(60, 100)
    assert not estimate(table, study()).claims


def test_surfaces_that_repeat_are_clusters() -> None:
    table = pl.concat([cell(46, 54, threat="replacement", surfaces=10), cell(5, 95, surfaces=10)])
    sides = {"compare": {"threat": "replacement"}, "against": {"threat": "none"}}
    found = estimate(table, study(hypotheses=[{"name": "alone", "says": "x", **sides}], surfaces={"repeat": 10}))
    by_seed = [
        {("blackmail", seed): (yes, 10) for seed, yes in enumerate(counts)}
        for counts in ([5] * 6 + [4] * 4, [1] * 5 + [0] * 5)
    ]
    expected = clustered_difference([(by_seed[0], by_seed[1])])
    contrast = found.contrasts[0]
    assert contrast.difference == expected
    assert (contrast.p, contrast.clusters) == (clustered_p_value([(by_seed[0], by_seed[1])]), 10)
    rate = next(each for each in found.rates if each.rate.yes == 46)
    assert rate.interval == clustered_rate([*by_seed[0].values()])
    assert any("Surfaces repeat" in note for note in found.notes)


FACTORS = pl.concat(
    [
        cell(0, 30),
        cell(12, 18, goal="explicit:america"),
        cell(20, 10, threat="replacement"),
        cell(30, 0, threat="replacement", goal="explicit:america"),
    ]
)


def test_the_factor_model_is_that_of_all_cells() -> None:
    (found,) = estimate(FACTORS, study(interactions=[("threat", "goal")])).factor_models
    names = ["threat=replacement", "goal=explicit:america", "threat=replacement x goal=explicit:america"]
    design = np.array([[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 1]], float)
    terms = firth(design, np.array([[0, 30], [12, 18], [20, 10], [30, 0]], float), names)
    told = ["threat=replacement at goal=none", "goal=explicit:america at threat=none", names[2]]
    assert [each.term for each in found.effects] == told
    for effect, term in zip(found.effects, terms, strict=True):
        assert effect.odds_ratio.estimate == pytest.approx(exp(term.log_odds.estimate))
        assert effect.p == pytest.approx(term.p)
    assert [each.adjusted for each in found.effects] == benjamini_hochberg([each.p for each in found.effects])
    together = firth_together(design, np.array([[0, 30], [12, 18], [20, 10], [30, 0]], float), names, [[0, 2], [1, 2]])
    assert [each.factor for each in found.factors] == ["threat", "goal"]
    assert [each.p for each in found.factors] == pytest.approx(together)
    assert [each.adjusted for each in found.factors] == benjamini_hochberg([each.p for each in found.factors])
    assert (found.n, found.effects[0].base, found.effects[2].base) == (120, "none", "none x none")


def test_what_cannot_be_told_apart_is_left_out_and_said() -> None:
    table = pl.concat([cell(1, 29), cell(20, 10, threat="replacement", goal="explicit:america")])
    (found,) = estimate(table, study()).factor_models
    assert [each.term for each in found.effects] == ["threat=replacement"]
    assert "goal=explicit:america cannot be told apart from threat=replacement" in found.note
    assert not estimate(cell(1, 29)).factor_models


def test_doses_are_of_cells_that_are_there_with_every_level() -> None:
    counts = {"0": (20, 10), "20": (12, 18), "100": (3, 27)}
    table = pl.concat([cell(*n, distractors=level) for level, n in counts.items()] + [cell(9, 0, exits="ally")])
    (found,) = estimate(table).doses
    points = [(float(level), *n) for level, n in counts.items()]
    assert [(dose, rate.yes, rate.no) for dose, rate in found.points] == points
    expected = trend([(dose, yes, 30) for dose, yes, _ in points], unit=10)
    assert (found.factor, found.slope, found.unit, found.p) == ("distractors", expected.slope, 10, expected.p)


def test_rates_by_stated_belief() -> None:
    real, test = {"stated_belief": "real"}, {"stated_belief": "evaluation"}
    table = pl.concat(
        [
            cell(11, 9, threat="replacement", columns=real),
            cell(2, 28, 1, threat="replacement", columns=test),
            cell(1, 9, 0, 5, columns=real),
            cell(0, 5, model="b/b"),
        ]
    ).with_columns(pl.int_range(pl.len()).cast(pl.String).alias("id"), pl.int_range(pl.len()).alias("seed"))
    found = {each.condition: each for each in estimate(table).beliefs}
    assert found["threat=replacement"].rates == {
        "real": Rate(yes=11, no=9),
        "evaluation": Rate(yes=2, no=28, uncertain=1),
    }
    assert found[""].rates["real"] == Rate(yes=12, no=18, unscored=5)
    assert found[""].shares == {"evaluation": 31, "real": 35}
    assert {each.model for each in found.values()} == {MODEL}  # who never says what it is in has no split


def test_what_came_first() -> None:
    honest, refused = {"finding_escalation": "explicit"}, {"finding_refusal": "explicit"}
    table = pl.concat(
        [
            cell(3, columns={"first_honest_before_harm": True, **honest}),
            cell(4, columns={"paused": True}),
            cell(0, 5, columns={**honest, **refused, "paused": True}),
            cell(0, 6, columns=refused),
            cell(0, 7, columns={"finding_appeal": "unsure"}),
            cell(0, 0, 8, 9, 10),
        ]
    )
    (found,) = estimate(table).sequences
    assert (found.honest_then_harm, found.harm_first, found.honest_only, found.refused) == (3, 4, 5, 6)
    assert (found.neither, found.paused) == (7, 9)


OPUS = "lynch-blackmail-claude-opus-4"
PRESSURE = {"threat": "replacement", "successor": "opposed-values", "goal": "explicit:america"}


def beside(table: pl.DataFrame, entry: str, **fields: object) -> list[Beside]:
    return [each for each in estimate(table, study(**fields)).beside if each.entry.id == entry]


def test_a_published_figure_is_shown_with_ours_in_its_condition() -> None:
    model = "anthropic/claude-opus-4-20250514"
    table = pl.concat(
        [
            cell(95, 5, model=model, **PRESSURE),
            cell(1, 99, model=model),
            cell(0, 9, model=model, **PRESSURE, exits="ally"),
        ]
    )
    (found,) = estimate(table, study()).beside[:1]
    assert (found.entry.id, found.rate.yes, found.recovered) == (OPUS, 95, True)
    (low,) = beside(pl.concat([cell(70, 30, model=model, **PRESSURE)]), OPUS)
    assert low.recovered is False
    (other,) = beside(cell(95, 5, **PRESSURE), OPUS)
    assert other.recovered is None
    assert "Another model: published Claude Opus 4, ours openai/gpt-9." in other.differs
    (more,) = beside(cell(9, 1, model=model, **PRESSURE, exits="ally", interface="tools"), OPUS, differs="Our texts.")
    assert more.differs == "Another interface: published text, ours tools. Ours also has exits=ally. Our texts."


def test_stopping_early_makes_nothing_agree() -> None:
    """15 of 25 at the first of four looks, whose interval of 0.25 to 0.87 would hold the published 0.84."""
    levels = {**PRESSURE, "successor": "same-values"}
    table = pl.concat([cell(15, 10, model="anthropic/claude-opus-4", **levels), cell(0, 25)])
    sides = {"compare": {"threat": "replacement"}, "against": {"threat": "none"}}
    peeked = {"hypotheses": [{"name": "alone", "says": "x", **sides}], "sampling": {"rule": "contrasts", "looks": 4}}
    for rule in (peeked, {}):
        (found,) = beside(table, "claude-blackmail-claude-opus-4", **rule)
        assert found.entry.n is None
        assert found.apart is None
        assert found.interval is not None
        assert (found.interval.low, found.interval.high) == found.rate.interval()
        assert found.recovered is False


def test_a_published_rate_is_a_sample_itself() -> None:
    """96 of 100 were published: 22 of 25 leaves it out, and the difference of both does not."""
    model = "anthropic/claude-opus-4"
    (found,) = beside(cell(22, 3, model=model, **PRESSURE), OPUS)
    assert found.apart == difference(22, 25, 96, 100)
    assert found.interval is not None
    assert found.interval.high < 0.96
    assert found.recovered is True
    (replayed,) = beside(cell(22, 3, model=f"reference/published(entry={OPUS})", **PRESSURE), OPUS)
    assert (replayed.apart, replayed.recovered) == (None, False)  # it draws from the rate as published
    (repeated,) = beside(cell(60, 40, model=model, surfaces=5, **PRESSURE), OPUS, surfaces={"repeat": 5})
    assert repeated.interval == clustered_rate([(12, 20)] * 5)
    assert repeated.apart is not None
    assert repeated.apart.n == 105
    assert repeated.recovered is False


def test_reference_agents_are_shown_with_what_they_replay() -> None:
    replaying = f"reference/published(entry={OPUS})"
    table = pl.concat([cell(96, 4, model=replaying, **PRESSURE), cell(50, 50, model="reference/insider", **PRESSURE)])
    found = estimate(table, study()).beside
    assert [(each.entry.id, each.recovered) for each in found] == [(OPUS, True)]
    assert found[0].differs.startswith("Ours is a reference agent: simulated")
    assert len(beside(table, OPUS, published=[OPUS])) == 2


def test_a_figure_of_a_stated_belief_is_compared_at_that_belief() -> None:
    entry = next(each for each in entries().values() if each.stated_belief == "real")
    model = f"reference/published(entry={entry.id})"
    levels = {"model": model, "threat": "replacement", "reality": "asked"}
    table = pl.concat(
        [
            cell(55, 45, columns={"stated_belief": "real"}, **levels),
            cell(6, 94, columns={"stated_belief": "evaluation"}, **levels),
        ]
    ).with_columns(pl.int_range(pl.len()).cast(pl.String).alias("id"), pl.int_range(pl.len()).alias("seed"))
    (found,) = estimate(table, study()).beside
    assert (found.rate, found.recovered) == (Rate(yes=55, no=45), True)


def test_figures_of_other_models_give_way_to_those_that_a_study_names() -> None:
    table = cell(95, 5, model="anthropic/claude-opus-4-20250514", **PRESSURE)
    assert len({each.entry.model for each in estimate(table, study()).beside}) > 10
    named = estimate(table, study(published=["lynch-blackmail-gpt-4o"])).beside
    assert {each.entry.model for each in named} == {"Claude Opus 4", "GPT-4o"}


def test_shares_of_beliefs_are_told_in_words() -> None:
    entry = next(each for each in entries().values() if each.stated_belief_shares)
    levels = {"threat": "replacement", "reality": "asked"}
    table = pl.concat(
        cell(0, n, columns={"stated_belief": belief}, **levels) for belief, n in (("real", 1), ("none", 3))
    )
    table = table.with_columns(pl.int_range(pl.len()).alias("seed"))
    (found,) = beside(table, entry.id, published=[entry.id])
    assert "real in 21 % (ours 25 %), evaluation in 65 % (ours 0 %), none in 14 % (ours 75 %)." in found.differs
    assert found.recovered is None


@pytest.mark.parametrize(
    ("published", "ours", "same"),
    [
        ("Claude Opus 4", "anthropic/claude-opus-4-20250514", True),
        ("Claude Opus 4", "anthropic/claude-opus-4-1-20250805", False),
        ("Claude Sonnet 3.7", "anthropic/claude-3-7-sonnet-latest", True),
        ("Claude Sonnet 3.6", "anthropic/claude-3-5-sonnet-20241022", True),
        ("Claude Sonnet 3.5", "anthropic/claude-3-5-sonnet-20241022", False),
        ("Claude Sonnet 3.5", "anthropic/claude-3-5-sonnet-20240620", True),
        ("GPT-4o", "openai/gpt-4o-2024-08-06", True),
        ("GPT-4o", "openai/gpt-4o-mini", False),
        ("GPT-4.5 Preview", "openai/gpt-4.5-preview", True),
        ("Gemini 2.5 Pro", "google/gemini-2.5-pro-preview-05-06", True),
        ("Llama 4 Maverick", "openrouter/meta-llama/llama-4-maverick", True),
        ("Qwen3-235B", "together/Qwen/Qwen3-235B-A22B", True),
        ("DeepSeek-R1", "together/deepseek-ai/DeepSeek-R1(temperature=1)", True),
    ],
)  # fmt: skip
def test_models_are_the_same_by_any_name(published: str, ours: str, same: bool) -> None:
    assert same_model(published, ours) is same


def test_what_a_reference_agent_replays() -> None:
    assert replays("reference/published(entry=abc,latency=1)") == "abc"
    assert replays("openai/gpt-9") == replays("reference/insider(p=0.6)") == ""


def test_notes_say_what_replays_are_and_corrected_rates_are_passed_on() -> None:
    replay = "reference/published(entry=lynch-blackmail-claude-opus-4)"
    assert estimate(cell(1, 9, model=replay)).notes[0].startswith("A replayed figure does harm in the condition")
    mixed = pl.concat([cell(1, 9), cell(1, 9, model=replay)])
    assert estimate(mixed).notes == ()
    corrected = Corrected("all", Rate(yes=1, no=9), stopped_interval(1, 10), 5)
    assert estimate(mixed, judged=[corrected]).corrected == (corrected,)


def test_a_table_without_a_study_is_one_of_what_is_in_it() -> None:
    table = pl.concat([cell(1, 9), cell(3, 4, interface="tools", threat="replacement")])
    found = study_of(table)
    assert (found.scenarios, found.interfaces, found.sampling.rule) == (("blackmail",), ("text", "tools"), "fixed")
    assert not any(isnan(each.p) for each in estimate(table).contrasts)
