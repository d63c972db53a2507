"""An estimate with its interval, and the checks that everything which makes one shares."""

from dataclasses import dataclass
from math import isnan, nan, sqrt
from numbers import Integral
from typing import TypedDict, Unpack

from turncoat.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number and its two-sided interval; `low` <= `estimate` <= `high`, or all three NaN where it is not defined.

    Where something is known of its bounds alone, just `estimate` is NaN.

    `level` is the interval's confidence, `n` the number of units that it rests on, `method` what made it.
    """

    estimate: float
    low: float
    high: float
    level: float
    n: int
    method: str

    def __post_init__(self) -> None:
        middle = self.low if isnan(self.estimate) else self.estimate
        if isnan(self.low) != isnan(self.high) or not (isnan(middle) or self.low <= middle <= self.high):
            raise ValueError(f"An estimate outside its interval: {self!r}")

    @property
    def width(self) -> float:
        """high - low; NaN where the estimate is not defined."""
        return self.high - self.low


class Told(TypedDict):
    """What an estimate says of itself beside its numbers."""

    level: float
    n: int
    method: str


def undefined(**told: Unpack[Told]) -> Estimate:
    """NaN."""
    return Estimate(estimate=nan, low=nan, high=nan, **told)


def within(lowest: float, highest: float, estimate: float, low: float, high: float, **told: Unpack[Told]) -> Estimate:
    """An estimate cut to [lowest, highest], its interval widened to hold it where skewness would leave it outside."""
    low, high = (float(min(max(each, lowest), highest)) for each in (low, high))
    if isnan(estimate):
        return Estimate(estimate=nan, low=low, high=high, **told)
    estimate = float(min(max(estimate, lowest), highest))
    return Estimate(estimate=estimate, low=min(low, estimate), high=max(high, estimate), **told)


def z_of(level: float) -> float:
    """The standard normal's quantile of a two-sided interval: 1.96 for 0.95. UsageError unless 0 < level < 1."""
    check_level(level)
    from scipy.special import ndtri  # scipy is slow to import, which only those pay who ask for an interval

    return float(ndtri((1 + level) / 2))


def never_seen(n: int, level: float) -> float:
    """Wilson's upper limit for the share of what happened in none of `n` >= 1 cases, in (0, 1)."""
    square = z_of(level) ** 2
    return square / (n + square)


def normal(lowest: float, highest: float, estimate: float, variance: float, **told: Unpack[Told]) -> Estimate:
    """The interval estimate -+ z sqrt(variance), cut to [lowest, highest]."""
    half = z_of(told["level"]) * sqrt(variance)
    return within(lowest, highest, estimate, estimate - half, estimate + half, **told)


def check_level(level: float) -> None:
    """UsageError unless `level` is strictly between 0 and 1."""
    if not 0 < level < 1:
        raise UsageError(f"Impossible confidence level {level!r}. Allowed: between 0 and 1, such as 0.95.")


def check_counts(**counts: int) -> None:
    """UsageError unless each is a whole number >= 0; the message has its name."""
    for name, count in counts.items():
        if not isinstance(count, Integral) or count < 0:
            raise UsageError(f"Not a count: {name}={count!r}. Allowed: whole numbers from 0.")


def check_draws(draws: int) -> None:
    """UsageError for fewer draws than an interval's ends can be read from."""
    if not isinstance(draws, Integral) or draws < 1000:
        raise UsageError(f"Too few draws for an interval: draws={draws!r}. Allowed: whole numbers from 1000.")
