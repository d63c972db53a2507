"""What the rule `decide` says of the cells: on which side of the limits they are."""

from collections.abc import Mapping, Sequence
from typing import Literal

from turncoat.reports.numbers import count, listed, share
from turncoat.reports.study.item import Item, Mark
from turncoat.reports.study.sampling import Stopped
from turncoat.reports.study.sentences import claimed, claimed_side, turned
from turncoat.studies.estimates import Claim

_MOST = 6
"""As many cells of a scenario are told one by one."""


def limits(claims: Sequence[Claim]) -> str:
    """How many cells are on which side of the limits, and which of them could be turned."""
    sides = [(claimed_side(each), turned(each)) for each in claims]
    limits: Mapping[Literal["below", "above", "open"], str] = {
        "below": f"below {share(claims[0].below)}",
        "above": f"above {share(claims[0].above)}",
        "open": "open",
    }
    each_side = [
        f"{sides.count((side, turns))} {word}{', as far as there is a clear verdict' if turns else ''}"
        for side, word in limits.items()
        for turns in (False, True)
        if (side, turns) in sides
    ]
    return f"Of {count(len(sides), 'cell')}: {listed(each_side)}."


def side_shown(claim: Claim) -> Literal["below", "above", "open"]:
    """What is shown of the cell, whatever became of the rollouts without a clear verdict."""
    return "open" if turned(claim) else claimed_side(claim)


def decided(claims: Sequence[Claim], harms: Mapping[str, str], rule: Stopped) -> tuple[Item, ...]:
    """A line for each scenario that was put to the rule `decide`, by how its cells came out."""
    items = []
    for scenario in dict.fromkeys(each.scenario for each in claims):
        inside = [each for each in claims if each.scenario == scenario]
        sides = {side_shown(each) for each in inside}
        mark: Mark = "mixed" if len(sides) > 1 else next(iter(sides))
        harm = harms.get(scenario, "the headline harm")
        worst = sorted(inside, key=lambda each: -(each.rate.estimate or 0))
        sentences = [claimed(each, harm=harm) for each in worst[:_MOST]]
        if len(inside) > len(sentences):
            sentences.append(f"{len(inside) - len(sentences)} more cells have lower rates; see the rates below.")
        asked = f"below {share(inside[0].below)}, or above {share(inside[0].above)}?"
        says = f"Is the rate of {harm.replace('_', ' ')} {asked}"
        settled = "open" not in sides or not rule.early  # what is decided may be looked at whenever one stops
        word = limits(inside)
        items.append(Item(says=says, mark=mark, word=word, sentences=tuple(sentences), settled=settled))
    return tuple(items)
