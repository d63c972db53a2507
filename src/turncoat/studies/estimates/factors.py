"""What each factor does, all others held: a penalised logistic model of each scenario and model."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import exp, inf, isnan, nan

from turncoat.stats import Estimate, Term, benjamini_hochberg, firth, firth_together
from turncoat.studies.estimates.counts import Cells, Counted, by
from turncoat.studies.estimates.families import adjusted
from turncoat.studies.estimates.results import Effect, FactorModel, FactorTest
from turncoat.studies.rule import Fixed

_MOST = 700.0  # of log-odds whose ratio is still a number


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the model: cells at these levels, `parts` of factor and level; two for an interaction."""

    parts: tuple[tuple[str, str], ...]
    base: str
    at: tuple[tuple[str, str], ...] = ()
    """Where it is the effect of its level: the first levels of what that factor interacts with."""

    @property
    def name(self) -> str:
        where = f" at {_spelt(self.at, ' ')}" if self.at else ""
        return f"{_spelt(self.parts, ' x ')}{where}"

    def of(self, cell: Counted) -> float:
        return float(all(cell.level(factor) == level for factor, level in self.parts))


def _spelt(levels: Sequence[tuple[str, str]], between: str) -> str:
    return between.join(f"{factor}={level}" for factor, level in levels)


def factor_models(cells: Cells) -> tuple[FactorModel, ...]:
    """One for each scenario and model where anything varies.

    The p-values of all their terms are adjusted together, and so are those of all their factors.
    """
    found = (_fitted(inside, cells) for inside in by(cells.cells, "scenario", "model").values())
    models = [each for each in found if each.effects]
    terms = _together((each.p, model.reference) for model in models for each in model.effects)
    factors = _together((each.p, model.reference) for model in models for each in model.factors)
    return tuple(
        replace(
            model,
            effects=tuple(replace(each, adjusted=next(terms)) for each in model.effects),
            factors=tuple(replace(each, adjusted=next(factors)) for each in model.factors),
        )
        for model in models
    )


def _together(found: Iterable[tuple[float, bool]]) -> Iterator[float]:
    tests = list(found)
    return iter(adjusted([p for p, _ in tests], [reference for _, reference in tests], benjamini_hochberg))


def _columns(cells: Sequence[Counted], whole: Cells) -> Iterator[_Column]:
    """The levels of every factor that varies against its first, interfaces and arms too, then the interactions."""
    levels: dict[str, list[str]] = {}
    for factor in (*whole.varying[cells[0].scenario], "interface", "arm"):
        present = {cell.level(factor) for cell in cells}
        levels[factor] = [level for level in whole.levels(factor) if level in present]
    interacting = [pair for pair in whole.study.interactions if all(len(levels.get(name, ())) > 1 for name in pair)]
    for factor, (base, *others) in ((factor, each) for factor, each in levels.items() if each):
        beside = (name for pair in interacting if factor in pair for name in pair if name != factor)
        at = tuple((name, levels[name][0]) for name in dict.fromkeys(beside))
        for level in others:
            yield _Column(((factor, level),), base, at)
    for one, other in interacting:
        for a in levels.get(one, ())[1:]:
            for b in levels.get(other, ())[1:]:
                yield _Column(((one, a), (other, b)), f"{levels[one][0]} x {levels[other][0]}")


def _fitted(cells: Sequence[Counted], whole: Cells) -> FactorModel:
    columns = list(_columns(cells, whole))
    fitted: list[Term] = []
    tests: list[FactorTest] = []
    if columns:
        import numpy as np

        design = np.array([[column.of(cell) for column in columns] for cell in cells])
        outcome = np.array([[cell.rate.yes, cell.rate.no] for cell in cells], float)
        names = [column.name for column in columns]
        fitted = firth(design, outcome, names)
        factors = dict.fromkeys(factor for column in columns for factor, _ in column.parts)
        groups = [[place for place, each in enumerate(columns) if name in dict(each.parts)] for name in factors]
        ps = firth_together(design, outcome, names, groups)
        tests = [FactorTest(factor=name, p=p, adjusted=nan) for name, p in zip(factors, ps, strict=True)]
    told = [(column, term) for column, term in zip(columns, fitted, strict=True) if not term.note]
    return FactorModel(
        scenario=cells[0].scenario,
        model=cells[0].model,
        reference=cells[0].reference,
        n=sum(cell.rate.decided for cell in cells),
        factors=tuple(each for each in tests if not isnan(each.p)),
        effects=tuple(_effect(column, term) for column, term in told),
        method=told[0][1].log_odds.method if told else "",
        note=" ".join(_notes(fitted, whole)),
    )


def _effect(column: _Column, term: Term) -> Effect:
    return Effect(
        term=column.name,
        factor=" x ".join(factor for factor, _ in column.parts),
        level=" x ".join(level for _, level in column.parts),
        base=column.base,
        at=_spelt(column.at, " "),
        odds_ratio=odds_ratio(term.log_odds),
        p=term.p,
        adjusted=nan,
    )


def odds_ratio(log_odds: Estimate) -> Estimate:
    """The ratio of odds, from its logarithm."""
    estimate, low, high = (
        exp(each) if each < _MOST else inf if each == each else nan
        for each in (log_odds.estimate, log_odds.low, log_odds.high)
    )
    return replace(log_odds, estimate=estimate, low=low, high=high)


def _notes(fitted: Sequence[Term], whole: Cells) -> Iterator[str]:
    dropped = [f"{term.name} {term.note}" for term in fitted if term.note]
    if dropped:
        yield f"Left out: {'; '.join(dropped)}."
    yield from cautions(whole)


def cautions(whole: Cells) -> Iterator[str]:
    """What the intervals of a logistic model do not know of: surfaces that repeat, and looks on the way."""
    if whole.clustered:
        yield "Rollouts of one surface are taken as independent here, so that intervals may be too narrow."
    if not isinstance(whole.study.sampling, Fixed):
        yield "Intervals of odds are those of a study looked at once, taken where the rule of sampling stopped."
