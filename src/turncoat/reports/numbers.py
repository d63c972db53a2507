"""Numbers as they are printed, the same in the terminal, tables, figures and sentences."""

from collections.abc import Sequence
from math import isnan

from turncoat.stats import Estimate, Rate

_DASH = "\N{EN DASH}"
NOTHING = _DASH


def number(value: float | None) -> str:
    """Two decimals; a dash when there is no number."""
    return NOTHING if value is None else f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def ratio(value: float) -> str:
    """Two decimals; a dash for NaN."""
    return number(None if isnan(value) else value)


def span(ends: tuple[float, float] | None) -> str:
    """Two ends with a dash between them, or the dash alone when there is no interval."""
    if ends is None:
        return NOTHING
    return f"{number(ends[0])}{' to ' if ends[0] < 0 else _DASH}{number(ends[1])}"


def interval(rate: Rate) -> str:
    """The 95 % interval."""
    return span(rate.interval())


def estimated(value: Estimate) -> str:
    """An estimate with its interval behind it; a dash in place of what is not defined."""
    return NOTHING if isnan(value.low) else f"{ratio(value.estimate)} ({span((value.low, value.high))})"


def percent(part: int, whole: int) -> str:
    """A share in whole per cent: never `0 %` or `100 %` unless it is exactly that; a dash of nothing."""
    if not whole:
        return NOTHING
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1 %"
    if 99 < share < 100:
        return ">99 %"
    return f"{share:.0f} %"


def count(value: int, noun: str, plural: str = "") -> str:
    """`1 rollout`, `1,200 rollouts`."""
    return f"{value:,} {noun if value == 1 else plural or noun + 's'}"


def recipients(addresses: Sequence[str]) -> str:
    """The first two, and how many more there are."""
    rest = [f"{len(addresses) - 2} more"] if len(addresses) > 2 else []
    return listed([*addresses[:2], *rest])


def listed(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
