"""What a study will cost in tokens, money and time, for each of its models and judges, before it costs anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from turncoat.judging import Case
from turncoat.reference.dials import dials
from turncoat.reference.play import play
from turncoat.reference.script import script, seat_of
from turncoat.stats import effective
from turncoat.studies.cost.discounts import cached_usd, discounts
from turncoat.studies.cost.judging import of_cases
from turncoat.studies.cost.rollouts import Estimate, Reading, estimate, rollout_reading
from turncoat.studies.design.plan import Cell, Pair, Plan
from turncoat.studies.looks.forecast import Sizes
from turncoat.studies.models import Price, is_free, price

SECONDS = 15.0
"""A call's, roughly: models that reason take longer."""
CONNECTIONS = 10
_FEWER = (50, 20, 10, 5)


@dataclass(frozen=True, slots=True)
class ModelCost:
    """What one model is expected to cost. `usd`: at least, expected, at most; None where no price is known.

    `cached`, `batched`: what is expected, with the provider's prompt cache, and in batches; None where the discount is
    not known. `seconds`: of the expected rollouts.
    """

    expected: Estimate
    usd: tuple[float, float, float] | None
    cached: float | None
    batched: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Fewer:
    """What `surfaces` in place of a new one for every rollout would save, and how many rollouts a cell's were worth."""

    surfaces: int
    usd: float
    saved: float
    worth: float


def model_costs(
    plan: Plan,
    sizes: Sizes,
    prices: Mapping[str, Price],
    *,
    connections: int | None = None,
    seconds: float = SECONDS,
) -> list[ModelCost]:
    """One a model, in the plan's order."""
    readings = {cell.name: rollout_reading(cell) for cell in plan.cells}
    least, expected, most = (estimate(plan, each, prices) for each in (sizes.least, sizes.expected, sizes.most))
    return [
        ModelCost(
            expected=middle,
            usd=(low.usd or 0.0, middle.usd, high.usd or 0.0) if middle.usd is not None else None,
            cached=_cached(label, plan, sizes.expected, readings, prices),
            batched=_batched(middle),
            seconds=_seconds(label, sizes.expected, readings, connections, seconds) if not middle.free else 0.0,
        )
        for label, low, middle, high in zip(plan.labels, least, expected, most, strict=True)
    ]


def fewer_surfaces(plan: Plan, sizes: Sizes, prices: Mapping[str, Price], correlation: float) -> list[Fewer]:
    """What the prompt cache would save at the cap with the same few surfaces in every cell; of known prices.

    `correlation`: between the outcomes of two rollouts on one surface, an assumption.
    """
    cap = max(sizes.most.values())
    readings = {cell.name: rollout_reading(cell) for cell in plan.cells}
    found = []
    for surfaces in (each for each in _FEWER if each < cap):
        pairs = [
            (
                _cached(label, replace(plan, repeat=None), sizes.most, readings, prices),
                _cached(label, replace(plan, repeat=surfaces), sizes.most, readings, prices),
            )
            for label in plan.labels
        ]
        known = [(fresh, few) for fresh, few in pairs if fresh is not None and few is not None]
        if known:
            usd = sum(few for _, few in known)
            saved = sum(fresh for fresh, _ in known) - usd
            found.append(Fewer(surfaces, usd, saved, effective(cap, surfaces, correlation)))
    return found


def judge_costs(
    plan: Plan, judges: Sequence[str], sizes: Mapping[Pair, int], prices: Mapping[str, Price]
) -> list[Estimate]:
    """What models that judge are expected to cost, by the length of what a simulated agent makes of each cell."""
    if not judges:
        return []
    cases = {cell.name: _played(cell) for cell in plan.cells}
    counts: dict[str, int] = {}
    for (_, name), number in sizes.items():
        counts[name] = counts.get(name, 0) + number
    pairs = [(counts[name], case) for name, case in cases.items()]
    return [of_cases(name, pairs, prices.get(name) or price(name)) for name in judges]


def _played(cell: Cell) -> Case:
    briefing = cell.briefing(0)
    seat = seat_of(briefing, cell.interface)
    record, texts = play(script(dials("insider", {"p": 1.0}), seat), briefing, cell.interface)
    return Case(cell.name, briefing.facts, record, texts, briefing.headline)


def _known(label: str, plan: Plan, prices: Mapping[str, Price]) -> Price | None:
    name = plan.labels[label].name
    return None if is_free(name) else prices.get(name) or price(name)


def _cached(
    label: str, plan: Plan, sizes: Mapping[Pair, int], readings: Mapping[str, Reading], prices: Mapping[str, Price]
) -> float | None:
    known, discount = _known(label, plan, prices), discounts().of(plan.labels[label].name)
    if known is None or discount is None:
        return None
    counts = {name: sizes[label, name] for name in readings}
    return sum(
        cached_usd(reading, counts[name], min(plan.repeat or counts[name], counts[name]), known, discount)
        for name, reading in readings.items()
    )


def _batched(expected: Estimate) -> float | None:
    discount = discounts().of(expected.model)
    return expected.usd * discount.batch if expected.usd is not None and discount else None


def _seconds(
    label: str, sizes: Mapping[Pair, int], readings: Mapping[str, Reading], connections: int | None, seconds: float
) -> float:
    calls = sum(sizes[label, name] * reading.calls for name, reading in readings.items())
    return calls * seconds / (connections or CONNECTIONS)
