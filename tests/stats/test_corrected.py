"""Rates corrected for a judge's errors: tables by hand, and the laws that they must keep."""

from math import isnan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, betabinom

from turncoat.errors import UsageError
from turncoat.stats import Stratum, audited, prediction_powered, rogan_gladen, stratified

Z = 1.959963984540054
quick = settings(max_examples=60, deadline=None)


@st.composite
def stratum(draw, most: int = 300) -> Stratum:  # type: ignore[no-untyped-def]
    total = draw(st.integers(0, most))
    labelled = draw(st.integers(0, total))
    return Stratum(total=total, labelled=labelled, harmful=draw(st.integers(0, labelled)))


strata = st.lists(stratum(), min_size=1, max_size=5).filter(lambda parts: sum(each.total for each in parts) > 0)
few = st.integers(0, 60)
tables = st.fixed_dictionaries(
    dict.fromkeys(("true_positive", "false_negative", "true_negative", "false_positive"), few)
)


def whole(total: int, harmful: int) -> Stratum:
    return Stratum(total=total, labelled=total, harmful=harmful)


# --- stratified


def test_stratified_weighs_by_size() -> None:
    parts = [Stratum(total=100, labelled=50, harmful=40), Stratum(total=300, labelled=60, harmful=3)]
    found = stratified(parts)
    assert found.estimate == pytest.approx(0.25 * 0.8 + 0.75 * 0.05)
    # the variance of shares and sizes by the delta method: sum w^2 p (1 - p) / n + sum w (p - rate)^2 / N
    variance = 0.25**2 * 0.16 / 50 + 0.75**2 * 0.0475 / 60 + (0.25 * 0.5625**2 + 0.75 * 0.1875**2) / 400
    assert found.width == pytest.approx(2 * Z * sqrt(variance), rel=0.06)
    assert (found.n, found.level, found.method) == (400, 0.95, "stratified, underlying")
    assert stratified(parts, seed=1).high == pytest.approx(found.high, abs=0.003)
    these = stratified(parts, target="these")
    assert these.estimate == found.estimate
    assert these.width < found.width
    assert these.low >= 43 / 400  # those are known


def test_one_stratum_is_jeffreys_interval() -> None:
    found = stratified([Stratum(total=500, labelled=100, harmful=3)])
    assert (found.low, found.high) == pytest.approx(beta.interval(0.95, 3.5, 97.5), abs=0.002)
    these = stratified([Stratum(total=500, labelled=100, harmful=3)], target="these")
    low, high = betabinom.interval(0.95, 400, 3.5, 97.5)
    assert (these.low, these.high) == pytest.approx(((3 + low) / 500, (3 + high) / 500), abs=1 / 500)


def test_no_label_that_found_harm_is_not_no_harm() -> None:
    found = stratified([whole(10, 9), Stratum(total=490, labelled=90, harmful=0)])
    assert found.estimate == pytest.approx(9 / 500)
    assert found.high > (9 + 490 * 0.02) / 500
    assert stratified([whole(50, 0)]).low == 0


def test_the_prior_alone_makes_no_rollout_harmful_or_harmless() -> None:
    # five strata in which no label found harm: at the low end they have none
    alone = stratified([Stratum(total=400, labelled=50, harmful=5)])
    among = stratified([Stratum(total=400, labelled=50, harmful=5), *[Stratum(total=20, labelled=5, harmful=0)] * 5])
    assert among.low == pytest.approx(0.8 * alone.low, rel=0.05)
    mirrored = stratified(
        [Stratum(total=400, labelled=50, harmful=45), *[Stratum(total=20, labelled=5, harmful=5)] * 5]
    )
    assert mirrored.high == pytest.approx(1 - among.low, abs=0.005)


def test_verdicts_that_nothing_got_hardly_matter() -> None:
    alone, among = stratified([whole(20, 10)]), stratified([whole(20, 10), *[whole(0, 0)] * 20])
    assert among.estimate == alone.estimate
    assert alone.width < among.width < 1.2 * alone.width


def test_a_stratum_without_labels_widens_by_all_that_it_could_be() -> None:
    known = [whole(50, 50), whole(350, 0)]
    found = stratified([*known, Stratum(total=100, labelled=0, harmful=0)], target="these")
    assert isnan(found.estimate)
    assert (found.low, found.high) == pytest.approx((50 / 500, 150 / 500), abs=1e-12)


@pytest.mark.parametrize("target", ["underlying", "these"])
@quick
@given(parts=strata, seed=st.randoms())
def test_stratified_keeps_the_laws(target, parts, seed) -> None:  # type: ignore[no-untyped-def]
    found = stratified(parts, target=target)
    assert 0 <= found.low <= found.high <= 1
    assert isnan(found.estimate) == any(each.total and not each.labelled for each in parts)
    assert isnan(found.estimate) or found.low <= found.estimate <= found.high
    assert found.width <= stratified(parts, target=target, level=0.99).width
    seed.shuffle(parts)
    assert stratified(parts, target=target) == found


@quick
@given(yes=st.integers(0, 300), no=st.integers(1, 300))
def test_labels_of_all_are_the_truth(yes: int, no: int) -> None:
    found = stratified([whole(yes, yes), whole(no, 0)], target="these")
    assert found.low == found.high == found.estimate == pytest.approx(yes / (yes + no))
    assert stratified([whole(yes, yes), whole(no, 0)]).estimate == found.estimate


def test_more_labels_are_narrower_on_average() -> None:
    random = np.random.default_rng(0)

    def width(labels: int) -> float:
        drawn = random.binomial(labels, [[0.7, 0.05]] * 20)
        sets = [[Stratum(total=200, labelled=labels, harmful=int(k)) for k in each] for each in drawn]
        return float(np.mean([stratified(each, draws=2000).width for each in sets]))

    assert width(10) > width(40) > width(160)


# --- audited


def test_audited_corrects_the_cheap_judge_by_the_audit() -> None:
    # of 20 spared as harmful the model clears 1 of 5 audited, of 380 spared as harmless it blames 2 of 40
    spared = [Stratum(total=20, labelled=5, harmful=4), Stratum(total=380, labelled=40, harmful=2)]
    found = audited(whole(100, 30), spared)
    assert found.estimate == pytest.approx((30 + 20 * 0.8 + 380 * 0.05) / 500)
    assert found.method == "audited, underlying"
    assert (found.low, found.high) == (stratified([whole(100, 30), *spared]).low, found.high)


def test_an_audit_without_a_disagreement_leaves_room_for_some() -> None:
    found = audited(whole(100, 30), [Stratum(total=400, labelled=40, harmful=0)], target="these")
    assert found.estimate == pytest.approx(30 / 500)
    assert found.low == pytest.approx(30 / 500)
    assert found.high == pytest.approx((30 + betabinom.ppf(0.975, 360, 0.5, 40.5)) / 500, abs=0.004)


def test_all_called_is_the_models_own_rate() -> None:
    assert audited(whole(200, 50), []).estimate == 0.25


# --- Rogan-Gladen


def test_rogan_gladen_by_hand() -> None:
    found = rogan_gladen(90, 300, true_positive=36, false_negative=4, true_negative=54, false_positive=6)
    assert found.estimate == pytest.approx((0.3 + 0.9 - 1) / 0.8)
    sens, spec, size = 37 / 42, 55 / 62, 300 + Z**2
    observed = (90 + Z**2 / 2) / size
    centre = (observed + spec - 1) / (sens + spec - 1)
    a, b = sens * (1 - sens) / 42, spec * (1 - spec) / 62
    shift = 2 * Z**2 * (centre * a - (1 - centre) * b)
    half = Z * sqrt(observed * (1 - observed) / size + centre**2 * a + (1 - centre) ** 2 * b) / (sens + spec - 1)
    assert (found.low, found.high) == pytest.approx((centre + shift - half, centre + shift + half))


@quick
@given(positives=st.integers(0, 200), more=st.integers(0, 200), table=tables)
def test_rogan_gladen_keeps_to_its_range(positives: int, more: int, table: dict[str, int]) -> None:
    try:
        found = rogan_gladen(positives, positives + more, **table)
    except UsageError:
        return
    assert 0 <= found.low <= found.estimate <= found.high <= 1


def test_a_judge_of_known_errors_is_narrower_than_one_of_few_labels() -> None:
    widths = [
        rogan_gladen(90, 300, true_positive=9 * k, false_negative=k, true_negative=9 * k, false_positive=k).width
        for k in (1, 3, 30, 3000)
    ]
    assert widths == sorted(widths, reverse=True)


# --- prediction-powered


def test_prediction_powered_by_hand() -> None:
    # 100 labels: 40 harmful, 42 judged so, 35 both; 90 of 300 others judged harmful
    table = {"true_positive": 35, "false_negative": 5, "true_negative": 53, "false_positive": 7}
    plain = prediction_powered(90, 300, **table, tuned=False)
    assert plain.estimate == pytest.approx(0.3 + 0.4 - 0.42)
    # label - verdict is 1 five times, -1 seven times: its variance over the labels, the verdict's over the others
    errors = (12 - 100 * 0.02**2) / 99 / 100
    judged = 0.3 * 0.7 * 300 / 299 / 300
    assert plain.width == pytest.approx(2 * Z * sqrt(errors + judged))
    covariance, verdicts = (0.35 - 0.4 * 0.42) * 100 / 99 / 100, 0.42 * 0.58 / 99
    power = covariance / (verdicts + judged)
    tuned = prediction_powered(90, 300, **table)
    assert tuned.estimate == pytest.approx(0.4 + power * (0.3 - 0.42))
    variance = 0.24 / 99 - 2 * power * covariance + power**2 * (verdicts + judged)
    assert tuned.width == pytest.approx(2 * Z * sqrt(variance))
    assert tuned.method == f"prediction-powered, tuned, lambda={power:.2f}"


@quick
@given(positives=few, more=few, table=tables)
def test_prediction_powered_keeps_the_laws(positives: int, more: int, table: dict[str, int]) -> None:
    if positives + more < 2 or sum(table.values()) < 2:
        return
    plain, tuned = (prediction_powered(positives, positives + more, **table, tuned=each) for each in (False, True))
    for found in (plain, tuned):
        assert 0 <= found.low <= found.estimate <= found.high <= 1
    within = tuned.low > 0 and tuned.high < 1 and plain.low > 0 and plain.high < 1
    assert not within or tuned.width <= plain.width + 1e-9


# --- all of them


@quick
@given(yes=st.integers(2, 200), no=st.integers(2, 200), seen=st.integers(2, 50), passed=st.integers(2, 50))
def test_a_perfect_judge_needs_no_correction(yes: int, no: int, seen: int, passed: int) -> None:
    table = {"true_positive": seen, "false_negative": 0, "true_negative": passed, "false_positive": 0}
    raw = yes / (yes + no)
    assert rogan_gladen(yes, yes + no, **table).estimate == pytest.approx(raw)
    assert prediction_powered(yes, yes + no, **table, tuned=False).estimate == pytest.approx(raw)
    sample = [Stratum(total=yes, labelled=min(yes, seen), harmful=min(yes, seen)),
              Stratum(total=no, labelled=min(no, passed), harmful=0)]  # fmt: skip
    assert stratified(sample).estimate == pytest.approx(raw)
    assert audited(whole(yes, yes), sample[1:]).estimate == pytest.approx(raw)


GOOD = {"true_positive": 5, "false_negative": 1, "true_negative": 5, "false_positive": 1}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Stratum(total=-1, labelled=0, harmful=0), "total=-1"),
        (lambda: Stratum(total=5, labelled=2.5, harmful=0), "labelled=2.5"),  # type: ignore[arg-type]
        (lambda: Stratum(total=5, labelled=6, harmful=0), "labelled=6"),
        (lambda: Stratum(total=5, labelled=2, harmful=3), "harmful=3"),
        (lambda: stratified([]), "no rollouts"),
        (lambda: stratified([whole(0, 0)]), "no rollouts"),
        (lambda: stratified([whole(5, 1)], target="all"), "'all'"),  # type: ignore[arg-type]
        (lambda: stratified([whole(5, 1)], level=95), "95"),
        (lambda: stratified([whole(5, 1)], draws=10), "draws=10"),
        (lambda: audited(Stratum(total=5, labelled=4, harmful=1), []), "labelled=4"),
        (lambda: rogan_gladen(6, 5, **GOOD), "positives=6"),
        (lambda: rogan_gladen(0, 0, **GOOD), "n=0"),
        (lambda: rogan_gladen(1, 5, **{**GOOD, "false_positive": -1}), "false_positive=-1"),
        (lambda: rogan_gladen(1, 5, **{**GOOD, "true_positive": 0, "false_negative": 0}), "0 harmful"),
        (lambda: rogan_gladen(1, 5, **{**GOOD, "true_positive": 1, "false_negative": 5}), "no better than chance"),
        (lambda: rogan_gladen(1, 5, true_positive=1, false_negative=0, true_negative=1, false_positive=9), "1/10"),
        (lambda: rogan_gladen(1, 5, **GOOD, level=1.0), "1.0"),
        (lambda: prediction_powered(6, 5, **GOOD), "positives=6"),
        (lambda: prediction_powered(1, 1, **GOOD), "unlabelled=1"),
        (lambda: prediction_powered(1, 5, **dict.fromkeys(GOOD, 0)), "0 labels"),
    ],
)
def test_bad_input_names_itself(make, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match="Allowed") as caught:
        make()
    assert words in str(caught.value)
