"""What a study could have shown at its size, where that is less than it claims."""

from collections.abc import Iterator
from functools import cache

from turncoat.reports.numbers import points
from turncoat.reports.text import visible
from turncoat.stats import Rate
from turncoat.stats.power import power
from turncoat.studies.looks import ALPHA, Pairs, most
from turncoat.studies.powers import ENOUGH
from turncoat.studies.primary import primary
from turncoat.studies.study import Contrasts, Hypothesis, Study


def underpowered(study: Study, pairs: Pairs) -> Iterator[str]:
    """A sentence for each hypothesis that even the whole size cannot carry; it was run all the same.

    `pairs`: the cells of the study with its models.
    """
    cap = most(study.sampling)
    looks = study.sampling.looks if isinstance(study.sampling, Contrasts) else 1
    found = [each for each, _ in primary(study, pairs, dict.fromkeys(pairs, Rate(no=cap))) if each.strata]
    named = {each.name: each for each in study.hypotheses}

    @cache  # models have as many rollouts as each other
    def at(name: str, n1: int, n2: int) -> float:
        hypothesis = named[name]
        return power(hypothesis.base, _signed(hypothesis), n1, n2, alpha=ALPHA / len(found), looks=looks)

    for name, hypothesis in named.items():
        chances = [at(name, each.compare.n, each.against.n) for each in found if each.name == name]
        if chances and min(chances) < ENOUGH:
            yield (
                f"The study was too small for the claim {visible(name)}: with all of its rollouts it would show a "
                f"difference of {points(hypothesis.by)} points with a chance of {min(chances):.2f}."
            )


def _signed(hypothesis: Hypothesis) -> float:
    """`by` as a rise or a fall from `base`, within what rates can be."""
    falls = hypothesis.expect == "less" or (hypothesis.expect == "other" and hypothesis.base + hypothesis.by > 1)
    return -min(hypothesis.by, hypothesis.base) if falls else min(hypothesis.by, 1 - hypothesis.base)
