"""What a study names: whether there is such a scenario, factor, level, model, judge, arm, published figure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from turncoat.agents.secrets import REMEDY, holding, secrets
from turncoat.errors import UsageError, unknown
from turncoat.judging.judges import RULES
from turncoat.reference.published import applies, entries
from turncoat.scenarios import Pack
from turncoat.scenarios.mistakes import Place
from turncoat.studies.design.plan import Cell, ModelSpec, check_levels
from turncoat.studies.models import check_name
from turncoat.studies.study import OTHER_KEYS, Study, StudyModel, untold

Found = Iterator[tuple[Place, str]]
"""Mistakes: where they are, and what and the remedy."""
Packs = Mapping[str, Pack]


def refusal(call: Callable[..., object], *arguments: Any) -> str:
    """What a call has to say against its arguments; nothing where it takes them."""
    try:
        call(*arguments)
    except UsageError as error:
        return str(error)
    return ""


def wrong_arms(study: Study) -> Found:
    """Only `none` is there."""
    for place, arm in enumerate(study.arms):
        if arm != "none":
            yield (
                ("arms", place),
                f"there is no arm {arm!r}: as yet only none, in which every action passes. Write none.",
            )


def wrong_models(study: Study) -> Found:
    """Models by Inspect names, reference agents with dials that there are, and no secrets."""
    for number, model in enumerate(study.models):
        if "(" in model.name:
            remedy = "write {name: provider/model, arguments: {key: value}}"
            yield ("models", number), f"{model.name!r} is how tables show a model with its arguments; {remedy}"
        elif found := dict.fromkeys((*secrets(model.arguments), *holding(model.arguments))):
            for place in found:
                yield ("models", number, "arguments", *place), f"{place[0]} {REMEDY}"
        elif wrong := refusal(check_name, model.name) or refusal(_labelled, model):
            yield ("models", number), wrong


def same_models(study: Study) -> Found:
    """Models that tables would show as one."""
    first: dict[str, StudyModel] = {}
    for number, model in enumerate(study.models):
        if refusal(_labelled, model):
            continue
        before = first.setdefault(_labelled(model), model)
        if before is not model:
            yield ("models", number), f"{model.name!r} stands twice here{untold(before, model)}; remove one"


def hidden(study: Study) -> Found:
    """Secrets in any other text."""
    for place in holding(study.model_dump(mode="json", exclude={"models"})):
        yield place, f"this {REMEDY}"


def wrong_dials(study: Study, packs: Packs) -> Found:
    """Reference agents whose dials name a factor or level that none of the scenarios has."""
    for number, model in enumerate(study.models):
        if not refusal(_labelled, model) and (wrong := refusal(check_levels, _spec(model), list(packs.values()))):
            yield ("models", number), wrong


def _spec(model: StudyModel) -> ModelSpec:
    return ModelSpec(model.name, model.arguments)


def _labelled(model: StudyModel) -> str:
    return _spec(model).label


def labels(study: Study) -> tuple[str, ...]:
    """The models as tables show them; a wrong one, which is said elsewhere, by its name."""
    return tuple(each.name if refusal(_labelled, each) else _labelled(each) for each in study.models)


def wrong_judges(study: Study) -> Found:
    """`rules`, or models by Inspect names."""
    for place, judge in enumerate(study.judge):
        if judge != RULES and (wrong := refusal(check_name, judge)):
            yield ("judge", place), f"a judge is {RULES}, or a model by its Inspect name. {wrong}"


def wrong_levels(study: Study, packs: Packs) -> Found:
    """Factors and levels, of the design and of the sides of hypotheses."""
    for name, crossed in study.factors.items():
        for number, level in enumerate(crossed):
            yield from _wrong_level(("factors", name), ("factors", name, number), name, level, packs)
    for condition, fixed in study.conditions.items():
        for name, level in fixed.items():
            at = ("conditions", condition, name)
            yield from _wrong_level(at, at, name, level, packs)
    for number, hypothesis in enumerate(study.hypotheses):
        for side, levels in (("compare", hypothesis.compare), ("against", hypothesis.against)):
            for name, asked in levels.items():
                if name not in OTHER_KEYS:
                    yield from _wrong_side(("hypotheses", number, side, name), name, asked, packs)


def _wrong_level(at_name: Place, at_level: Place, name: str, level: str, packs: Packs) -> Found:
    """A level that one of the scenarios does not have."""
    for pack in packs.values():
        if name not in pack.factors:
            yield at_name, f"{unknown(f'factor of {pack.name}', name, pack.factors)}"
            return
        if wrong := refusal(pack.factors[name].check, name, level):
            yield at_level, wrong
            return


def _wrong_side(here: Place, name: str, asked: tuple[str, ...], packs: Packs) -> Found:
    """A level, or the kind of several, that none of the scenarios has."""
    having = [pack.factors[name] for pack in packs.values() if name in pack.factors]
    if not having:
        known = dict.fromkeys([*(each for pack in packs.values() for each in pack.factors), *OTHER_KEYS])
        yield here, str(unknown("factor", name, known))
        return
    for number, level in enumerate(asked):
        if not any(factor.has(level) for factor in having):
            allowed = dict.fromkeys(each for factor in having for each in factor.allowed)
            yield (*here, number), str(unknown(f"level of {name}", level, allowed))


def wrong_published(study: Study) -> Found:
    """Published figures that there are."""
    near = [each.id for each in entries().values() if each.scenario in study.scenarios]
    for place, name in enumerate(study.published):
        if name not in entries():
            yield ("published", place), str(unknown("published figure", name, near or entries()))


def idle_published(study: Study, cells: tuple[Cell, ...]) -> Found:
    """Published figures that speak of no cell of the study."""
    for place, name in enumerate(study.published):
        figure = entries().get(name)
        if figure and not any(applies(figure, cell.pack.name, cell.condition, motive=_motive(cell)) for cell in cells):
            levels = " ".join(f"{factor}={level}" for factor, level in figure.condition.items())
            yield ("published", place), f"{name!r} speaks of {figure.scenario} {levels}, which no cell is. Remove it."


def _motive(cell: Cell) -> bool:
    levels = (cell.pack.factors[name].levels.get(level) for name, level in cell.condition.items())
    return any(each.motive for each in levels if each)
