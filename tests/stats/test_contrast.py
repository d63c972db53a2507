"""Differences of rates: published examples, the likelihood searched by brute force, statsmodels, and what must hold."""

from math import isnan, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.contingency_tables import StratifiedTable

from turncoat.errors import UsageError
from turncoat.stats import Rate, contrast, difference, difference_bounds, p_value, stratified_difference

quick = settings(max_examples=60, deadline=None)


@st.composite
def strata(draw: st.DrawFn, least: int = 0) -> list[tuple[int, int, int, int]]:
    found = []
    for _ in range(draw(st.integers(1, 4))):
        n1, n2 = draw(st.integers(least, 40)), draw(st.integers(least, 40))
        found.append((draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2))
    return found


@pytest.mark.parametrize(
    ("counts", "interval"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 6 (Miettinen and Nurminen)
        ((56, 70, 48, 80), (0.0528, 0.3382)),
        ((9, 10, 3, 10), (0.1700, 0.8406)),
        ((6, 7, 2, 7), (0.0342, 0.8534)),
        ((5, 56, 0, 29), (-0.0326, 0.1933)),
        ((0, 10, 0, 10), (-0.2879, 0.2879)),
        ((10, 10, 0, 20), (0.7156, 1.0)),
    ],
)
def test_the_published_intervals_without_our_correction(
    counts: tuple[int, int, int, int], interval: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected = difference(*counts)
    monkeypatch.setattr(contrast, "CORRECTION", 0.0)
    plain = difference(*counts)
    assert (plain.low, plain.high) == pytest.approx(interval, abs=6e-5)
    # the correction is a quarter of a rollout on each side, a little more where the spread grows with it
    room = 0.25 * (1 / counts[1] + 1 / counts[3])
    assert corrected.low <= plain.low
    assert corrected.high >= plain.high
    assert max(plain.low - corrected.low, corrected.high - plain.high) < 2.5 * room


@quick
@given(strata(least=1), st.floats(-0.9, 0.9))
def test_the_rates_under_a_difference_are_the_most_likely_ones(
    counts: list[tuple[int, int, int, int]], delta: float
) -> None:
    score = contrast._Score.of(counts)
    assert score is not None
    rates1, rates2 = score._rates(delta)
    assert rates1 - rates2 == pytest.approx(delta)

    def likelihood(yes1: int, n1: int, yes2: int, n2: int, rate: float) -> float:
        parts = ((yes1, rate + delta), (n1 - yes1, 1 - rate - delta), (yes2, rate), (n2 - yes2, 1 - rate))
        return sum(count * log(min(max(share, 1e-12), 1)) for count, share in parts if count)

    for stratum, rate in zip(counts, rates2, strict=True):
        best = max(likelihood(*stratum, each) for each in np.linspace(max(0, -delta), min(1, 1 - delta), 400))
        assert likelihood(*stratum, rate) >= best - 1e-3


@quick
@given(strata())
def test_the_test_is_that_of_mantel_and_haenszel(counts: list[tuple[int, int, int, int]]) -> None:
    full = [each for each in counts if each[1] and each[3]]
    yes, no = (
        sum(pick(each) for each in full) for pick in (lambda e: e[0] + e[2], lambda e: e[1] + e[3] - e[0] - e[2])
    )
    if not yes or not no or all(e[0] + e[2] in (0, e[1] + e[3]) for e in full):
        assert not full or p_value(counts) == 1
        return
    table = StratifiedTable([np.array([[a, n1 - a], [b, n2 - b]], float) for a, n1, b, n2 in full])
    never, always = (table.test_null_odds(correction=each).pvalue for each in (False, True))
    assert never - 1e-12 <= p_value(counts)  # half of the correction lies between none and the whole
    if abs(sum(a - n1 * (a + b) / (n1 + n2) for a, n1, b, n2 in full)) > 0.5:
        assert p_value(counts) <= always + 1e-12
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contrast, "CORRECTION", 0.0)
        assert p_value(counts) == pytest.approx(never, abs=1e-9)


@quick
@given(strata(), st.sampled_from([0.5, 0.8, 0.95, 0.99]))
def test_interval_and_p_value_never_contradict_each_other(
    counts: list[tuple[int, int, int, int]], level: float
) -> None:
    found, p = stratified_difference(counts, level=level), p_value(counts)
    if isnan(p):
        assert isnan(found.estimate)
        assert found.n == 0
    elif abs(p - (1 - level)) > 1e-6:
        assert (found.low <= 0 <= found.high) == (p > 1 - level)
        assert -1 <= found.low <= found.estimate <= found.high <= 1


@quick
@given(strata(), st.randoms())
def test_sides_exchanged_turn_the_sign_and_order_does_not_matter(
    counts: list[tuple[int, int, int, int]], random: st.randoms
) -> None:
    found = stratified_difference(counts)
    turned = stratified_difference([(c, d, a, b) for a, b, c, d in counts])
    mixed = list(counts)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    again = stratified_difference(mixed)
    assert (found.low, found.high) == pytest.approx((-turned.high, -turned.low), abs=1e-7, nan_ok=True)
    assert (found.low, found.high) == pytest.approx((again.low, again.high), abs=1e-7, nan_ok=True)
    assert p_value(counts) == pytest.approx(p_value(mixed), nan_ok=True)


def test_a_stratum_twice_narrows_and_an_empty_one_says_nothing() -> None:
    once, twice = difference(4, 20, 1, 20), stratified_difference([(4, 20, 1, 20)] * 2)
    assert twice.estimate == pytest.approx(once.estimate)
    assert twice.width < once.width
    assert stratified_difference([(4, 20, 1, 20), (3, 9, 0, 0)]) == once
    assert difference(0, 0, 3, 5).n == 0


def test_strata_of_unequal_rates_do_not_deceive() -> None:
    # within each stratum no difference, in the sums a large one: Simpson's paradox
    counts = [(9, 10, 81, 90), (9, 90, 1, 10)]
    assert stratified_difference(counts).estimate == pytest.approx(0, abs=1e-12)
    assert p_value(counts) == 1
    assert difference(18, 100, 82, 100).high < 0


@pytest.mark.parametrize("sides", [(20, 20), (20, 60)])
def test_errs_in_at_most_five_percent_at_any_rate(sides: tuple[int, int]) -> None:
    one, other = sides
    rejected = np.array([[p_value([(a, one, b, other)]) <= 0.05 for b in range(other + 1)] for a in range(one + 1)])
    for rate in np.linspace(0.01, 0.99, 50):
        errs = binom.pmf(range(one + 1), one, rate) @ rejected @ binom.pmf(range(other + 1), other, rate)
        assert errs <= 0.05


def test_bounds_of_a_difference() -> None:
    one, other = Rate(yes=5, no=3, unscored=2), Rate(yes=1, no=8, invalid=1)
    assert difference_bounds(one, other) == pytest.approx((0.5 - 0.2, 0.7 - 0.1))
    assert difference_bounds(one, Rate()) is None


@pytest.mark.parametrize("counts", [(5, 4, 0, 1), (1, 2, -1, 3), (0.5, 2, 1, 3)])
def test_impossible_counts(counts: tuple[int, int, int, int]) -> None:
    for ask in (stratified_difference, p_value):
        with pytest.raises(UsageError, match="Allowed"):
            ask([counts])
    with pytest.raises(UsageError, match="level"):
        difference(1, 2, 1, 2, level=1.0)
