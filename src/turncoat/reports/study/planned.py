"""What a study could have shown at its size, where that is less than it claims."""

from collections.abc import Iterator

from turncoat.reports.numbers import points
from turncoat.reports.text import visible
from turncoat.studies.looks.outcomes import Pairs
from turncoat.studies.looks.powers import ENOUGH, powers
from turncoat.studies.study import Study


def underpowered(study: Study, pairs: Pairs) -> Iterator[str]:
    """A sentence for each hypothesis that even the whole size cannot carry; it was run all the same.

    `pairs`: the cells of the study with its models.
    """
    found = powers(study, pairs)
    for hypothesis in study.hypotheses:
        chances = [each.power for each in found if each.hypothesis == hypothesis]
        if chances and min(chances) < ENOUGH:
            yield (
                f"The study was too small for the claim {visible(hypothesis.name)}: with all of its rollouts it would "
                f"show a difference of {points(hypothesis.by)} points with a chance of {min(chances):.2f}."
            )
