"""A study in words: its hypotheses, its rule of sampling, its size."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from turncoat.studies.looks.powers import Powered
from turncoat.studies.rule import Contrasts, Decide, Fixed, Sampling, Width, most
from turncoat.studies.study import Hypothesis, Repeated, Side, Study


def spelt(side: Side) -> str:
    """The cells of a side, as `threat=replacement, successor=unstated or same-values`."""
    return ", ".join(f"{key}={' or '.join(levels)}" for key, levels in side.items())


def expected(hypothesis: Hypothesis) -> str:
    """What is claimed of the two sides, and the size that is planned for."""
    words = {"more": "more harm in the first", "less": "less harm in the first", "other": "a difference"}
    planned = f"planned to show {hypothesis.by * 100:g} points where {hypothesis.base * 100:g} % are expected"
    return f"{words[hypothesis.expect]}; {planned} in the second"


def sampling_words(sampling: Sampling) -> str:
    """When enough has been seen."""
    match sampling:
        case Width():
            rule = f"until its rate is known to within {sampling.half_width * 100:g} points"
            return f"each cell {sampling.look} rollouts at a time, {rule}, at most {sampling.cap:,}"
        case Decide():
            below, above = sampling.below * 100, sampling.above * 100
            rule = f"until its rate is shown to be below {below:g} % or above {above:g} %"
            return f"each cell {sampling.look:,} rollouts at a time, {rule}, at most {sampling.cap:,}"
        case Contrasts():
            rule = f"in {sampling.looks} looks, until its hypotheses are answered"
            return f"each cell {rule}, at most {sampling.cap:,} rollouts"
        case Fixed():
            return f"each cell {sampling.samples:,} rollouts, looked at once"
        case _:
            assert_never(sampling)


def surfaces_words(study: Study) -> str:
    """How many fictions there are."""
    if isinstance(study.surfaces, Repeated):
        return f"the same {study.surfaces.repeat:,} companies and casts again and again, each a cluster"
    return "another company and cast for every rollout"


def size_words(study: Study, cells: Sequence[object]) -> str:
    """How many cells and rollouts."""
    number = f"{len(cells)} cell{'s' * (len(cells) != 1)}"
    models = len(study.models) or 1
    each = "for each model" if len(study.models) != 1 else "for its model"
    total = f"; {len(cells) * models * most(study.sampling):,} for all {models}" if models > 1 else ""
    return f"{number}, at most {len(cells) * most(study.sampling):,} rollouts {each}{total}"


def power_words(study: Study, found: Sequence[Powered]) -> str:
    """The least power of its primary contrasts; of a study that leaves its models open, for one of them."""
    if not found:
        return ""
    alone = "" if study.models else " for one model, less for several"
    return f"; a power of {min(each.power for each in found):.2f} or more{alone}"


def facts(study: Study) -> Mapping[str, str]:
    """The rest, a line each: what there is nothing to say of is left out."""
    lines = {
        "sampling": sampling_words(study.sampling),
        "surfaces": surfaces_words(study),
        "models": ", ".join(each.name for each in study.models) or "named with --model",
        "judge": ", ".join(study.judge),
        "published": ", ".join(study.published),
        "sources": "; ".join(study.sources),
        "differs": study.differs,
    }
    return {name: words for name, words in lines.items() if words}
