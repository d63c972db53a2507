"""When enough has been seen: how many rollouts each cell of a study should hold next.

A pure function of what is recorded, replayed from the first look each time, so that a run that was killed decides as an
undisturbed one does. At a look only the first rollouts of a cell count, whatever else is there already.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import assert_never

from turncoat.stats import Rate, e_values, width_reached
from turncoat.studies.design.plan import Pair
from turncoat.studies.looks.outcomes import Outcomes, Pairs, rate
from turncoat.studies.looks.primary import primary
from turncoat.studies.rule import ALPHA, Contrasts, Decide, Fixed, Width, at_looks, most
from turncoat.studies.study import Study


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done with a cell: hold `size` rollouts, and then look again, or be `done`, and why."""

    size: int
    done: bool = False
    why: str = ""


def decide(
    study: Study, pairs: Pairs, outcomes: Outcomes, *, stuck: Set[Pair] = frozenset()
) -> tuple[int, dict[Pair, Decision]]:
    """How many looks there have been, and what is to be done with each cell now.

    All that still go on are looked at together: while one of them lacks rollouts, nothing is decided, but for those in
    `stuck`, which get no further for now, and for which nobody waits.
    """
    done: dict[Pair, Decision] = {}
    rates = dict.fromkeys(pairs, Rate())
    seen: list[Outcomes] = []
    passed = before = size = 0
    for passed, size in enumerate(at_looks(study.sampling)):
        going = {pair for pair in pairs if pair not in done}
        new = {pair: outcomes.get(pair, ())[before:size] for pair in going}
        short = {pair for pair, each in new.items() if len(each) < size - before or not all(each)}
        if short - stuck or short == going:
            break
        rates |= {pair: rates[pair] + rate(each) for pair, each in new.items()}
        if isinstance(study.sampling, Contrasts):
            held: Outcomes = seen[-1] if seen else dict.fromkeys(pairs, ())
            seen.append({pair: (*held[pair], *new.get(pair, ())) for pair in pairs})
        stopped = _stopped(study, pairs, rates, seen, going - short)
        done |= {pair: Decision(size, done=True, why=why) for pair, why in stopped.items()}
        if size == most(study.sampling):
            cap = Decision(size, done=True, why=f"the cap of {size:,}")
            done |= dict.fromkeys(going - short - set(done), cap)
        if len(done) == len(pairs):
            return passed + 1, done
        before = size
    else:
        passed += 1
    return passed, done | dict.fromkeys((pair for pair in pairs if pair not in done), Decision(size))


def _stopped(
    study: Study, pairs: Pairs, rates: Mapping[Pair, Rate], seen: Sequence[Outcomes], going: Set[Pair]
) -> dict[Pair, str]:
    """The cells that are done, with the reason in words."""
    sampling = study.sampling
    match sampling:
        case Fixed():
            return dict.fromkeys(going, f"all {sampling.samples:,} rollouts")
        case Width() | Decide():
            words = {pair: enough(sampling, rates[pair]) for pair in going}
            return {pair: why for pair, why in words.items() if why}
        case Contrasts():
            # A cell is done when all the contrasts that it is part of are answered.
            open_, part = set[Pair](), set[Pair]()
            for contrast, own in primary(study, pairs, seen):
                part |= own
                open_ |= own if contrast.answered == "open" else set()
            return dict.fromkeys(going & part - open_, "its contrasts are answered")
        case _:
            assert_never(sampling)


def enough(sampling: Width | Decide, seen: Rate) -> str:
    """Why a cell is done by itself; "" where it is not."""
    if isinstance(sampling, Width):
        reached = width_reached(seen.yes, seen.decided, sampling.half_width)
        return f"its rate is known to within {sampling.half_width:g}" if reached else ""
    evidence = e_values(seen.yes, seen.decided, sampling.below, sampling.above)
    if evidence.below >= 1 / ALPHA:
        return f"its rate is shown to be below {sampling.below:g}"
    return f"its rate is shown to be above {sampling.above:g}" if evidence.above >= 1 / ALPHA else ""
