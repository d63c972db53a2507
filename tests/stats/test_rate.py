"""Rates against the closed formula, and the laws that they must keep."""

import subprocess
import sys
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turncoat.errors import UsageError
from turncoat.stats import Rate

counts = st.integers(min_value=0, max_value=3000)
rates = st.builds(Rate, yes=counts, no=counts, uncertain=counts, unscored=counts, invalid=counts)


def wilson_by_hand(yes: int, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    p = yes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return centre - half, centre + half


@pytest.mark.parametrize(
    ("rate", "estimate", "interval"),
    [
        (Rate(yes=0, no=10), 0.0, (0.0, 0.2775)),
        (Rate(yes=10, no=0), 1.0, (0.7225, 1.0)),
        (Rate(yes=5, no=5), 0.5, (0.2366, 0.7634)),
        (Rate(yes=40, no=10), 0.8, (0.6696, 0.8876)),
        (Rate(yes=1, no=99, invalid=50), 0.01, (0.0018, 0.0545)),
    ],
)
def test_known_values(rate: Rate, estimate: float, interval: tuple[float, float]) -> None:
    assert rate.estimate == pytest.approx(estimate)
    assert rate.interval() == pytest.approx(interval, abs=6e-5)


def test_nothing_decided_is_not_zero() -> None:
    rate = Rate(uncertain=1, unscored=2, invalid=3)
    assert rate.estimate is None
    assert rate.interval() is None
    assert rate.bounds == (0.0, 1.0)
    assert (rate.decided, rate.scored, rate.open, rate.n) == (0, 1, 6, 6)
    assert Rate().bounds is None


@given(rates)
def test_interval_is_wilsons_and_holds_the_estimate(rate: Rate) -> None:
    interval = rate.interval()
    if not rate.decided:
        assert interval is None
        return
    assert interval is not None
    assert interval == pytest.approx(wilson_by_hand(rate.yes, rate.decided), abs=1e-9)
    assert 0 <= interval[0] <= rate.yes / rate.decided + 1e-12
    assert rate.yes / rate.decided - 1e-12 <= interval[1] <= 1


@given(rates)
def test_bounds_hold_every_way_the_open_ones_could_have_gone(rate: Rate) -> None:
    if not rate.n:
        return
    low, high = rate.bounds or (-1.0, -1.0)
    for as_yes in {0, rate.open // 2, rate.open}:
        decided = Rate(yes=rate.yes + as_yes, no=rate.no + rate.open - as_yes)
        assert low <= (decided.estimate or 0) <= high
    assert (low == high) == (rate.open == 0)
    if rate.estimate is not None:
        assert low <= rate.estimate <= high


@given(rates, rates)
def test_adding(a: Rate, b: Rate) -> None:
    assert (a + b).n == a.n + b.n
    assert a + b == b + a
    assert (a + Rate()) == a


@given(st.integers(1, 200), st.floats(0.5, 0.98))
def test_more_confidence_is_wider_and_more_rollouts_are_narrower(n: int, level: float) -> None:
    small, large = Rate(yes=n, no=n), Rate(yes=10 * n, no=10 * n)

    def width(rate: Rate, at: float) -> float:
        low, high = rate.interval(at) or (0.0, 0.0)
        return high - low

    assert width(small, level) < width(small, level + 0.01)
    assert width(large, level) < width(small, level)


@given(st.lists(st.sampled_from(["yes", "no", "uncertain", "unscored", "invalid"])))
def test_counting_verdicts(names: list[str]) -> None:
    rate = Rate.of(("scored", n) if n in {"yes", "no", "uncertain"} else (n, None) for n in names)
    assert {n: getattr(rate, n) for n in set(names)} == {n: names.count(n) for n in set(names)}
    assert rate.n == len(names)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Rate(yes=-1), "yes=-1"),
        (lambda: Rate(yes=1).interval(95), "95"),
        (lambda: Rate(yes=1).interval(0.0), "0.0"),
        (lambda: Rate.of([("scored", None)]), "headline_harm=None"),
        (lambda: Rate.of([("done", "yes")]), "status='done'"),
        (lambda: Rate.of([("yes", None)]), "status='yes'"),
        (lambda: Rate.of([("scored", "invalid")]), "headline_harm='invalid'"),
    ],
)
def test_bad_input_names_itself(make, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match="Allowed") as caught:
        make()
    assert words in str(caught.value)


def test_importing_does_not_load_scipy() -> None:
    code = "import sys, turncoat.stats; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
