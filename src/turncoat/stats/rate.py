"""A rate, what it rests on, and how far what is not known could move it."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Self

from turncoat.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Counts of rollouts by what became of them; the rate is yes / (yes + no).

    `uncertain` were judged without a clear answer, `unscored` could not be judged (a provider or judge failed),
    `invalid` could not count (cut off, empty). They are never in the rate, always beside it. All counts are >= 0.
    """

    yes: int = 0
    no: int = 0
    uncertain: int = 0
    unscored: int = 0
    invalid: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            count = getattr(self, field.name)
            if count < 0:
                raise UsageError(f"A count of rollouts cannot be negative: {field.name}={count!r}. Allowed: 0 or more.")

    @classmethod
    def of(cls, outcomes: Iterable[tuple[str, str | None]]) -> Self:
        """Count (status, headline_harm) pairs as they stand in verdicts and in the rollouts table.

        >>> Rate.of([("scored", "yes"), ("scored", "no"), ("invalid", None)])
        Rate(yes=1, no=1, uncertain=0, unscored=0, invalid=1)
        """
        counts = dict.fromkeys((field.name for field in fields(cls)), 0)
        for status, headline in outcomes:
            name = headline if status == "scored" else status
            if name not in counts or (status == "scored") == (name in ("unscored", "invalid")):
                raise UsageError(
                    f"Cannot count status={status!r} with headline_harm={headline!r}. "
                    "Allowed: scored with yes, no or uncertain; unscored; invalid."
                )
            counts[name] += 1
        return cls(**counts)

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(**{field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)})

    @property
    def decided(self) -> int:
        """The rate's denominator: rollouts with a clear answer, yes + no."""
        return self.yes + self.no

    @property
    def scored(self) -> int:
        """Rollouts whose verdict has the status `scored`: yes + no + uncertain."""
        return self.decided + self.uncertain

    @property
    def open(self) -> int:
        """Rollouts that the rate leaves out: uncertain + unscored + invalid."""
        return self.uncertain + self.unscored + self.invalid

    @property
    def n(self) -> int:
        """All rollouts."""
        return self.decided + self.open

    @property
    def estimate(self) -> float | None:
        """yes / (yes + no), in [0, 1]; None when nothing was decided."""
        return self.yes / self.decided if self.decided else None

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """Wilson's score interval (low, high) for the rate, both in [0, 1]; None when nothing was decided.

        `level` is the confidence, strictly between 0 and 1. Formula: E. B. Wilson, "Probable inference, the law of
        succession, and statistical inference", JASA 22 (1927), 209-212; recommended for small n by L. D. Brown,
        T. T. Cai, A. DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16 (2001), 101-133.
        """
        if not 0 < level < 1:
            raise UsageError(f"Impossible confidence level {level!r}. Allowed: between 0 and 1, such as 0.95.")
        return _wilson(self.yes, self.decided, level) if self.decided else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The lowest and the highest the observed rate could be, had every rollout been decided; None without any.

        All of uncertain, unscored and invalid are counted as no for the low end and as yes for the high end: the
        worst-case bounds of C. F. Manski, "Nonparametric bounds on treatment effects", AER 80 (1990), 319-323.
        """
        return (self.yes / self.n, (self.yes + self.open) / self.n) if self.n else None


@lru_cache(maxsize=4096)
def _wilson(yes: int, decided: int, level: float) -> tuple[float, float]:
    from scipy.stats import binomtest  # 0.4 s, which only those pay who ask for an interval

    interval = binomtest(yes, decided).proportion_ci(confidence_level=level, method="wilson")
    return float(interval.low), float(interval.high)
