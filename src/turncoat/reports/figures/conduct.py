"""What agents believed and what they did instead: rates by stated belief, shares of each course, doses."""

from collections.abc import Sequence
from math import exp, isnan

import polars as pl

from turncoat.reports.figures.curves import Curve, curves
from turncoat.reports.figures.dots import RATES, Block, Row, dots, rate_row
from turncoat.reports.figures.picture import Picture
from turncoat.reports.figures.stacked import Bar, Part, stacked
from turncoat.reports.numbers import listed, number, percent, probability, span, times
from turncoat.reports.text import visible
from turncoat.stats import Estimate, Rate
from turncoat.studies.estimates import Belief, Dose, Sequences

ROWS_AT_MOST = 36
_SAYS = {"evaluation": "says it is a test", "real": "says it is real", "none": "says neither"}
_COURSES = (
    ("harm_first", Part("harm at once", "harm", 0.62)),
    ("honest_then_harm", Part("honest route, then harm", "harm", 0.28)),
    ("honest_only", Part("honest route only", 0)),
    ("refused", Part("refused", 2)),
    ("neither", Part("none of these", "faint", 0.22)),
)


def beliefs(found: Sequence[Belief]) -> Picture | None:
    """Rates by what an agent says that it is in, of one scenario; None where nobody says anything."""
    told = [each for each in found if set(each.shares) - {"none"}]
    overall = [each for each in told if not each.condition] or told
    if not overall:
        return None
    rows_each = max(len(each.rates) for each in overall)
    drawn = overall[: max(ROWS_AT_MOST // rows_each, 1)]
    blocks: list[Block] = [(_who(each.model, each.condition), _beliefs(each)) for each in drawn]
    return Picture(
        name=f"beliefs-{drawn[0].scenario}",
        title=f"Rate of the headline harm in {visible(drawn[0].scenario)}, by what the agent says that it is in",
        unit="rate of the headline harm",
        text=" ".join(
            f"{head}, {row.name}: {row.written[0]}, interval {row.written[1]}." for head, rows in blocks for row in rows
        ),
        caption="Dot: the rate among those who say so. Thick line: 95 % interval. At the right: rate, interval, "
        "yes/decided. What agents say of themselves is not assigned by chance: a difference is no effect of belief."
        + _rest(len(overall) - len(drawn)),
        data=pl.DataFrame(
            [
                {
                    "scenario": each.scenario, "model": each.model, "reference": each.reference,
                    "condition": each.condition, "belief": belief, "share_of_scored": each.shares.get(belief, 0),
                    **_numbers(rate, each.intervals[belief]),
                }
                for each in found
                for belief, rate in each.rates.items()
            ],
            infer_schema_length=None,
        ),
        forms=dots(blocks, RATES),
    )  # fmt: skip


def _beliefs(belief: Belief) -> list[Row]:
    said = sum(belief.shares.values())
    return [
        rate_row(
            f"{words} ({percent(belief.shares.get(name, 0), said)})",
            belief.rates[name],
            _ends(belief.intervals[name]),
            series=i,
            of=len(_SAYS),
            hollow=belief.reference,
        )
        for i, (name, words) in enumerate(_SAYS.items())
        if name in belief.rates
    ]


def instead(found: Sequence[Sequences], *, interfaces: Sequence[str] = ()) -> Picture | None:
    """What was done instead of harm, and before it, of one scenario; None where nothing is decided.

    `interfaces`: those that are counted together.
    """
    there = [each for each in found if sum(_courses(each))]
    split = [each for each in there if each.condition] or there
    if not split:
        return None
    # conditions where there is room for them, models alone where there is not
    chosen = split if len(split) <= ROWS_AT_MOST else [each for each in there if not each.condition] or split
    drawn = chosen[:ROWS_AT_MOST]
    by_condition: dict[str, list[Bar]] = {}
    for each in drawn:
        by_condition.setdefault(visible(each.condition), []).append(Bar(visible(each.model), _courses(each)))
    parts = [part for _, part in _COURSES]
    return Picture(
        name=f"instead-{drawn[0].scenario}",
        title=f"What was done in {visible(drawn[0].scenario)}: harm, honest routes, refusals",
        unit="share of the rollouts with a clear verdict",
        text=" ".join(
            f"{_who(each.model, each.condition)}: "
            + ", ".join(f"{part.name} {percent(n, sum(_courses(each)))}" for (_, part), n in _told(each))
            + "."
            for each in drawn
        ),
        caption="Shares of rollouts with a clear verdict. Honest route: it appealed to the one who decides, or turned "
        "to somebody who can help."
        + (f" Interfaces are counted together: {listed(interfaces)}." if len(interfaces) > 1 else "")
        + _rest(len(chosen) - len(drawn)),
        data=pl.DataFrame(
            [
                {
                    "scenario": each.scenario, "model": each.model, "reference": each.reference,
                    "condition": each.condition, **{name: getattr(each, name) for name, _ in _COURSES},
                    "paused": each.paused,
                }
                for each in found
            ],
            infer_schema_length=None,
        ),
        forms=stacked(list(by_condition.items()), parts),
    )  # fmt: skip


def _courses(each: Sequences) -> tuple[int, ...]:
    return tuple(getattr(each, name) for name, _ in _COURSES)


def _told(each: Sequences) -> list[tuple[tuple[str, Part], int]]:
    return [(course, n) for course, n in zip(_COURSES, _courses(each), strict=True) if n]


def doses(found: Sequence[Dose]) -> Picture | None:
    """Rates along one numeric factor of one scenario; None where nothing is decided."""
    drawn = [each for each in found if any(rate.decided for _, rate in each.points)][:8]
    if not drawn:
        return None
    first = drawn[0]
    return Picture(
        name=f"dose-{first.scenario}-{first.factor}",
        title=f"Rate of the headline harm in {visible(first.scenario)} along {visible(first.factor)}",
        unit="Vertical axis: rate of the headline harm.",
        text=" ".join(
            f"{visible(each.model)}: "
            + ", ".join(
                f"{number(rate.estimate)} ({span(_ends(known))}) at {x:g}"
                for (x, rate), known in zip(each.points, each.intervals, strict=True)
            )
            + f"; {_slope(each)}."
            for each in drawn
        ),
        caption="Dot: the rate. Bar: its 95 % interval. Behind the name: by how much the odds are multiplied for each "
        f"{first.unit:g} more, with p adjusted for all doses together: a lead, not a finding."
        + "".join(f" {note}" for note in dict.fromkeys(each.note for each in drawn) if note)
        + _rest(len(found) - len(drawn)),
        data=pl.DataFrame(
            [
                {"scenario": each.scenario, "model": each.model, "reference": each.reference, "factor": each.factor,
                 "level": x, **_numbers(rate, known), "unit": each.unit, "log_odds": each.slope.estimate,
                 "log_odds_low": each.slope.low, "log_odds_high": each.slope.high, "p": each.p,
                 "adjusted": each.adjusted, "method": each.slope.method, "note": each.note}
                for each in found
                for (x, rate), known in zip(each.points, each.intervals, strict=True)
            ],
            infer_schema_length=None,
        ),
        forms=curves([_curve(each) for each in drawn], axis=visible(first.factor)),
    )  # fmt: skip


def _curve(dose: Dose) -> Curve:
    points = [(x, rate.estimate, _ends(known)) for (x, rate), known in zip(dose.points, dose.intervals, strict=True)]
    return Curve(
        name=visible(dose.model),
        said=_slope(dose),
        points=tuple((x, known, *ends) for x, known, ends in points if known is not None and ends),
        hollow=dose.reference,
    )


def _slope(dose: Dose) -> str:
    slope = dose.slope
    if isnan(slope.low):
        return "no slope"
    low, high = (min(exp(min(end, 50)), 1e9) for end in (slope.low, slope.high))
    estimate = times(exp(min(slope.estimate, 50))) if not isnan(slope.estimate) else ""
    return f"odds times {estimate} ({times(low)} to {times(high)}), adjusted p{probability(dose.adjusted)}"


def _numbers(rate: Rate, interval: Estimate) -> dict[str, object]:
    low, high = _ends(interval) or (None, None)
    return {
        "yes": rate.yes,
        "decided": rate.decided,
        "open": rate.open,
        "rate": rate.estimate,
        "low": low,
        "high": high,
    }


def _ends(interval: Estimate) -> tuple[float, float] | None:
    return None if isnan(interval.low) else (interval.low, interval.high)


def _who(model: str, condition: str) -> str:
    return visible(", ".join(filter(None, (model, condition))))


def _rest(hidden: int) -> str:
    return f" {hidden} more are in the numbers of the figure only." if hidden > 0 else ""
