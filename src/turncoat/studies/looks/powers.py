"""What the size of a study can show: the power of its primary contrasts, and the claims that it cannot carry."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from turncoat.errors import UsageError
from turncoat.stats import e_values, effective
from turncoat.stats.power import detectable, least_cap, power, rollouts_by_width
from turncoat.studies.estimates.results import Contrast
from turncoat.studies.looks.outcomes import Pairs, repeated
from turncoat.studies.looks.primary import primary
from turncoat.studies.rule import ALPHA, Contrasts, Decide, Sampling, Width, most
from turncoat.studies.study import Hypothesis, Study

ENOUGH = 0.8
CORRELATION = 0.1
"""Of two rollouts on one surface, where nothing is known: an assumption."""
_LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class Powered:
    """A primary contrast at the cap. `n1`, `n2`: rollouts in `compare` and `against`; where cells stop by their width,
    those to be expected under `by` and `base`.

    `power`: the chance to show a difference of `by`; `detectable`: the smallest that has a chance of 0.8; both at a
    level of `alpha`, the strictest that Holm's adjustment may ask for. `cap`: the smallest that is enough for `by`;
    None where no cap is.
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


def powers(study: Study, pairs: Pairs, correlation: float = CORRELATION) -> list[Powered]:
    """The power of each primary contrast that has cells on both sides, with `cap` rollouts in every cell.

    Where surfaces repeat, rollouts count as many as they are worth at this `correlation` within a surface, and the
    level is that of Student's t of so many surfaces.
    """
    if not study.hypotheses:
        return []
    cap = most(study.sampling)
    named = {each.name: each for each in study.hypotheses}
    full = dict.fromkeys(pairs, ("no",) * cap)
    found = [each for each, _ in primary(study, pairs, [full]) if each.strata]
    surfaces = repeated(study)
    worth = effective(cap, surfaces, correlation) / cap if surfaces else 1.0
    families = Counter(each.reference for each in found)

    @cache  # models have as many cells as each other
    def powered(name: str, cells1: int, cells2: int, family: int) -> _Size:
        alpha = ALPHA / family
        strict = _of_few(alpha, surfaces) if surfaces else alpha
        return _Size(study.sampling, named[name], cells1, cells2, worth, strict)

    sizes = [(each.compare.n // cap, each.against.n // cap, families[each.reference]) for each in found]
    return [powered(each.name, *size).of(each) for each, size in zip(found, sizes, strict=True)]


def _of_few(alpha: float, surfaces: int) -> float:
    """The level at which a normal test is as strict as Student's t of so many surfaces is at `alpha`."""
    from scipy.stats import norm, t

    return float(2 * norm.sf(t.isf(alpha / 2, surfaces - 1)))


@dataclass(frozen=True, slots=True)
class _Size:
    """A hypothesis on so many cells of either side, of which each rollout is `worth` that share of one."""

    sampling: Sampling
    hypothesis: Hypothesis
    cells1: int
    cells2: int
    worth: float
    alpha: float

    def of(self, contrast: Contrast) -> Powered:
        cap = most(self.sampling)
        n1, n2 = self._rollouts(cap)
        base, rises = self.hypothesis.base, _signed(self.hypothesis) > 0
        # A fall from `base` is a rise of what does not happen.
        smallest = detectable(base if rises else 1 - base, n1, n2, alpha=self.alpha, looks=self._looks)
        return Powered(contrast, self.hypothesis, n1, n2, self.alpha, self._power(cap), smallest, self._enough(cap))

    @property
    def _looks(self) -> int:
        return self.sampling.looks if isinstance(self.sampling, Contrasts) else 1

    def _rollouts(self, cap: int) -> tuple[int, int]:
        base = self.hypothesis.base
        sides = ((self.cells1, base + _signed(self.hypothesis)), (self.cells2, base))
        one, other = (max(1, int(self.worth * cells * self._of_cell(rate, cap))) for cells, rate in sides)
        return one, other

    def _of_cell(self, rate: float, cap: int) -> float:
        if isinstance(self.sampling, Width):
            return rollouts_by_width(rate, look=self.sampling.look, cap=cap, half_width=self.sampling.half_width)
        return cap

    def _power(self, cap: int) -> float:
        n1, n2 = self._rollouts(cap)
        return power(self.hypothesis.base, _signed(self.hypothesis), n1, n2, alpha=self.alpha, looks=self._looks)

    def _enough(self, cap: int) -> int | None:
        """The smallest cap that is enough, to a hundredth of itself; None where there is none, or cells stop before."""
        few, many = 1, cap
        while self._power(many) < ENOUGH:
            if many > _LARGEST or isinstance(self.sampling, Width):
                return None
            few, many = many, 2 * many
        while many - few > max(1, many // 100):
            middle = (few + many) // 2
            few, many = (middle, many) if self._power(middle) < ENOUGH else (few, middle)
        return many


def _signed(hypothesis: Hypothesis) -> float:
    """`by` with its sign: a fall where that is claimed, or where no rise can be."""
    falls = hypothesis.expect == "less" or (hypothesis.expect == "other" and hypothesis.base + hypothesis.by > 1)
    return max(-hypothesis.by, -hypothesis.base) if falls else min(hypothesis.by, 1 - hypothesis.base)


def check_power(study: Study, powered: Sequence[Powered], *, kept: bool = False) -> None:
    """Raise `UsageError` for each claim that the study's size cannot carry, with the size that could.

    `kept`: by a folder that holds it already, and takes up no other cap.
    """
    problems = [*_too_small(powered, width=isinstance(study.sampling, Width)), *undecidable(study)]
    if problems:
        remedy = "Raise the cap, claim less"
        if kept:
            remedy = "The folder keeps its rule and hypotheses: name a new --out for a higher cap or a smaller claim"
        raise UsageError(
            "\n".join(problems)
            + f"\n{remedy}, or run it all the same with --underpowered: what it cannot show will be open then."
        )


def _too_small(powered: Sequence[Powered], *, width: bool) -> Iterator[str]:
    weak: dict[str, Powered] = {}
    for each in powered:
        if not each.enough and each.power < weak.get(each.hypothesis.name, each).power + 1e-12:
            weak[each.hypothesis.name] = each
    for name, each in weak.items():
        remedy = f"a cap of {each.cap:,} could" if each.cap else f"no cap up to {_LARGEST:,} could"
        if width:
            remedy = "cells stop when their own width is reached: for contrasts use `rule: contrasts`"
        yield (
            f"The hypothesis {name!r} cannot be answered at this size: with {each.n1:,} rollouts against {each.n2:,} a "
            f"difference of {each.hypothesis.by:g} from a base of {each.hypothesis.base:g} has a power of "
            f"{each.power:.2f} (level {each.alpha:.2g}, Holm); {remedy}."
        )


def undecidable(study: Study) -> Iterator[str]:
    """A rule whose cap would not show its limit whatever comes out, in a sentence."""
    rule = study.sampling
    if isinstance(rule, Decide) and e_values(0, rule.cap, rule.below, rule.above).below < 1 / ALPHA:
        yield (
            f"The rule cannot decide that a rate is below {rule.below:g} at a cap of {rule.cap:,}: not even with no "
            f"harm at all. A cap of {least_cap(rule.below, rule.above):,} could."
        )
