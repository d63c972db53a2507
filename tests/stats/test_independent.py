"""The difference of two independent estimates, each with the interval of its own rule of sampling."""

from collections.abc import Callable
from functools import cache
from math import isnan, sqrt

import numpy as np
import pytest

from turncoat.stats import (
    Estimate,
    confidence_sequence,
    difference,
    e_values,
    independent_difference,
    p_value,
    repeated_level,
    repeated_p_value,
    width_reached,
)
from turncoat.stats.estimate import undefined

Drawn = Callable[[np.random.Generator, float, float], Estimate]
_SETS = 300


def known(estimate: float, low: float, high: float) -> Estimate:
    return Estimate(estimate=estimate, low=low, high=high, level=0.95, n=100, method="by hand")


def test_it_is_the_normal_one_where_both_are() -> None:
    found = independent_difference(known(0.1, 0.0, 0.2), known(0.4, 0.2, 0.6))
    half = sqrt(0.1**2 + 0.2**2)
    assert (found.estimate, found.low, found.high) == pytest.approx((0.3, 0.3 - half, 0.3 + half))
    assert (found.n, found.level) == (200, 0.95)
    assert "Zou" in found.method


def test_crooked_intervals_stay_crooked() -> None:
    found = independent_difference(known(0.0, 0.0, 0.3), known(0.5, 0.4, 0.9))
    assert found.low == pytest.approx(0.5 - sqrt(0.1**2 + 0.3**2))
    assert found.high == pytest.approx(0.9)
    assert independent_difference(known(-1, -1, 0.9), known(1, -0.9, 1)).high == 2


def test_nothing_is_nothing() -> None:
    nothing = undefined(level=0.95, n=0, method="none")
    assert isnan(independent_difference(known(0.1, 0, 0.2), nothing).estimate)
    assert isnan(independent_difference(nothing, known(0.1, 0, 0.2)).low)


@cache
def _at(yes1: int, yes2: int, n1: int, n2: int, level: float) -> Estimate:
    return difference(yes1, n1, yes2, n2, level=level)


@cache
def _p(yes1: int, yes2: int, n: int) -> float:
    return p_value([(yes1, n, yes2, n)])


def _fixed(draw: np.random.Generator, one: float, other: float) -> Estimate:
    return _at(int(draw.binomial(100, one)), int(draw.binomial(100, other)), 100, 100, 0.95)


def _looks(draw: np.random.Generator, one: float, other: float) -> Estimate:
    """Four looks, O'Brien-Fleming: it stops when the contrast is answered."""
    yes = np.cumsum(draw.binomial(25, [[one] * 4, [other] * 4]), axis=1)
    for look in (1, 2, 3, 4):
        first, second = (int(side[look - 1]) for side in yes)
        if look == 4 or repeated_p_value(_p(first, second, 25 * look), look, 4) < 0.05:
            return _at(first, second, 25 * look, 25 * look, repeated_level(look, 4))
    raise AssertionError


@cache
def _sequence(yes: int, n: int) -> Estimate:
    return confidence_sequence(yes, n, 0.975)


@cache
def _decided(yes: int, n: int) -> bool:
    return max(e_values(yes, n, 0.05, 0.2)) >= 20


def _decide(draw: np.random.Generator, one: float, other: float) -> Estimate:
    """Each side until its rate is shown to be below 5 % or above 20 %; a confidence sequence of each."""
    sides = []
    for rate in (one, other):
        for n, yes in zip(range(25, 201, 25), np.cumsum(draw.binomial(25, rate, 8)), strict=True):
            if _decided(int(yes), n):
                break
        sides.append(_sequence(int(yes), n))
    first, second = sides
    return known(first.estimate - second.estimate, first.low - second.high, first.high - second.low)


def _width(draw: np.random.Generator, one: float, other: float) -> Estimate:
    counts = []
    for rate in (one, other):
        for n, yes in zip(range(20, 101, 20), np.cumsum(draw.binomial(20, rate, 5)), strict=True):
            if width_reached(int(yes), n, 0.1):
                break
        counts.append((int(yes), n))
    return _at(counts[0][0], counts[1][0], counts[0][1], counts[1][1], 0.95)


@pytest.mark.parametrize(("one", "other"), [(_looks, _looks), (_width, _width), (_fixed, _decide)])
def test_it_holds_the_truth_as_often_as_it_says(one: Drawn, other: Drawn) -> None:
    """Of 6,000 at six sets of rates, each pair of rules held 95.0 % or more."""
    draw = np.random.default_rng(5)
    for before, after in (((0.5, 0.05), (0.3, 0.05)), ((0.6, 0.3), (0.4, 0.4))):
        truth = (after[0] - after[1]) - (before[0] - before[1])
        found = [independent_difference(one(draw, *before), other(draw, *after)) for _ in range(_SETS)]
        held = sum(each.low <= truth <= each.high for each in found) / _SETS
        assert held >= 0.93, (before, after)
