"""When enough has been seen: closed forms against integrals, and what must hold however often one looks."""

from itertools import pairwise
from math import inf, isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta, binom
from statsmodels.stats.proportion import proportion_confint

from turncoat.errors import UsageError
from turncoat.stats import Rate, confidence_sequence, e_values, stopped_interval, upper_limit, width_reached

quick = settings(max_examples=60, deadline=None)
counts = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
limits = st.floats(0.01, 0.99)


def likelihood(yes: int, n: int, rate: float) -> float:
    return rate**yes * (1 - rate) ** (n - yes)


@quick
@given(counts, limits)
def test_e_values_are_the_mean_likelihood_of_what_is_claimed_over_that_at_the_limit(
    seen: tuple[int, int], limit: float
) -> None:
    prior = beta(0.5, 0.5)
    # over the angle of the rate: Jeffreys' prior is even there
    angle = np.arcsin(np.sqrt(limit))
    below = quad(lambda at: likelihood(*seen, np.sin(at) ** 2), 0, angle)[0] * 2 / np.pi / prior.cdf(limit)
    above = quad(lambda at: likelihood(*seen, np.sin(at) ** 2), angle, np.pi / 2)[0] * 2 / np.pi / prior.sf(limit)
    found = e_values(*seen, limit, limit)
    # equal limits: each counts half
    assert found.below == pytest.approx(below / likelihood(*seen, limit) / 2, rel=1e-5)
    assert found.above == pytest.approx(above / likelihood(*seen, limit) / 2, rel=1e-5)


@quick
@given(counts, limits, st.floats(0.01, 0.99))
def test_one_more_rollout_is_expected_to_bring_no_evidence_for_what_is_false(
    seen: tuple[int, int], limit: float, rate: float
) -> None:
    yes, n = seen
    now, no, one = (e_values(*each, limit, limit) for each in ((yes, n), (yes, n + 1), (yes + 1, n + 1)))
    for name in ("below", "above"):
        if (rate >= limit) if name == "below" else (rate <= limit):
            expected = rate * getattr(one, name) + (1 - rate) * getattr(no, name)
            assert expected <= getattr(now, name) * (1 + 1e-9)


def test_evidence_of_known_counts() -> None:
    assert e_values(0, 0, 0.01, 0.05) == pytest.approx((1, 1))
    assert e_values(0, 376, 0.01, 0.05).below < 20 < e_values(0, 377, 0.01, 0.05).below
    assert e_values(20, 100, 0.01, 0.05).above > 1000
    mirrored = e_values(80, 100, 0.95, 0.99)
    assert (mirrored.above, mirrored.below) == pytest.approx(tuple(e_values(20, 100, 0.01, 0.05)))
    assert e_values(100_000, 100_000, 0.01, 0.05).above == inf


def test_e_values_are_wrong_in_at_most_five_percent_however_often_one_looks() -> None:
    for below, above in ((0.05, 0.2), (0.1, 0.1), (0.3, 0.35)):
        rates = np.array([below, (below + above) / 2, above])
        going = np.zeros((101, len(rates)))
        going[0] = 1
        wrong = np.zeros(len(rates))
        for n in range(1, 101):
            going[1 : n + 1] = going[1 : n + 1] * (1 - rates) + going[:n] * rates
            going[0] *= 1 - rates
            evidence = [e_values(yes, n, below, above) for yes in range(n + 1)]
            for name, false in (("below", rates >= below), ("above", rates <= above)):
                said = np.array([getattr(each, name) >= 20 for each in evidence])
                wrong += going[: n + 1][said].sum(axis=0) * false
                going[: n + 1][said] = 0
        assert wrong.max() <= 0.05
        assert wrong.max() > 0.01  # the check can fail


@quick
@given(counts, st.sampled_from([0.8, 0.95, 0.99]))
def test_a_confidence_sequence_holds_the_rates_that_the_mixture_does_not_deny(
    seen: tuple[int, int], level: float
) -> None:
    yes, n = seen
    found = confidence_sequence(yes, n, level)
    if n == 0:
        assert isnan(found.estimate)
        return
    mean = quad(lambda at: likelihood(yes, n, np.sin(at) ** 2), 0, np.pi / 2)[0] * 2 / np.pi
    for rate in np.linspace(0.003, 0.997, 143):
        ratio = mean / likelihood(yes, n, rate)
        if abs(ratio * (1 - level) - 1) > 1e-4:
            assert (found.low <= rate <= found.high) == (ratio < 1 / (1 - level))
    other = confidence_sequence(n - yes, n, level)
    assert (found.low, found.high) == pytest.approx((1 - other.high, 1 - other.low), abs=1e-9)
    wilson = Rate(yes=yes, no=n - yes).interval(level)
    assert wilson is not None
    assert found.width > wilson[1] - wilson[0]  # what it costs to look at any time


def test_a_confidence_sequence_at_size() -> None:
    found = confidence_sequence(50_000, 100_000)
    assert 0.49 < found.low < 0.5 < found.high < 0.51
    assert confidence_sequence(1, 100_000).low > 0


def test_width() -> None:
    assert not width_reached(0, 0, 0.5)
    assert not width_reached(0, 10, 0.1)  # 0 to 28 %
    assert width_reached(0, 20, 0.1)  # 0 to 16 %
    assert not width_reached(45, 90, 0.1)
    assert width_reached(50, 100, 0.1)


def test_the_interval_where_width_stopped_is_the_exact_one() -> None:
    for yes, n in ((0, 20), (3, 40), (50, 100), (20, 20)):
        found = stopped_interval(yes, n)
        assert (found.low, found.high) == pytest.approx(proportion_confint(yes, n, method="beta"), abs=1e-9)
    assert isnan(stopped_interval(0, 0).low)


@pytest.mark.parametrize(("look", "half_width", "cap"), [(10, 0.1, 100), (20, 0.1, 60)])
def test_it_covers_where_wilsons_does_not(look: int, half_width: float, cap: int) -> None:
    rates = np.concatenate([np.geomspace(1e-4, 0.02, 60), np.linspace(0.02, 0.98, 97)])
    steps = binom.pmf(np.arange(look + 1)[:, None], look, rates)
    shown, wilson = np.zeros(len(rates)), np.zeros(len(rates))
    now = {0: np.ones(len(rates))}
    for n in range(look, cap + 1, look):
        reached: dict[int, np.ndarray] = {}
        for yes, chance in now.items():
            for more, step in enumerate(steps):
                reached[yes + more] = reached.get(yes + more, 0) + chance * step
        now = {}
        for yes, chance in reached.items():
            if n < cap and not width_reached(yes, n, half_width):
                now[yes] = chance
                continue
            interval, plain = stopped_interval(yes, n), Rate(yes=yes, no=n - yes).interval()
            assert plain is not None
            shown += chance * ((interval.low <= rates) & (rates <= interval.high))
            wilson += chance * ((plain[0] <= rates) & (rates <= plain[1]))
    assert shown.min() >= 0.93
    assert wilson.min() < 0.93


def test_what_no_harm_rules_out() -> None:
    assert upper_limit(0, 100) == pytest.approx(1 - 0.05**0.01)
    assert upper_limit(0, 300) < 0.01 < upper_limit(0, 290)
    assert upper_limit(3, 20) == pytest.approx(proportion_confint(3, 20, alpha=0.1, method="beta")[1])
    assert upper_limit(5, 5) == upper_limit(0, 0) == 1
    assert all(one < other for one, other in pairwise(upper_limit(yes, 30) for yes in range(31)))


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: e_values(3, 2, 0.1, 0.2), "3 of 2"),
        (lambda: e_values(1, 2, 0.0, 0.2), "below=0.0"),
        (lambda: e_values(1, 2, 0.1, 1.0), "above=1.0"),
        (lambda: e_values(1, 2, 0.3, 0.2), "Exchange"),
        (lambda: confidence_sequence(1, 2, 1.0), "level"),
        (lambda: stopped_interval(-1, 2), "yes=-1"),
        (lambda: width_reached(1, 0, 0.1), "1 of 0"),
        (lambda: upper_limit(4, 3), "4 of 3"),
    ],
)
def test_what_cannot_be(ask, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=says):
        ask()
