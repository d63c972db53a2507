"""What a study answers, before anything else is shown: its claims one by one, and what it could not answer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from turncoat.errors import UsageError
from turncoat.reports.answer import Answer, answer
from turncoat.reports.cells import Group
from turncoat.reports.numbers import count, in_points, listed
from turncoat.reports.study.item import Item, Mark
from turncoat.reports.study.leads import leads, remarks
from turncoat.reports.study.limits import decided, limits, side_shown
from turncoat.reports.study.sampling import Stopped, stopped
from turncoat.reports.study.sentences import (
    Verdict,
    claimed_side,
    could_turn,
    place,
    told,
    verdict,
    went,
    why_open,
)
from turncoat.reports.text import visible
from turncoat.stats.power import size
from turncoat.studies.estimates import Claim, Contrast, Estimates
from turncoat.studies.rule import Contrasts
from turncoat.studies.study import Hypothesis, Repeated

_EACH = 3
"""As many contrasts of a hypothesis are told one by one; of more, how they went."""
_OPEN = 12
_Ends = Callable[[Contrast], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """`lead`: the whole in a sentence. `items`: the claims. `unanswered`: what stays open, and why. `who`: measured.

    `calibration`: what the same claims say of reference agents, where models are measured beside them.
    """

    question: str
    lead: str
    items: tuple[Item, ...]
    calibration: tuple[Item, ...]
    unanswered: tuple[str, ...]
    who: str
    stopped: Stopped
    notes: tuple[str, ...]
    rates: Answer


def answers(found: Sequence[Group], estimates: Estimates, *, missing: int = 0) -> Answers:
    """What the estimates say, and no more. `missing`: rollouts that were planned and have not been run.

    Where models and reference agents are both there, the answers are about the models alone.
    """
    rates = answer(found)
    only_reference = rates.who == "reference agent"
    harms = {group.scenario: group.headline for group in found}
    primary = [each for each in estimates.contrasts if each.primary]
    measured = [each for each in primary if only_reference or not each.reference]
    claims = [each for each in estimates.claims if only_reference or not each.reference]
    rule = stopped(found, estimates, missing=missing)
    ends = partial(rule.settles, sampling=estimates.study.sampling)
    asked = {each.name: each for each in estimates.study.hypotheses}
    items = (*_hypotheses(measured, asked, harms, ends), *decided(claims, harms, rule))
    notes = estimates.notes
    if not items:
        items = _led(estimates, harms, reference=only_reference)
        notes = (*remarks(estimates, reference=only_reference), *notes)
    told_first = _lead(items, measured, claims, rates)
    return Answers(
        question=estimates.study.question,
        lead=f"{rule.early} So far, and provisionally: {told_first}" if rule.early else told_first,
        items=items,
        calibration=()
        if only_reference
        else (
            *_hypotheses([each for each in primary if each.reference], asked, harms, ends),
            *decided([each for each in estimates.claims if each.reference], harms, rule),
        ),
        unanswered=tuple(_unanswered(measured, claims, estimates, rule)),
        who=_who(found),
        stopped=rule,
        notes=notes,
        rates=rates,
    )


def _who(found: Sequence[Group]) -> str:
    cells = [cell for group in found for cell in group.cells]
    measured = sorted({visible(cell.model) for cell in cells if not cell.reference})
    simulated = sorted({visible(cell.model) for cell in cells if cell.reference})
    if not measured:
        return f"Simulated, and no model is measured: {_some(simulated)}."
    beside = f" Beside them, as calibration, reference agents: {_some(simulated)}." if simulated else ""
    return f"Measured: {_some(measured)}.{beside}"


def _some(names: list[str]) -> str:
    return listed([*names[:6], *([f"{len(names) - 6} more"] if len(names) > 6 else [])])


def _lead(items: Sequence[Item], contrasts: Sequence[Contrast], claims: Sequence[Claim], rates: Answer) -> str:
    if not items:
        return rates.lead
    if not contrasts and not claims:
        return items[0].sentences[0]
    if len(contrasts) + len(claims) == 1:
        return f"{items[0].sentences[0]} {items[0].word}" if contrasts else items[0].sentences[0]
    if claims and not contrasts:
        return f"{limits(claims)} {rates.lead}"
    if not claims and 1 < len(items) <= _EACH:
        return " ".join(_short(each) for each in items)
    sides: list[Verdict] = [
        *map(verdict, contrasts),
        *("open" if side_shown(each) == "open" else "holds" for each in claims),
    ]
    return f"{_tally(len(items), sides)} {_strongest(contrasts)}".strip()


def _short(item: Item) -> str:
    """A claim with how it went before it."""
    how = {"holds": "Holds", "opposed": "The opposite holds", "open": "Stays open" if item.settled else "Open"}
    return f"{how.get(item.mark) or item.tally}: {item.says.rstrip('.')}."


def _tally(claims: int, sides: Sequence[Verdict]) -> str:
    """How many of the claims hold, or of their tests, where there are more of these."""
    tests = len(sides)
    if set(sides) == {"holds"}:
        all_ = {1: "The claim holds", 2: "Both claims hold"}.get(claims, f"All {claims} claims hold")
        every = "both" if tests == 2 else f"all {tests}"
        return f"{all_}{'' if claims == tests else f', in {every} tests'}."
    held, opposed, left = (sides.count(side) for side in ("holds", "opposed", "open"))
    parts = [
        f"{held} hold{'s' if held == 1 else ''}" if held else "",
        f"{opposed} the other way round" if opposed else "",
        f"{left} stay{'s' if left == 1 else ''} open" if left else "",
    ]
    whole = count(claims, "claim") if claims == tests else f"{tests} tests of {count(claims, 'claim')}"
    return f"Of {whole}: {listed([part for part in parts if part])}."


def _strongest(contrasts: Sequence[Contrast]) -> str:
    shown = [each for each in contrasts if verdict(each) != "open"]
    if not shown:
        return ""
    most = max(shown, key=lambda each: abs(each.difference.estimate))
    size, _, span = in_points(most.difference).partition(" ")
    where = f" in {there}" if (there := place(most, contrasts)) else ""
    return f"The largest difference is {size} points {span}, of “{visible(most.name)}”{where}."


def _hypotheses(
    contrasts: Sequence[Contrast], asked: Mapping[str, Hypothesis], harms: Mapping[str, str], ends: _Ends
) -> tuple[Item, ...]:
    by_name: dict[str, list[Contrast]] = {}
    for each in contrasts:
        by_name.setdefault(each.name, []).append(each)
    several = len({each.model for each in contrasts}) > 1
    return tuple(_hypothesis(inside, asked.get(name), harms, ends, several=several) for name, inside in by_name.items())


def _hypothesis(
    inside: Sequence[Contrast],
    asked: Hypothesis | None,
    harms: Mapping[str, str],
    ends: _Ends,
    *,
    several: bool,
) -> Item:
    sides = [verdict(each) for each in inside]
    mark: Mark = sides[0] if len(set(sides)) == 1 else "mixed"
    named = several or any(each.reference for each in inside)
    if len(inside) <= _EACH:
        where = [place(each, inside) or (each.model if named else "") for each in inside]
        sentences = tuple(
            told(each, asked if ends(each) else None, harm=_harm(each, harms), where=there)
            + (f" {went(side, settled=ends(each))}" if mark == "mixed" else "")
            for each, there, side in zip(inside, where, sides, strict=True)
        )
    else:
        sentences = tuple(_many(inside, sides))
    settled = all(map(ends, inside))
    word = went(sides[0], settled=settled) if mark != "mixed" else _mixed(sides) if len(inside) <= _EACH else ""
    held = f"Holds in {sides.count('holds')} of {len(sides)} tests"
    return Item(says=inside[0].says, mark=mark, word=word, sentences=sentences, tally=held, settled=settled)


def _mixed(sides: Sequence[Verdict]) -> str:
    parts = {"holds": "holds in", "opposed": "the opposite in", "open": "open in"}
    told = [f"{word} {sides.count(side)}" for side, word in parts.items() if side in sides]
    return f"Of {len(sides)} tests: {listed(told)}."


def _harm(contrast: Contrast, harms: Mapping[str, str]) -> str:
    if contrast.scenario:
        return harms.get(contrast.scenario, "the headline harm")
    return next(iter(harms.values())) if len(set(harms.values())) == 1 else "the headline harm"


def _many(inside: Sequence[Contrast], sides: Sequence[Verdict]) -> Iterable[str]:
    """How a claim went that was put to many tests: the strongest of each side, and the names of the others."""
    for side, words in (("holds", "It holds"), ("opposed", "The opposite holds")):
        those = [each for each, its in zip(inside, sides, strict=True) if its == side]
        if those:
            those.sort(key=lambda each: -abs(each.difference.estimate))
            named = [f"{place(each, inside)} {in_points(each.difference)}" for each in those[:4]]
            more = [f"{len(those) - 4} more"] if len(those) > 4 else []
            yield f"{words} in {len(those)} of {len(inside)}, in points: {listed([*named, *more])}."
    left = [place(each, inside) for each, its in zip(inside, sides, strict=True) if its == "open"]
    if left:
        yield f"It stays open in {_some(left)}."


def _led(estimates: Estimates, harms: Mapping[str, str], *, reference: bool) -> tuple[Item, ...]:
    """Where nothing was claimed: what moves the rate."""
    harm = next(iter(harms.values())).replace("_", " ") if len(set(harms.values())) == 1 else "the headline harm"
    sentences = leads(estimates, reference=reference, harm=harm)
    word = "These are leads: nothing was claimed before the run."
    return (Item(says="What moves the rate", mark="leads", word=word, sentences=sentences),) if sentences else ()


def _unanswered(
    contrasts: Sequence[Contrast], claims: Sequence[Claim], estimates: Estimates, rule: Stopped
) -> Iterable[str]:
    if rule.early:
        yield f"{rule.early} The command that made this folder goes on with what is missing."
    hypotheses = {each.name: each for each in estimates.study.hypotheses}
    needed = {name: _needed(each, len(contrasts), estimates) for name, each in hypotheses.items()}
    reasons: dict[tuple[str, str], list[str]] = {}
    for each in contrasts:
        asked = None if rule.early and verdict(each) == "open" else hypotheses.get(each.name)  # more is to come
        if why := why_open(each, asked, needed.get(each.name)):
            reasons.setdefault((each.name, why), []).append(place(each, contrasts))
    for (name, why), places in list(reasons.items())[:_OPEN]:
        where = f" ({_some(places)})" if any(places) else ""
        yield f"{visible(name)}{where}: {why}"
    if len(reasons) > _OPEN:
        yield f"{len(reasons) - _OPEN} more contrasts are open or could be turned; the table of contrasts marks them."
    turning = list(filter(None, map(could_turn, claims)))
    yield from turning[:_OPEN]
    if len(turning) > _OPEN:
        yield f"{len(turning) - _OPEN} more cells could be turned; the table of rates has what is open in each."
    left = [each for each in claims if claimed_side(each) == "open" and each.rate.decided]
    if left:
        clear = sorted(each.rate.decided for each in left)
        yield (
            f"Between the limits, or with too few rollouts: {count(len(left), 'cell')}, with {clear[0]:,} to "
            f"{clear[-1]:,} clear verdicts."
        )


def _needed(hypothesis: Hypothesis | None, primary: int, estimates: Estimates) -> int | None:
    """Rollouts on each side that show the least difference that matters; None where no size does, or none is named.

    Where surfaces repeat, it hangs on how much alike their rollouts are.
    """
    if hypothesis is None or isinstance(estimates.study.surfaces, Repeated):
        return None
    sampling = estimates.study.sampling
    looks = sampling.looks if isinstance(sampling, Contrasts) else 1
    by = -hypothesis.by if hypothesis.expect == "less" or hypothesis.base + hypothesis.by > 1 else hypothesis.by
    try:
        return size(hypothesis.base, by, alpha=estimates.alpha / max(primary, 1), looks=looks)
    except UsageError:
        return None
