"""The hypotheses of a study: whether its cells can answer them."""

from collections.abc import Mapping, Sequence, Set

from turncoat.scenarios.factors import holds
from turncoat.scenarios.mistakes import Place
from turncoat.studies.design.plan import Cell
from turncoat.studies.study import OTHER_KEYS, Hypothesis, Side, Study
from turncoat.studies.study_file.names import Found, Packs, labels

_Where = tuple[Cell, str]
"""A cell with a model; "" where the study names none."""


def outside_design(study: Study, packs: Packs, told: Set[Place]) -> Found:
    """Sides that name what the study does not have, though there is such a thing.

    `told`: factors and hypotheses whose mistakes are said already.
    """
    for number, hypothesis in enumerate(study.hypotheses):
        for side, levels in (("compare", hypothesis.compare), ("against", hypothesis.against)):
            for name, asked in levels.items():
                here = ("hypotheses", number, side, name)
                if ("factors", name) in told:
                    continue
                known = _known(study, name, packs)
                if name == "model" and not known:
                    yield here, "the study names no models; list them in `models`"
                    continue
                for place, level in enumerate(asked):
                    if _exists(name, level, packs) and not any(_stands_for(level, each, name) for each in known):
                        yield (*here, place), f"{level!r} is in no cell of this study. {_remedy(study, name, known)}"


def _known(study: Study, name: str, packs: Packs) -> tuple[str, ...]:
    """What the study has of a factor, or of scenario, interface, model, arm."""
    match name:
        case "scenario":
            return study.scenarios
        case "interface":
            return study.interfaces
        case "model":
            return labels(study)
        case "arm":
            return study.arms
    default = [pack.factors[name].default for pack in packs.values() if name in pack.factors]
    if study.design == "listed":
        levels = [each.get(name, missing) for each in study.conditions.values() for missing in default or [""]]
        return tuple(dict.fromkeys(levels))
    return study.factors.get(name) or tuple(dict.fromkeys(default))


def _exists(name: str, level: str, packs: Packs) -> bool:
    """Whether it is a level at all; others are said to be unknown elsewhere."""
    return name in OTHER_KEYS or any(name in pack.factors and pack.factors[name].has(level) for pack in packs.values())


def _stands_for(asked: str, level: str, name: str) -> bool:
    if name == "model":  # its name stands for it with any arguments
        return asked == level or level.startswith(f"{asked}(")
    return holds({name: asked}, {name: level}) if name not in OTHER_KEYS else asked == level


def _remedy(study: Study, name: str, known: Sequence[str]) -> str:
    where = {"scenario": "scenarios", "interface": "interfaces", "model": "models", "arm": "arms"}.get(name)
    where = where or ("conditions" if study.design == "listed" else "factors")
    return f"It has {', '.join(known)}: name one of these, or add it to `{where}`."


def unanswerable(study: Study, cells: Sequence[Cell], told: Set[Place]) -> Found:
    """Sides that are equal, share cells, select none, or have no two cells that are alike in the rest.

    `told`: hypotheses whose mistakes are said already.
    """
    places = [(cell, model) for cell in cells for model in labels(study)] or [(cell, "") for cell in cells]
    for number, hypothesis in enumerate(study.hypotheses):
        here: Place = ("hypotheses", number)
        if here in told:
            continue
        free = free_keys(hypothesis)
        if not free:
            yield (*here, "against"), "is the same as compare; let the two sides differ in a level"
            continue
        sides = {side: _selected(levels, places) for side, levels in _sides(hypothesis)}
        empty = [side for side, selected in sides.items() if not selected]
        for side in empty:
            yield (*here, side), f"no cell of this study has {_spelt(dict(_sides(hypothesis))[side])} together"
        if empty:
            continue
        both = [place for place in sides["compare"] if place in sides["against"]]
        if both:
            shared = f"both sides select {both[0][0].pack.label(both[0][0].condition)}, among others"
            yield (*here, "against"), f"{shared}; name the same factors on both sides, at different levels"
        elif not {_rest(each, free) for each in sides["compare"]} & {_rest(each, free) for each in sides["against"]}:
            remedy = "name what else differs on both sides, or change the conditions"
            if study.design == "fractional":
                remedy = "a fraction rarely has such pairs: take a full or listed design, or drop the hypothesis"
            held = f"no two cells differ in {', '.join(free)} alone"
            yield (*here, "compare"), f"{held}, as a contrast needs it; {remedy}"


def free_keys(hypothesis: Hypothesis) -> tuple[str, ...]:
    """In what the sides may differ: everything that they name unequally; the rest is held equal."""
    compare, against = hypothesis.compare, hypothesis.against
    return tuple(
        key for key in dict.fromkeys([*compare, *against]) if {*compare.get(key, ())} != {*against.get(key, ())}
    )


def _sides(hypothesis: Hypothesis) -> tuple[tuple[str, Side], ...]:
    return ("compare", hypothesis.compare), ("against", hypothesis.against)


def _selected(side: Side, places: Sequence[_Where]) -> list[_Where]:
    return [each for each in places if all(_within(name, levels, each) for name, levels in side.items())]


def _within(name: str, levels: Sequence[str], place: _Where) -> bool:
    return any(_stands_for(level, _level(name, place), name) for level in levels)


def _level(name: str, place: _Where) -> str:
    cell, model = place
    others = {"scenario": cell.pack.name, "interface": cell.interface, "model": model, "arm": cell.arm}
    return others.get(name) or cell.condition.get(name, "")


def _rest(place: _Where, free: Sequence[str]) -> tuple[str, ...]:
    """Everything in which two cells of a contrast must be alike."""
    return tuple(f"{name}={_level(name, place)}" for name in (*OTHER_KEYS, *place[0].condition) if name not in free)


def _spelt(levels: Mapping[str, Sequence[str]]) -> str:
    return " ".join(f"{name}={'|'.join(each)}" for name, each in levels.items())
