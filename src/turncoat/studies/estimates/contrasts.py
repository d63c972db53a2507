"""Contrasts: cells against cells that are alike in everything else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import nan
from typing import Literal

from turncoat.stats import benjamini_hochberg
from turncoat.studies.estimates.counts import Cells, Counted, by, total
from turncoat.studies.estimates.families import adjusted
from turncoat.studies.estimates.results import Answered, Contrast
from turncoat.studies.estimates.tested import Stratum, tested
from turncoat.studies.study import OTHER_KEYS, Side, Study
from turncoat.studies.table import REFERENCE

PRIMARY = "Holm, over all primary contrasts"
_SECONDARY = "Benjamini-Hochberg, over all secondary contrasts"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A comparison before it is made: the cells of either side, and the keys in which they may differ.

    `place`: what it is of, by keys that its sides do not differ in.
    """

    name: str
    says: str
    primary: bool
    expect: Literal["more", "less", "other"] = "other"
    compare: Sequence[Counted]
    against: Sequence[Counted]
    labels: tuple[str, str]
    free: frozenset[str]
    place: Mapping[str, str] = field(default_factory=dict)


def secondary_contrasts(cells: Cells, *, alpha: float) -> tuple[tuple[Contrast, ...], tuple[str, ...]]:
    """What there is to compare beside the study's hypotheses; and what a reader must know of the primary ones.

    Each once for each model, scenario, interface and arm that it is not between.
    """
    primary = [(asked, *_matched(asked)) for asked in _primary(cells)]
    known = {_identity(strata) for _, strata, _ in primary}
    secondary = []
    for asked in _secondary(cells):
        strata, _ = _matched(asked)
        if strata and _identity(strata) not in known:
            known.add(_identity(strata))
            secondary.append(_contrast(asked, strata, cells))
    ps = adjusted([each.p for each in secondary], [each.reference for each in secondary], benjamini_hochberg)
    found = [
        replace(each, adjusted=p, adjustment=_SECONDARY, answered=answered(each, p, alpha))
        for each, p in zip(secondary, ps, strict=True)
    ]
    names = dict.fromkeys(asked.name for asked, _, alone in primary if alone)
    return tuple(found), tuple(_alone(name, [each for each in primary if each[0].name == name]) for name in names)


def hypotheses(cells: Cells) -> list[Contrast]:
    """The study's hypotheses on these cells, neither adjusted nor answered.

    One that a model of the study has no cell for is there too: it was asked.
    """
    return [_contrast(asked, _matched(asked)[0], cells) for asked in _primary(cells)]


def compared_cells(cells: Cells) -> list[frozenset[Counted]]:
    """Of each of `hypotheses`, in their order: the cells that have their like on the other side."""
    return [frozenset(cell for each in _matched(asked)[0] for cell in each.cells) for asked in _primary(cells)]


def _alone(name: str, primary: Sequence[tuple[_Asked, Sequence[Stratum], int]]) -> str:
    """What a hypothesis names and cannot compare, over all models, scenarios, interfaces and arms."""
    if not any(strata for _, strata, _ in primary):
        return f"{name}: there are no two cells to compare that are alike in everything that it does not name."
    alone = sum(each for _, _, each in primary)
    left = "1 cell is left out that has" if alone == 1 else f"{alone} cells are left out that have"
    return f"{name}: {left} no like on the other side."


def _primary(cells: Cells) -> Iterator[_Asked]:
    there = {cell.model for cell in cells.cells}
    missing = [
        each.name
        for each in cells.study.models
        if each.name not in there and not any(model.startswith(f"{each.name}(") for model in there)
    ]
    for hypothesis in cells.study.hypotheses:
        compare, against = hypothesis.compare, hypothesis.against
        free = frozenset(key for key in {*compare, *against} if set(compare.get(key, ())) != set(against.get(key, ())))
        asked = _Asked(
            name=hypothesis.name,
            says=hypothesis.says,
            primary=True,
            expect=hypothesis.expect,
            compare=[cell for cell in cells.cells if cell.within(compare)],
            against=[cell for cell in cells.cells if cell.within(against)],
            labels=(_spell(compare, free), _spell(against, free)),
            free=free,
        )
        placed = list(_each(asked)) if asked.compare or asked.against else [asked]
        yield from placed
        yield from _missing(placed, [model for model in missing if model in compare.get("model", (model,))])


def _missing(placed: Sequence[_Asked], models: Sequence[str]) -> Iterator[_Asked]:
    """The same of models that have nothing to show yet."""
    places = {tuple((key, "" if key == "model" else level) for key, level in each.place.items()) for each in placed}
    for model in models:
        for place in sorted(place for place in places if ("model", "") in place):
            yield replace(placed[0], compare=(), against=(), place={**dict(place), "model": model})


def _secondary(cells: Cells) -> Iterator[_Asked]:
    """Each factor's levels, interfaces and arms against the first; whole conditions against theirs; model by model."""
    factors = dict.fromkeys(name for names in cells.varying.values() for name in names)
    for key in (*factors, "interface", "arm"):
        sides = {level: [cell for cell in cells.cells if cell.level(key) == level] for level in cells.levels(key)}
        yield from _against_first(key, sides, frozenset([key]))
    yield from _against_first("condition", _conditions(cells), frozenset(factors))
    models = {model: inside for (model,), inside in by(cells.cells, "model").items()}
    for one, other in combinations(models, 2):
        if models[one][0].reference == models[other][0].reference:
            yield from _against_first("model", {name: models[name] for name in (other, one)}, frozenset(["model"]))


def _conditions(cells: Cells) -> dict[str, list[Counted]]:
    """Whole conditions by name: those that the study lists, else the control and the pressured one."""
    names = cells.study.conditions if cells.study.design == "listed" else ("control", "pressured")
    named = {name: [cell for cell in cells.cells if cell.named == name] for name in names}
    return {name: inside for name, inside in named.items() if inside}


def _against_first(key: str, sides: Mapping[str, Sequence[Counted]], free: frozenset[str]) -> Iterator[_Asked]:
    base = next(iter(sides), "")
    for level in list(sides)[1:]:
        labels = (level, base) if key in ("model", "condition") else (f"{key}={level}", f"{key}={base}")
        asked = _Asked(
            name=f"{key}: {level} - {base}",
            says=f"{labels[0]} against {labels[1]}",
            primary=False,
            compare=sides[level],
            against=sides[base],
            labels=labels,
            free=free,
        )
        yield from _each(asked)


def _each(asked: _Asked) -> Iterator[_Asked]:
    """The comparison apart for each scenario, model, interface and arm that its sides do not differ in."""
    held = [key for key in OTHER_KEYS if key not in asked.free]
    compare, against = by(asked.compare, *held), by(asked.against, *held)
    for place in dict.fromkeys([*compare, *against]):
        yield replace(
            asked,
            compare=compare.get(place, ()),
            against=against.get(place, ()),
            place=dict(zip(held, place, strict=True)),
        )


def _matched(asked: _Asked) -> tuple[list[Stratum], int]:
    """The strata in which there are cells on both sides, and how many cells have no like on the other side."""
    cells = (*asked.compare, *asked.against)
    held = [key for key in dict.fromkeys(name for cell in cells for name in cell.condition) if key not in asked.free]
    if "scenario" in asked.free:  # what only one of the scenarios has cannot be held equal
        held = [key for key in held if all(key in cell.condition for cell in cells)]
    keys = (*held, *(key for key in OTHER_KEYS if key not in asked.free))
    compare, against = by(asked.compare, *keys), by(asked.against, *keys)
    strata = [Stratum(tuple(compare[key]), tuple(against[key])) for key in compare if key in against]
    matched = sum(len(each.compare) + len(each.against) for each in strata)
    return strata, len(cells) - matched


def _contrast(asked: _Asked, strata: Sequence[Stratum], cells: Cells) -> Contrast:
    """Not yet adjusted, and so not yet answered."""
    compare = [cell for each in strata for cell in each.compare] or asked.compare
    against = [cell for each in strata for cell in each.against] or asked.against
    found = tested(strata, cells.study.sampling)
    labels = (asked.primary and _called(compare, against, asked.free, cells.study)) or asked.labels
    return Contrast(
        name=asked.name,
        says=asked.says,
        primary=asked.primary,
        expect=asked.expect,
        **{key: asked.place.get(key) or _only(key, (*compare, *against)) for key in OTHER_KEYS},
        reference=any(cell.reference for cell in (*compare, *against))
        or asked.place.get("model", "").startswith(REFERENCE),
        compare_label=labels[0],
        against_label=labels[1],
        compare=total(compare),
        against=total(against),
        difference=found.difference,
        bounds=found.bounds,
        strata=sum(1 for each in strata if all(each.counts[1::2])),
        clusters=found.clusters,
        p=found.p,
        adjusted=nan,
        adjustment="",
        answered="open",
        look=found.look,
        looks=found.looks,
    )


def _called(
    compare: Iterable[Counted], against: Iterable[Counted], free: frozenset[str], study: Study
) -> tuple[str, str] | None:
    """What both sides' conditions are called, where all of them have names that tell the sides apart."""
    one, other = ({cell.named for cell in cells} for cells in (compare, against))
    if free & set(OTHER_KEYS) or not one or not other or "" in one | other or one & other:
        return None
    order = {name: place for place, name in enumerate(study.conditions)}
    first, second = (sorted(names, key=lambda name: (order.get(name, len(order)), name)) for names in (one, other))
    return " or ".join(first), " or ".join(second)


def _only(key: str, cells: Iterable[Counted]) -> str:
    levels = {cell.level(key) for cell in cells}
    return levels.pop() if len(levels) == 1 else ""


def _identity(strata: Sequence[Stratum]) -> frozenset[frozenset[Counted]]:
    """What is compared, whichever side is called which."""
    compare = frozenset(cell for each in strata for cell in each.compare)
    return frozenset([compare, frozenset(cell for each in strata for cell in each.against)])


def _spell(side: Side, free: frozenset[str]) -> str:
    """What tells a side from the other, as `threat=replacement successor=same-values|opposed-values`."""
    told = {key: levels for key, levels in side.items() if key in free} or side
    return " ".join("|".join(levels) if key == "model" else f"{key}={'|'.join(levels)}" for key, levels in told.items())


def answered(contrast: Contrast, p: float, alpha: float) -> Answered:
    """What an adjusted `p` makes of the claim."""
    difference = contrast.difference.estimate
    if not p < alpha or not difference:
        return "open"
    return "opposed" if (contrast.expect, difference > 0) in (("more", False), ("less", True)) else "supported"
