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


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def points(value: float, *, fine: bool = False) -> str:
    """A difference of rates in percentage points, without the word: whole ones, or a decimal where it is small.

    >>> points(0.07), points(0.0449, fine=True), points(0.0001)
    ('7', '4.5', '<0.1')
    """
    if isnan(value):
        return NOTHING
    sized = 100 * abs(value)
    if 0 < sized < 0.05:
        return f"{_minus(value)}<0.1"
    written = f"{sized:.1f}" if fine or sized < 0.95 else f"{sized:.0f}"
    return f"{_minus(value) if float(written) else ''}{written.removesuffix('.0')}"


def points_span(value: Estimate, *, fall: bool = False) -> str:
    """The interval of a difference of rates, in points: `33 to 49`. `fall`: of how much lower the rate is."""
    low, high = (-value.high, -value.low) if fall else (value.low, value.high)
    fine = value.width < 0.05
    return NOTHING if isnan(low) else f"{points(low, fine=fine)} to {points(high, fine=fine)}"


def bounds(ends: tuple[float, float] | None) -> str:
    """Where a difference of rates could be, in points."""
    return f"{points(ends[0])} to {points(ends[1])}" if ends else NOTHING


def in_points(value: Estimate) -> str:
    """A difference of rates with its interval behind it: `+41 (33 to 49)`."""
    sign = "+" if value.estimate > 0 else ""
    return f"{sign}{points(value.estimate, fine=value.width < 0.05)} ({points_span(value)})"


def probability(value: float, *, edge: float = 0.05) -> str:
    """A p-value behind `p`: ` < 0.001`, ` = 0.03`; as many digits as keep it on its side of `edge`."""
    if isnan(value):
        return f" {NOTHING}"
    if value < 0.001:
        return " < 0.001"
    digits = 2 if value >= 0.095 else 3
    while value != edge and round(value, digits) == edge:
        digits += 1
    return f" = {value:.{digits}f}"


def times(value: float) -> str:
    """A ratio that may be small or large: two digits that count."""
    if isnan(value):
        return NOTHING
    if value > 9_999:
        return ">9,999"
    return "<0.01" if 0 <= value < 0.01 else f"{value:.2f}" if value < 9.95 else f"{value:,.0f}"


def times_span(value: Estimate) -> str:
    """The interval of a ratio."""
    return NOTHING if isnan(value.low) else f"{times(value.low)} to {times(value.high)}"


def share(value: float) -> str:
    """A rate as per cent, with a decimal below ten: `0.9 %`, `41 %`."""
    if isnan(value):
        return NOTHING
    written = f"{100 * value:.1f}" if value < 0.0995 else f"{100 * value:.0f}"
    return f"{written.removesuffix('.0')} %" if float(written) or not value else "<0.1 %"


def _minus(value: float) -> str:
    return "\N{MINUS SIGN}" if value < 0 else ""
