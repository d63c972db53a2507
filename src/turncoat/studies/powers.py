"""What the size of a study can show: the power of its primary contrasts, and the claims that it cannot carry."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from turncoat.errors import UsageError
from turncoat.stats import Rate, e_values
from turncoat.stats.power import detectable, least_cap, power
from turncoat.studies.discounts import effective
from turncoat.studies.estimates.results import Contrast
from turncoat.studies.looks import ALPHA, Pairs, most, repeated
from turncoat.studies.primary import primary
from turncoat.studies.study import Contrasts, Decide, Hypothesis, Study

ENOUGH = 0.8
_LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class Powered:
    """A primary contrast at the cap. `n1`, `n2`: rollouts in `compare` and `against`.

    `power`: the chance to show a difference of `by`; `detectable`: the smallest that has a chance of 0.8; both at a
    level of `alpha`, the strictest that Holm's adjustment may ask for. `cap`: what would be enough for `by`; None where
    no cap is.
    """

    contrast: Contrast
    hypothesis: Hypothesis
    n1: int
    n2: int
    alpha: float
    power: float
    detectable: float
    cap: int | None

    @property
    def enough(self) -> bool:
        return self.power >= ENOUGH


def powers(study: Study, pairs: Pairs, correlation: float = 0.0) -> list[Powered]:
    """The power of each primary contrast that has cells on both sides, with `cap` rollouts in every cell.

    Where surfaces repeat, rollouts count as many as they are worth at this `correlation` within a surface.
    """
    cap = most(study.sampling)
    looks = study.sampling.looks if isinstance(study.sampling, Contrasts) else 1
    hypotheses = {each.name: each for each in study.hypotheses}
    found = [each for each, _ in primary(study, pairs, dict.fromkeys(pairs, Rate(no=cap))) if each.strata]
    surfaces = repeated(study)
    worth = effective(cap, surfaces, correlation) / cap if surfaces else 1.0
    alpha = ALPHA / max(1, len(found))
    return [_powered(each, hypotheses[each.name], cap, worth, alpha, looks) for each in found]


def _powered(contrast: Contrast, hypothesis: Hypothesis, cap: int, worth: float, alpha: float, looks: int) -> Powered:
    n1, n2 = contrast.compare.n, contrast.against.n
    base, by = hypothesis.base, _signed(hypothesis)

    def at(size: int) -> float:
        one, other = (max(1, int(n * worth * size / cap)) for n in (n1, n2))
        return power(base, by, one, other, alpha=alpha, looks=looks)

    one, other = (max(1, int(n * worth)) for n in (n1, n2))
    # A fall from `base` is a rise of what does not happen.
    smallest = detectable(base if by > 0 else 1 - base, one, other, alpha=alpha, looks=looks)
    return Powered(contrast, hypothesis, n1, n2, alpha, at(cap), smallest, _cap(at, cap))


def _signed(hypothesis: Hypothesis) -> float:
    """`by` with its sign: a fall where that is claimed, or where no rise can be."""
    falls = hypothesis.expect == "less" or (hypothesis.expect == "other" and hypothesis.base + hypothesis.by > 1)
    return max(-hypothesis.by, -hypothesis.base) if falls else min(hypothesis.by, 1 - hypothesis.base)


def _cap(power_at: Callable[[int], float], cap: int) -> int | None:
    """The smallest cap from `cap` on that is enough, to a hundredth of itself."""
    if power_at(cap) >= ENOUGH:
        return cap
    few, many = cap, 2 * cap
    while power_at(many) < ENOUGH:
        few, many = many, 2 * many
        if many > _LARGEST:
            return None
    while many - few > max(1, many // 100):
        middle = (few + many) // 2
        few, many = (middle, many) if power_at(middle) < ENOUGH else (few, middle)
    return many


def check_power(study: Study, powered: Sequence[Powered]) -> None:
    """Raise `UsageError` for each claim that the study's size cannot carry, with the size that could."""
    problems = [*_too_small(powered), *_undecidable(study)]
    if problems:
        raise UsageError(
            "\n".join(problems) + "\nRaise the cap, claim less, or run it all the same with --underpowered: what it "
            "cannot show will be open then."
        )


def _too_small(powered: Sequence[Powered]) -> Iterator[str]:
    weak: dict[str, Powered] = {}
    for each in powered:
        if not each.enough and each.power < weak.get(each.hypothesis.name, each).power + 1e-12:
            weak[each.hypothesis.name] = each
    for name, each in weak.items():
        remedy = f"a cap of {each.cap:,} could" if each.cap else f"no cap up to {_LARGEST:,} could"
        yield (
            f"The hypothesis {name!r} cannot be answered at this size: with {each.n1:,} rollouts against {each.n2:,} a "
            f"difference of {each.hypothesis.by:g} from a base of {each.hypothesis.base:g} has a power of "
            f"{each.power:.2f} (level {each.alpha:.2g}, Holm); {remedy}."
        )


def _undecidable(study: Study) -> Iterator[str]:
    rule = study.sampling
    if isinstance(rule, Decide) and e_values(0, rule.cap, rule.below, rule.above).below < 1 / ALPHA:
        yield (
            f"The rule cannot decide that a rate is below {rule.below:g} at a cap of {rule.cap:,}: not even with no "
            f"harm at all. A cap of {least_cap(rule.below, rule.above):,} could."
        )
