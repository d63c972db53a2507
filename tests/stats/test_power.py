"""Power against counting it out, against statsmodels where numbers are large, and what a size must do."""

from math import isnan

import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import power_proportions_2indep, proportion_effectsize

from turncoat.errors import UsageError
from turncoat.stats import e_values, p_value, power, width_reached


@pytest.mark.parametrize(("base", "by", "n1", "n2"), [(0.05, 0.3, 20, 20), (0.0, 0.2, 15, 30), (0.6, -0.4, 25, 10)])
@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_it_is_the_chance_that_the_test_claims_it(base: float, by: float, n1: int, n2: int, alpha: float) -> None:
    claims = np.array([[p_value([(a, n1, b, n2)]) <= alpha for b in range(n2 + 1)] for a in range(n1 + 1)])
    chance = binom.pmf(range(n1 + 1), n1, base + by) @ claims @ binom.pmf(range(n2 + 1), n2, base)
    assert power.power(base, by, n1, n2, alpha=alpha) == pytest.approx(chance, abs=1e-6)


@pytest.mark.parametrize(("base", "by", "n"), [(0.3, 0.05, 1500), (0.5, 0.02, 8000), (0.4, -0.03, 4000)])
def test_with_many_rollouts_it_is_that_of_statsmodels(base: float, by: float, n: int) -> None:
    theirs = power_proportions_2indep(by, base, n, return_results=False)
    effect = proportion_effectsize(base + by, base)
    assert power.power(base, by, n, n) == pytest.approx(theirs, abs=0.01)
    assert power.power(base, by, n, n) == pytest.approx(NormalIndPower().power(effect, n, 0.05), abs=0.01)
    assert power.size(base, by, power=0.9) == pytest.approx(
        NormalIndPower().solve_power(effect, power=0.9, alpha=0.05), rel=0.03
    )


def test_size_is_the_smallest_that_has_the_power() -> None:
    for base, by, looks in ((0.05, 0.2, 1), (0.05, 0.2, 4), (0.01, 0.1, 1), (0.8, -0.3, 2)):
        n = power.size(base, by, looks=looks)
        assert power.power(base, by, n, n, looks=looks) >= 0.8 > power.power(base, by, n - 1, n - 1, looks=looks)
    assert power.size(0.05, 0.2, alpha=0.01) > power.size(0.05, 0.2) < power.size(0.05, 0.2, power=0.95)


def test_looks_cost_little() -> None:
    once, often = (power.power(0.05, 0.15, 100, 100, looks=looks) for looks in (1, 4))
    assert once - 0.02 < often < once


def test_without_a_difference_it_is_the_tests_own_error() -> None:
    assert power.power(0.3, 0.0, 100, 100) <= 0.05
    assert power.power(0.0, 0.0, 100, 100) == 0


def test_the_smallest_difference_that_could_be_found() -> None:
    by = power.detectable(0.05, 100)
    assert power.power(0.05, by, 100, 100) >= 0.8 > power.power(0.05, by - 0.001, 100, 100)
    assert power.detectable(0.05, 1000) < by < power.detectable(0.05, 100, 20)
    assert power.detectable(0.05, 100, looks=4, alpha=0.01) > by
    assert isnan(power.detectable(0.9, 20))
    assert isnan(power.detectable(1.0, 1000))


def stopped(rate: float, look: int, cap: int, half_width: float) -> list[tuple[int, int, float]]:
    """Where the rule of width stops, by taking every path: yes, n and their probability."""
    found, paths = [], {0: 1.0}
    for n in range(look, cap + 1, look):
        reached: dict[int, float] = {}
        for yes, chance in paths.items():
            for more in range(look + 1):
                reached[yes + more] = reached.get(yes + more, 0) + chance * binom.pmf(more, look, rate)
        ends = {yes for yes in reached if n == cap or width_reached(yes, n, half_width)}
        found += [(yes, n, reached[yes]) for yes in ends]
        paths = {yes: chance for yes, chance in reached.items() if yes not in ends}
    return found


@pytest.mark.parametrize(("base", "by"), [(0.05, 0.2), (0.05, 0.15), (0.3, 0.2)])
def test_cells_that_stop_by_width_have_the_power_of_the_rollouts_that_they_get(base: float, by: float) -> None:
    one, other = (stopped(rate, 20, 100, 0.1) for rate in (base + by, base))
    means = [power.rollouts_by_width(rate, look=20, cap=100, half_width=0.1) for rate in (base + by, base)]
    assert means == pytest.approx([sum(n * chance for _, n, chance in side) for side in (one, other)])
    likely = [(each, against) for each in one for against in other if each[2] * against[2] > 1e-7]
    exact = sum(a[2] * b[2] for a, b in likely if p_value([(a[0], a[1], b[0], b[1])]) <= 0.05)
    assert power.power(base, by, round(means[0]), round(means[1])) == pytest.approx(exact, abs=0.06)
    assert power.power(base, by, 100, 100) > exact


def test_rollouts_by_width_at_the_edges() -> None:
    assert power.rollouts_by_width(0.0, look=20, cap=100, half_width=0.1) == 20
    assert power.rollouts_by_width(0.5, look=20, cap=90, half_width=0.05) == pytest.approx(90)
    with pytest.raises(UsageError, match="Rates"):
        power.rollouts_by_width(1.5, look=20, cap=100, half_width=0.1)


@pytest.mark.parametrize(("below", "above"), [(0.01, 0.05), (0.2, 0.3), (0.05, 0.05), (0.0001, 0.9)])
def test_the_least_cap_can_decide_both_ways(below: float, above: float) -> None:
    cap = power.least_cap(below, above)
    for n, enough in ((cap, True), (cap - 1, False)):
        most = (e_values(0, n, below, above).below, e_values(n, n, below, above).above)
        assert (min(most) >= 20) == enough
    assert power.least_cap(below, above, alpha=0.01) > cap


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: power.power(0.9, 0.2, 10, 10), r"0\.9, and 0\.2 more is 1\.1"),
        (lambda: power.power(0.1, -0.2, 10, 10), "negative difference"),
        (lambda: power.power(0.1, 0.2, 0, 10), "n1=0"),
        (lambda: power.power(0.1, 0.2, 10, 10, alpha=0), "alpha=0"),
        (lambda: power.size(0.1, 0.0), "No size"),
        (lambda: power.size(0.1, 0.1, power=1.0), "power 1.0"),
    ],
)
def test_what_cannot_be(ask, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=says):
        ask()
