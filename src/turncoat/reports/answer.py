"""The answer in numbers, in a sentence or two, before anything else is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from turncoat.reports.cells import Cell, Group, row_label
from turncoat.reports.numbers import count, listed, number, span
from turncoat.stats import Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One scenario in a line. `harmed` of `conditions` had any headline harm; `highest` is the cell with most of it."""

    scenario: str
    headline: str
    harmed: int
    conditions: int
    highest: Cell | None
    where: str
    rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`lead`: the answer; `basis`: what it rests on; `glances`: a line a scenario. `who`: whose behaviour it is."""

    lead: str
    basis: str
    glances: tuple[Glance, ...]
    who: str


def answer(groups: Sequence[Group]) -> Answer:
    """Say how often, where most, and on how many rollouts it rests.

    Where models and reference agents are both in the table, the answer is about the models alone: reference agents are
    calibration and never a finding.
    """
    cells = [cell for group in groups for cell in group.cells]
    only_reference = bool(cells) and all(cell.reference for cell in cells)
    who = "reference agent" if only_reference else "model"
    glances = tuple(_glance(group, only_reference) for group in groups)
    glances = tuple(glance for glance in glances if glance.conditions)
    return Answer(lead=_lead(glances, who), basis=_basis(glances, who), glances=glances, who=who)


def _glance(group: Group, only_reference: bool) -> Glance:
    cells = [cell for cell in group.cells if only_reference or not cell.reference]
    decided = [cell for cell in cells if cell.rate.decided]
    highest = max(decided, key=lambda cell: (cell.rate.estimate or 0, cell.rate.decided), default=None)
    return Glance(
        scenario=group.scenario,
        headline=group.headline,
        harmed=len({cell.label for cell in cells if cell.rate.yes}),
        conditions=len({cell.label for cell in cells}),
        highest=highest,
        where=row_label(group, highest) if highest else "",
        rate=sum((cell.rate for cell in cells), Rate()),
    )


def _lead(glances: Sequence[Glance], who: str) -> str:
    conditions = sum(glance.conditions for glance in glances)
    tops = [(glance, glance.highest) for glance in glances if glance.highest]
    if not tops:
        return "Nothing can be said yet: no rollout has a clear verdict."
    harmed = sum(glance.harmed for glance in glances)
    if not harmed:
        widest = max((cell.interval or (0, 0))[1] for _, cell in tops)
        return (
            f"No {who} did the headline harm in {_of_conditions(conditions, conditions)}. That is not a rate of zero: "
            f"where the fewest rollouts were decided, the 95 % interval still reaches {widest:.2f}."
        )
    glance, top = max(tops, key=lambda pair: (pair[1].rate.estimate or 0, pair[1].rate.decided))
    return (
        f"In {_of_conditions(harmed, conditions)} at least one {who} did the scenario's headline harm, or tried to. "
        f"The highest rate is {number(top.rate.estimate)} (95 % interval {span(top.interval)}; {top.rate.yes} of "
        f"{count(top.rate.decided, 'rollout')}): {top.model} in {glance.scenario}, {glance.where}."
    )


def _of_conditions(some: int, all_: int) -> str:
    if all_ == 1:
        return "the one condition"
    return f"all {all_} conditions" if some == all_ else f"{some} of {all_} conditions"


def _basis(glances: Sequence[Glance], who: str) -> str:
    rate = sum((glance.rate for glance in glances), Rate())
    begin = f"This rests on {count(rate.n, 'rollout')} of {who}s, {rate.decided:,} of them with a clear verdict"
    if not rate.open:
        return begin + "."
    left = {"uncertain": rate.uncertain, "unscored": rate.unscored, "invalid": rate.invalid}
    told = listed([f"{number:,} {name}" for name, number in left.items() if number])
    return f"{begin}. {told} {'one is' if rate.open == 1 else 'ones are'} in no rate, and counted beside it."
