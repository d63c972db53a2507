"""What each factor does, all others held: a penalised logistic model of each scenario and model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import exp, inf, nan

from turncoat.stats import Estimate, Term, benjamini_hochberg, firth
from turncoat.studies.estimates.counts import Cells, Counted, by
from turncoat.studies.estimates.families import adjusted
from turncoat.studies.estimates.results import Effect, FactorModel
from turncoat.studies.rule import Fixed

_MOST = 700.0  # of log-odds whose ratio is still a number


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the model: cells at these levels, `parts` of factor and level; two for an interaction."""

    parts: tuple[tuple[str, str], ...]
    base: str

    @property
    def name(self) -> str:
        return " x ".join(f"{factor}={level}" for factor, level in self.parts)

    def of(self, cell: Counted) -> float:
        return float(all(cell.level(factor) == level for factor, level in self.parts))


def factor_models(cells: Cells) -> tuple[FactorModel, ...]:
    """One for each scenario and model where anything varies; the p-values of all their terms are adjusted together."""
    found = (_fitted(inside, cells) for inside in by(cells.cells, "scenario", "model").values())
    models = [each for each in found if each.effects]
    terms = [(effect.p, model.reference) for model in models for effect in model.effects]
    ps = iter(adjusted([p for p, _ in terms], [reference for _, reference in terms], benjamini_hochberg))
    return tuple(
        replace(model, effects=tuple(replace(effect, adjusted=next(ps)) for effect in model.effects))
        for model in models
    )


def _columns(cells: Sequence[Counted], whole: Cells) -> Iterator[_Column]:
    """The levels of every factor that varies against its first, interfaces and arms too, then the interactions."""
    levels: dict[str, list[str]] = {}
    for factor in (*whole.varying[cells[0].scenario], "interface", "arm"):
        present = {cell.level(factor) for cell in cells}
        levels[factor] = [level for level in whole.levels(factor) if level in present]
    for factor, (base, *others) in ((factor, each) for factor, each in levels.items() if each):
        for level in others:
            yield _Column(((factor, level),), base)
    for one, other in whole.study.interactions:
        for a in levels.get(one, ())[1:]:
            for b in levels.get(other, ())[1:]:
                yield _Column(((one, a), (other, b)), f"{levels[one][0]} x {levels[other][0]}")


def _fitted(cells: Sequence[Counted], whole: Cells) -> FactorModel:
    columns = list(_columns(cells, whole))
    fitted: list[Term] = []
    if columns:
        import numpy as np

        design = np.array([[column.of(cell) for column in columns] for cell in cells])
        outcome = np.array([[cell.rate.yes, cell.rate.no] for cell in cells], float)
        fitted = firth(design, outcome, [column.name for column in columns])
    told = [(column, term) for column, term in zip(columns, fitted, strict=True) if not term.note]
    return FactorModel(
        scenario=cells[0].scenario,
        model=cells[0].model,
        reference=cells[0].reference,
        n=sum(cell.rate.decided for cell in cells),
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
