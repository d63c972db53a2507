"""O'Brien-Fleming's limits: published constants, the multivariate normal of scipy, and what a look is worth."""

from itertools import pairwise
from math import isnan, sqrt

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from turncoat.errors import UsageError
from turncoat.stats import (
    holm,
    obrien_fleming,
    p_value,
    repeated_interval,
    repeated_level,
    repeated_p_value,
    stratified_difference,
)
from turncoat.stats.looks import crossing


@pytest.mark.parametrize(
    ("looks", "alpha", "last"),
    [
        # C. Jennison, B. W. Turnbull, "Group sequential methods with applications to clinical trials" (2000), table 2.3
        (1, 0.05, 1.960),
        (2, 0.05, 1.977),
        (3, 0.05, 2.004),
        (4, 0.05, 2.024),
        (5, 0.05, 2.040),
        (10, 0.05, 2.087),
        (4, 0.01, 2.609),
        (5, 0.1, 1.751),
    ],
)
def test_published_constants(looks: int, alpha: float, last: float) -> None:
    limits = obrien_fleming(looks, alpha)
    assert limits[-1] == pytest.approx(last, abs=6e-4)
    assert limits == pytest.approx([limits[-1] * sqrt(looks / look) for look in range(1, looks + 1)])


def test_four_looks() -> None:
    assert obrien_fleming(4) == pytest.approx((4.049, 2.863, 2.337, 2.024), abs=5e-4)


@pytest.mark.parametrize(("looks", "drift"), [(2, 0.0), (3, 1.5), (4, 2.8), (4, -2.8)])
def test_recursion_against_the_multivariate_normal(looks: int, drift: float) -> None:
    at = np.arange(1, looks + 1) / looks
    spread = np.minimum.outer(at, at) / np.sqrt(np.outer(at, at))
    limits = 2.1 / np.sqrt(at)
    inside = multivariate_normal(drift * np.sqrt(at), spread, seed=1, abseps=1e-7).cdf(limits, lower_limit=-limits)
    assert crossing(2.1, looks, drift) == pytest.approx(1 - inside, abs=2e-5)


def test_a_repeated_p_value_is_the_level_whose_limit_it_reaches() -> None:
    for looks in (2, 4, 7):
        for look in range(1, looks + 1):
            at_limit = 2 * norm.sf(obrien_fleming(looks)[look - 1])
            assert repeated_p_value(at_limit, look, looks) == pytest.approx(0.05, abs=1e-6)
    assert repeated_p_value(0.03, 1, 1) == 0.03
    assert repeated_p_value(0.001, 1, 4) > 0.05 > repeated_p_value(0.001, 3, 4) > 0.001
    assert repeated_p_value(0.0, 1, 4) == pytest.approx(0, abs=1e-12)
    assert repeated_p_value(1.0, 2, 4) == 1
    assert isnan(repeated_p_value(float("nan"), 2, 4))


def test_the_repeated_interval_excludes_no_difference_where_the_limit_is_crossed() -> None:
    for look in (1, 2, 3, 4):
        n = 25 * look
        for yes in range(0, n + 1, look):
            strata = [(yes, n, n // 5, n)]
            found = repeated_interval(strata, look, 4)
            crossed = repeated_p_value(p_value(strata), look, 4) <= 0.05
            assert (found.low <= 0 <= found.high) != crossed
            assert found.level == 0.95
            assert f"look {look} of 4" in found.method
    wide, narrow = (repeated_interval([(12, 25, 5, 25)], look, 4).width for look in (1, 4))
    assert wide > narrow > stratified_difference([(12, 25, 5, 25)]).width


def test_a_family_at_a_look() -> None:
    # Holm over repeated p-values: the first has to reach the limit of half the level
    ps = [2 * norm.sf(obrien_fleming(4, 0.025)[2]), 2 * norm.sf(obrien_fleming(4, 0.05)[2])]
    assert holm([repeated_p_value(p, 3, 4) for p in ps]) == pytest.approx([0.05, 0.05], abs=1e-6)


def test_levels_fall_from_look_to_look() -> None:
    levels = [repeated_level(look, 100) for look in range(1, 101)]
    assert all(0.95 < later <= earlier < 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize(("look", "looks"), [(0, 4), (5, 4), (1, 101)])
def test_no_such_look(look: int, looks: int) -> None:
    with pytest.raises(UsageError, match="Allowed: 1 to 100"):
        repeated_p_value(0.01, look, looks)
    with pytest.raises(UsageError, match="alpha"):
        obrien_fleming(4, 1.0)
