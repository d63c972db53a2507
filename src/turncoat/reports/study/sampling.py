"""The rule by which a study stopped, and what it stopped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from turncoat.reports.cells import Cell, Group
from turncoat.reports.numbers import count, listed, share
from turncoat.stats.stopping import width_reached
from turncoat.studies.estimates import Contrast, Estimates
from turncoat.studies.rule import Contrasts, Decide, Sampling, Width
from turncoat.studies.study import Study


@dataclass(frozen=True, slots=True)
class Stopped:
    """`rule`: when a cell was done; `what`: how that went; `unfinished`: cells that the rule would go on with.

    `missing`: rollouts that were planned and have not been run.
    """

    rule: str
    what: str
    unfinished: int
    missing: int = 0

    @property
    def early(self) -> str:
        """That there is more to come, in a sentence; "" where there is not."""
        if self.missing:
            has = "has" if self.missing == 1 else "have"
            return f"Not finished: {count(self.missing, 'planned rollout')} {has} not been run."
        return "Not finished: the rule of sampling would go on." if self.unfinished else ""

    def settles(self, contrast: Contrast, sampling: Sampling) -> bool:
        """Whether what is said of a contrast stands: where nothing is to come, or the rule may answer on the way."""
        return not self.early or (isinstance(sampling, Contrasts | Decide) and contrast.answered != "open")


def stopped(found: Sequence[Group], estimates: Estimates, *, missing: int = 0) -> Stopped:
    """From the cells as they are and the study's rule. `missing`: as `Stopped` has it."""
    return replace(_stopped(found, estimates), missing=missing)


def _stopped(found: Sequence[Group], estimates: Estimates) -> Stopped:
    sampling = estimates.study.sampling
    cells = [cell for group in found for cell in group.cells]
    if isinstance(sampling, Width):
        return _width(sampling, cells)
    if isinstance(sampling, Decide):
        return _decide(sampling, estimates)
    if isinstance(sampling, Contrasts):
        return _contrasts(sampling, [each for each in estimates.contrasts if each.primary])
    fewer = sum(cell.rate.n < sampling.samples for cell in cells)
    rule = f"{count(sampling.samples, 'rollout')} in every cell, looked at once."
    return Stopped(rule, f"{count(fewer, 'cell')} of {len(cells)} {_has(fewer)} fewer." if fewer else "", fewer)


def shortly(study: Study) -> str:
    """The rule in a few words, for a table."""
    sampling = study.sampling
    if isinstance(sampling, Width):
        return f"looks of {sampling.look} until an interval is within {sampling.half_width:g}, at most {sampling.cap}"
    if isinstance(sampling, Decide):
        limits = f"below {share(sampling.below)} or above {share(sampling.above)}"
        return f"looks of {sampling.look} until a rate is shown to be {limits}, at most {sampling.cap:,}"
    if isinstance(sampling, Contrasts):
        return f"{sampling.looks} looks at the primary contrasts, at most {sampling.cap:,} a cell"
    return f"{sampling.samples:,} in every cell"


def _width(rule: Width, cells: Sequence[Cell]) -> Stopped:
    narrow = [cell for cell in cells if width_reached(cell.rate.yes, cell.rate.decided, rule.half_width)]
    capped = [cell for cell in cells if cell not in narrow and cell.rate.n >= rule.cap]
    left = len(cells) - len(narrow) - len(capped)
    return Stopped(
        f"Rollouts came in looks of {rule.look}; a cell was done when its 95 % interval was within {rule.half_width:g} "
        f"to either side, or at {rule.cap:,}.",
        _went({"stopped by the width of the interval": len(narrow), f"at {rule.cap:,}": len(capped)}, left),
        left,
    )


def _decide(rule: Decide, estimates: Estimates) -> Stopped:
    sides = [each.decided for each in estimates.claims]
    capped = sum(each.decided == "open" and each.rate.n >= rule.cap for each in estimates.claims)
    left = sides.count("open") - capped
    return Stopped(
        f"Rollouts came in looks of {rule.look}; a cell was done when its rate was shown to be below "
        f"{share(rule.below)} or above {share(rule.above)}, or at {rule.cap:,}.",
        _went(
            {
                f"decided below {share(rule.below)}": sides.count("below"),
                f"decided above {share(rule.above)}": sides.count("above"),
                f"undecided at {rule.cap:,}": capped,
            },
            left,
        ),
        left,
    )


def _contrasts(rule: Contrasts, primary: Sequence[Contrast]) -> Stopped:
    answered = [each.look for each in primary if each.answered != "open"]
    last = sum(each.answered == "open" and each.look >= rule.looks for each in primary)
    left = len(primary) - len(answered) - last
    told = {f"answered at look {look}": answered.count(look) for look in sorted(set(answered))}
    return Stopped(
        f"The primary contrasts were tested at {rule.looks} equally spaced looks with O'Brien-Fleming's limits, at "
        f"{rule.cap:,} rollouts a cell at the last.",
        _went({**told, "open at the last look": last}, left, noun="contrast"),
        left,
    )


def _went(parts: dict[str, int], left: int, *, noun: str = "cell") -> str:
    told = [f"{number} {how}" for how, number in {**parts, "not finished": left}.items() if number]
    whole = sum(parts.values()) + left
    return f"Of {count(whole, noun)}: {listed(told)}." if told else ""


def _has(number: int) -> str:
    return "has" if number == 1 else "have"
