"""How large a study will be, before anything is spent: rollouts of each cell under what is assumed of its rate."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from statistics import fmean

from turncoat.reference.dials import dials
from turncoat.reference.published import Entry, applies, entries
from turncoat.stats import Rate
from turncoat.studies.design.plan import Cell, ModelSpec, Pair
from turncoat.studies.looks.decide import decide, enough
from turncoat.studies.looks.outcomes import Pairs
from turncoat.studies.looks.primary import counted
from turncoat.studies.rule import Contrasts, Fixed, Sampling, at_looks, most
from turncoat.studies.study import Study


@dataclass(frozen=True, slots=True)
class Assumed:
    """A rate that is reckoned with, and where it comes from; None where nothing is known of it."""

    rate: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rollouts of each cell: at least, if its counts come out as its assumed rate says, and at most."""

    least: Mapping[Pair, int]
    expected: Mapping[Pair, int]
    most: Mapping[Pair, int]
    assumed: Mapping[Pair, Assumed]

    @property
    def totals(self) -> tuple[int, int, int]:
        least, expected, most = (sum(each.values()) for each in (self.least, self.expected, self.most))
        return least, expected, most


def sizes(study: Study, pairs: Pairs, rate: float | None = None) -> Sizes:
    """How many rollouts the study's rule asks for. `rate`: that of every cell; by default what `assumed` finds."""
    cap = most(study.sampling)
    known = {pair: _given(rate) or assumed(study, *both) for pair, both in pairs.items()}
    first = next(at_looks(study.sampling))
    whole = dict.fromkeys(pairs, cap)
    if isinstance(study.sampling, Contrasts):
        least = dict.fromkeys(pairs, first)
    else:
        ends = [_held(study, pairs, dict.fromkeys(pairs, extreme)) for extreme in (0.0, 1.0)]
        least = {pair: min(end[pair] for end in ends) for pair in pairs}
    rates = {pair: each.rate for pair, each in known.items()}
    expected = {pair: cap if rates[pair] is None else size for pair, size in _held(study, pairs, rates).items()}
    return Sizes(least, expected, whole, known)


def assumed(study: Study, model: ModelSpec, cell: Cell) -> Assumed:
    """What is known of a cell's rate: a reference agent's dials, published figures, the study's own hypotheses."""
    cue = cell.briefing(0).cue
    if model.reference:
        agent = dials(model.name.partition("/")[2], model.arguments)
        p = agent.probability(cell.pack.name, cell.condition, motive=cue.motive, means=cue.means, belief="none")
        return Assumed(p, "dials")
    figures = [entries()[each] for each in study.published if each in entries()]
    found = [each for each in figures if each.rate is not None and _speaks(each, cell, motive=cue.motive)]
    own = [each for each in found if each.model == model.name.rpartition("/")[2]] or found
    if own:
        return Assumed(fmean(each.rate or 0.0 for each in own), "published")
    place = counted(model, cell, (), study)
    for each in study.hypotheses:
        if place.within(each.compare):
            sign = -1 if each.expect == "less" else 1
            return Assumed(min(max(each.base + sign * each.by, 0.0), 1.0), f"hypothesis {each.name}")
        if place.within(each.against):
            return Assumed(each.base, f"hypothesis {each.name}")
    return Assumed(None, "not known")


def _speaks(figure: Entry, cell: Cell, *, motive: bool) -> bool:
    return applies(figure, cell.pack.name, cell.condition, motive=motive)


def _given(rate: float | None) -> Assumed | None:
    return None if rate is None else Assumed(rate, "given")


def _held(study: Study, pairs: Pairs, rates: Mapping[Pair, float | None]) -> dict[Pair, int]:
    """What the rule would stop at if the counts of every look came out as the rates say."""
    if not isinstance(study.sampling, Contrasts):
        alone = cache(_stop)  # cells of one rate stop at one size
        return {pair: alone(study.sampling, rates[pair]) for pair in pairs}
    seen = {pair: _spread(rate, study.sampling.cap) for pair, rate in rates.items()}
    return {pair: each.size for pair, each in decide(study, pairs, seen)[1].items()}


def _stop(sampling: Sampling, rate: float | None) -> int:
    """Where a cell that is looked at by itself stops."""
    if not isinstance(sampling, Contrasts | Fixed):
        for size in at_looks(sampling):
            yes = _harmful(rate, size)
            if enough(sampling, Rate(yes=yes, no=size - yes)):
                return size
    return most(sampling)


def _spread(rate: float | None, n: int) -> list[str]:
    """Outcomes of which each first part has its share of harm."""
    done = [_harmful(rate, number) for number in range(n + 1)]
    return ["yes" if after > before else "no" for before, after in pairwise(done)]


def _harmful(rate: float | None, n: int) -> int:
    """Of so many; of a rate that is not known, half."""
    return int(n * (0.5 if rate is None else rate) + 0.5)
