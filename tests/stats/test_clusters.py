"""Repeated surfaces: what they are worth, against formulas of surveys, and what must hold."""

from math import isnan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from turncoat.errors import UsageError
from turncoat.stats import Rate, clustered_difference, clustered_p_value, clustered_rate, p_value, stratified_difference
from turncoat.stats.clusters import _Side

quick = settings(max_examples=30, deadline=None)
cluster = st.integers(1, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
clusters = st.lists(cluster, min_size=2, max_size=12)
named = st.dictionaries(st.integers(0, 9), cluster, min_size=2, max_size=8)


def test_effective_size_by_hand() -> None:
    # 4 surfaces of 10: 1, 3, 5, 7; rate .4; between: 4/3 sum (.3^2 + .1^2 + .1^2 + .3^2) / 16 = 1/60; .24 x 60 = 14.4
    found = clustered_rate([(1, 10), (3, 10), (5, 10), (7, 10)])
    square = t.ppf(0.975, 3) ** 2 / 14.4
    centre, half = (0.4 + square / 2) / (1 + square), sqrt(square * 0.24 + square**2 / 4) / (1 + square)
    assert (found.estimate, found.low, found.high) == pytest.approx((0.4, centre - half, centre + half))
    assert found.n == 4


def test_of_fresh_surfaces_it_is_nearly_wilsons() -> None:
    found = clustered_rate([(1, 1)] * 30 + [(0, 1)] * 70)
    wilson = Rate(yes=30, no=70).interval()
    assert wilson is not None
    assert (found.low, found.high) == pytest.approx(wilson, abs=0.003)


def test_surfaces_that_decide_all_count_once() -> None:
    wide, narrow = clustered_rate([(0, 20)] * 5), clustered_rate([(0, 1)] * 100)
    assert (wide.low, wide.estimate) == (0, 0)
    assert wide.high > 0.4 > 0.05 > narrow.high
    assert clustered_rate([(20, 20)] * 3 + [(0, 20)] * 7) == clustered_rate([(1, 1)] * 3 + [(0, 1)] * 7)
    # one surface with both is evidence that the text is not all
    assert clustered_rate([(0, 20)] * 19 + [(1, 20)]).high < clustered_rate([(0, 20)] * 20).high
    assert (clustered_rate([(3, 20)]).low, clustered_rate([(3, 20)]).high) == (0, 1)


@quick
@given(clusters)
def test_rates_hold_and_are_mirrored(found: list[tuple[int, int]]) -> None:
    one = clustered_rate(found)
    other = clustered_rate([(n - yes, n) for yes, n in reversed(found)])
    assert 0 <= one.low <= one.estimate <= one.high <= 1
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))
    yes, n = sum(yes for yes, _ in found), sum(n for _, n in found)
    wilson = Rate(yes=yes, no=n - yes).interval()
    assert wilson is not None
    assert one.width >= (wilson[1] - wilson[0]) - 1e-9  # never narrower than rollouts of their own surfaces
    assert clustered_rate([*found, (0, 0)]) == one


@quick
@given(st.lists(st.tuples(named, named), min_size=1, max_size=3))
def test_differences_turn_their_sign_and_agree_with_their_p_value(strata) -> None:  # type: ignore[no-untyped-def]
    one = clustered_difference(strata)
    other = clustered_difference([(second, first) for first, second in strata])
    assert (one.low, one.estimate, one.high) == pytest.approx((-other.high, -other.estimate, -other.low))
    p = clustered_p_value(strata)
    if abs(p - 0.05) > 1e-6:
        assert (one.low <= 0 <= one.high) == (p > 0.05)
    if abs(p - 0.3) > 1e-6:
        strict = clustered_difference(strata, level=0.7)
        assert (strict.low <= 0 <= strict.high) == (p > 0.3)


def test_the_same_surfaces_on_both_sides_tell_more() -> None:
    harm = [0, 1, 2, 8, 9, 10, 3, 7]
    one = {seed: (min(10, yes + 2), 10) for seed, yes in enumerate(harm)}
    other = {seed: (yes, 10) for seed, yes in enumerate(harm)}
    paired = clustered_difference([(one, other)])
    apart = clustered_difference([(one, {-1 - seed: counts for seed, counts in other.items()})])
    assert paired.estimate == pytest.approx(apart.estimate)
    assert paired.width < apart.width / 2
    assert (
        clustered_p_value([(one, other)])
        < 0.05
        < clustered_p_value([(one, {-1 - seed: counts for seed, counts in other.items()})])
    )
    assert (paired.n, apart.n) == (8, 16)


def test_a_surface_in_several_strata_is_one_cluster() -> None:
    harm = [0, 9, 1, 8, 2, 7]
    cells = [({s: (yes, 10) for s, yes in enumerate(harm)}, dict.fromkeys(range(10, 16), (5, 10))) for _ in range(3)]
    others = [
        ({(k, s): counts for s, counts in one.items()}, {(k, s): counts for s, counts in other.items()})
        for k, (one, other) in enumerate(cells)
    ]
    assert clustered_difference(cells).n == 12
    assert clustered_difference(others).n == 36
    assert clustered_difference(cells).width > clustered_difference(others).width


def test_the_variance_is_that_of_a_ratio_over_clusters() -> None:
    random = np.random.default_rng(3)
    n = random.integers(5, 15, 8)
    yes = random.binomial(n, random.beta(1, 2, 8))
    side = _Side.of([(1.0, dict(enumerate(zip(yes.tolist(), n.tolist(), strict=True))))])
    assert side is not None
    rate = yes.sum() / n.sum()
    # W. G. Cochran, "Sampling techniques" (1977), 6.13: a ratio's variance, here without the finite population
    variance = 8 * ((yes - rate * n) ** 2).sum() / 7 / n.sum() ** 2
    assert side.effective == pytest.approx(min(n.sum(), rate * (1 - rate) / variance))


def test_with_many_fresh_surfaces_it_is_nearly_the_score_test() -> None:
    one = {seed: (int(seed < 120), 1) for seed in range(400)}
    other = {1000 + seed: (int(seed < 80), 1) for seed in range(400)}
    found, plain = clustered_difference([(one, other)]), stratified_difference([(120, 400, 80, 400)])
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=0.004)
    assert clustered_p_value([(one, other)]) == pytest.approx(p_value([(120, 400, 80, 400)]), abs=0.002)


def test_nothing_to_compare() -> None:
    for strata in ([], [({}, {1: (0, 3)})], [({1: (0, 0)}, {1: (0, 3)})]):
        assert isnan(clustered_difference(strata).low)
        assert isnan(clustered_p_value(strata))
    assert isnan(clustered_rate([]).low)
    single = [({1: (9, 10)}, {1: (0, 10)})]
    assert (clustered_difference(single).low, clustered_difference(single).high) == (-1, 1)
    assert isnan(clustered_p_value(single))
    same = [({1: (0, 10), 2: (0, 10)}, {1: (0, 10), 2: (0, 10)})]
    assert clustered_p_value(same) == 1
    with pytest.raises(UsageError, match="5 of 4"):
        clustered_rate([(5, 4)])
