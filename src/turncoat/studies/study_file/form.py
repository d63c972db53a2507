"""Parts of a study that contradict each other, whatever their names."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from turncoat.scenarios.mistakes import Place
from turncoat.studies.rule import Contrasts, Decide, Fixed, Width
from turncoat.studies.study import SLUG, Repeated, Study
from turncoat.studies.study_file.names import Found


def blank_texts(study: Study) -> Found:
    """Texts in which nothing but spaces stands."""
    texts: list[tuple[Place, str]] = [(("question",), study.question)]
    texts += [(("sources", number), text) for number, text in enumerate(study.sources)]
    texts += [(("hypotheses", number, "says"), each.says) for number, each in enumerate(study.hypotheses)]
    for place, text in texts:
        if not text.strip():
            yield place, f"needs text; only spaces stand here (got {text!r})"


def repeated(study: Study) -> Found:
    """What stands twice where it counts once."""
    lists: list[tuple[Place, Sequence[str]]] = [
        (("scenarios",), study.scenarios),
        (("interfaces",), study.interfaces),
        (("arms",), study.arms),
        (("judge",), study.judge),
        (("published",), study.published),
        (("sources",), study.sources),
        (("interactions",), [" x ".join(sorted(pair)) for pair in study.interactions]),
        *((("factors", name), levels) for name, levels in study.factors.items()),
    ]
    for place, values in lists:
        for number in _again(values):
            yield (*place, number), f"{values[number]!r} stands twice here; remove one"
    names = [each.name for each in study.hypotheses]
    for number in _again(names):
        yield ("hypotheses", number, "name"), f"there is a hypothesis {names[number]!r} already; give it another name"
    conditions = [str(sorted(levels.items())) for levels in study.conditions.values()]
    for number in _again(conditions):
        same = list(study.conditions)[conditions.index(conditions[number])]
        yield ("conditions", list(study.conditions)[number]), f"has the same levels as {same!r}; remove one of the two"


def _again(values: Sequence[str]) -> Iterator[int]:
    seen: Counter[str] = Counter()
    for number, value in enumerate(values):
        if seen[value] == 1:  # once is said once
            yield number
        seen[value] += 1


def wrong_design(study: Study) -> Found:
    """Fields of one kind of design in a study of another."""
    if study.design == "listed":
        if not study.conditions:
            yield (
                ("design",),
                "a listed design needs `conditions`, each a name with its levels; or write `design: full`",
            )
        if study.factors:
            yield (
                ("factors",),
                "a listed design has its levels in `conditions`; remove `factors`, or write `design: full`",
            )
    elif study.conditions:
        remedy = "remove `factors` and write `design: listed`" if study.factors else "write `design: listed`"
        yield ("conditions",), f"a {study.design} design crosses `factors`; {remedy}, or remove `conditions`"
    for name in study.conditions:
        if not re.fullmatch(SLUG, name):
            yield ("conditions", name), f"{name!r} is no name: small letters, digits, - and ., such as no-leverage"
    if study.design == "fractional":
        if not study.factors:
            yield ("design",), "a fractional design needs `factors`, each with its levels; or write `design: listed`"
        if study.runs is None:
            yield (
                ("design",),
                "a fractional design needs `runs`, how many of the conditions to run; or write `design: full`",
            )
    elif study.runs is not None:
        yield (
            ("runs",),
            f"only a fractional design has runs; remove it, or write `design: fractional` (got {study.runs})",
        )


def wrong_interactions(study: Study) -> Found:
    """Pairs of what does not vary."""
    levels = study.factors or {
        name: tuple({each.get(name, "") for each in study.conditions.values()})
        for each in study.conditions.values()
        for name in each
    }
    varying = [name for name, each in levels.items() if len(set(each)) > 1]
    for number, pair in enumerate(study.interactions):
        if pair[0] == pair[1]:
            yield ("interactions", number), f"needs two factors (got {pair[0]!r} twice)"
            continue
        for place, name in enumerate(pair):
            if name not in varying:
                known = f"Those with several levels: {', '.join(varying) or 'none'}"
                yield ("interactions", number, place), f"{name!r} does not vary in this study. {known}."


def wrong_sampling(study: Study) -> Found:
    """Looks that no cell could have, and a rule that has nothing to rule on."""
    sampling = study.sampling
    if isinstance(sampling, Width | Decide) and sampling.cap < sampling.look:
        remedy = f"a cap of {sampling.look} or more, or a smaller look"
        yield ("sampling", "cap"), f"the cap ({sampling.cap}) is below the first look ({sampling.look}); give {remedy}"
    if isinstance(sampling, Decide) and study.hypotheses:
        remedy = "take the rule contrasts, or leave out `hypotheses`"
        yield ("sampling", "rule"), f"the rule decide answers for each cell whether it is below or above; {remedy}"
    if isinstance(sampling, Contrasts) and not study.hypotheses:
        yield ("sampling", "rule"), "the rule contrasts needs `hypotheses`; name some, or take the rule width"


def wrong_surfaces(study: Study) -> Found:
    """More surfaces than rollouts, and surfaces that repeat where every rollout has to stand for itself."""
    if isinstance(study.surfaces, Repeated) and isinstance(study.sampling, Decide):
        yield (
            ("surfaces", "repeat"),
            "the rule decide counts every rollout as evidence of its own, which rollouts on one surface are not; write "
            "`surfaces: fresh`, or take another rule",
        )
    most = study.sampling.samples if isinstance(study.sampling, Fixed) else study.sampling.cap
    if isinstance(study.surfaces, Repeated) and study.surfaces.repeat > most:
        surfaces = study.surfaces.repeat
        remedy = f"give {most} or fewer, or write `surfaces: fresh`"
        yield ("surfaces", "repeat"), f"{surfaces} surfaces are more than a cell has rollouts ({most}); {remedy}"


def wrong_sizes(study: Study) -> Found:
    """Hypotheses with rates that cannot be."""
    for number, each in enumerate(study.hypotheses):
        rates = {"more": [each.base + each.by], "less": [each.base - each.by]}
        asked = rates.get(each.expect, [each.base + each.by, each.base - each.by])
        if not any(0 <= round(rate, 9) <= 1 for rate in asked):
            yield (
                ("hypotheses", number, "by"),
                f"{each.expect} by {each.by:g} than a base of {each.base:g} makes a rate of {asked[0]:g}, which cannot "
                "be; `base` is the rate in `against`. Change one of the two.",
            )
