"""A study, look by look on the same logs: run, judge, decide, until every cell is done."""

from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from turncoat.agents.budget import Budget
from turncoat.agents.failure import ProviderError
from turncoat.judging.verdicts import read_verdict_lines
from turncoat.studies.cost.rollouts import spent
from turncoat.studies.design.plan import Pair, Plan, rollout_id
from turncoat.studies.folder import Folder
from turncoat.studies.logs import endings
from turncoat.studies.looks.decide import Decision, decide
from turncoat.studies.looks.outcomes import Outcomes
from turncoat.studies.models import price
from turncoat.studies.rule import most
from turncoat.studies.running.run import Options, Progress, Work, running
from turncoat.studies.running.standing import Outcome
from turncoat.studies.study import Study
from turncoat.studies.verdicts.cases import Source
from turncoat.studies.verdicts.judge import judge_all
from turncoat.studies.verdicts.judges import Options as JudgeOptions
from turncoat.studies.verdicts.judges import place


@dataclass(frozen=True, slots=True)
class Look:
    """What the look of this number has decided. `held`: rollouts of each cell by now. `grow`: the cells that
    go on, with the rollouts that each is to hold.

    `stuck`: those that ought to, but got no answers: they wait for the same command.
    """

    number: int
    decisions: Mapping[Pair, Decision]
    held: Mapping[Pair, int]
    grow: Mapping[Pair, int]
    stuck: Set[Pair]
    rollouts: int

    @property
    def done(self) -> int:
        """How many cells are done."""
        return sum(each.done for each in self.decisions.values())

    @property
    def finished(self) -> bool:
        return self.done == len(self.decisions)


@dataclass(frozen=True, slots=True)
class Finished:
    """How a study stands after a run. `last`: what was decided last. `judge_refused`: as `Outcome.refused`."""

    outcome: Outcome
    last: Look
    judge_refused: Mapping[str, ProviderError]
    judge_unpaid: float


class Watcher(Protocol):
    """Who looks on. `looked` hears of each look, and says whether to go on."""

    def bar(self, total: int, *, says: str) -> AbstractContextManager[Progress]: ...

    def looked(self, look: Look) -> bool: ...


def run_study(
    study: Study,
    plan: Plan,
    out: Path,
    options: Options,
    watcher: Watcher,
    *,
    judging: JudgeOptions | None = None,
    stopping: Callable[[], None] = lambda: None,
) -> Finished:
    """Run what is missing of a study in `out`, look by look. `plan`: its cells and models; `judging`: by models.

    What the folder was asked for before comes first, with what ended in an error there: each rollout is tried once in a
    call. A cell of which a look brought more errors than answers waits for the next call. Raises as `run.run` does.
    """
    source = Source(out, paths=options.paths)
    with running(plan, out, options, study=study, stopping=stopping) as work:
        judge = _Judge(source, judging) if judging and judging.models else None
        held = work.folder.manifest.cells
        asked = {pair: held[key].samples if (key := "/".join(pair)) in held else 0 for pair in plan.pairs}
        new, stuck = {pair for pair, size in asked.items() if size}, set[Pair]()
        while True:
            before = _outcomes(plan, asked, out)
            if new:
                _complete(work, replace(plan, sizes=asked), new, before, watcher)
                if judge:
                    judge.judge(watcher)
            outcomes = _outcomes(plan, asked, out, judge.verdicts() if judge else None)
            outcome = work.outcome()
            stuck |= {pair for pair in new if _failing(before[pair], outcomes[pair])}
            stuck |= {pair for pair, (model, _) in plan.pairs.items() if model.name in outcome.refused}
            number, decisions = decide(study, plan.pairs, outcomes, stuck=stuck)
            grow = {
                pair: each.size
                for pair, each in decisions.items()
                if not each.done and each.size > asked[pair] and pair not in stuck
            }
            rollouts = sum(size - asked[pair] for pair, size in grow.items())
            look = Look(number, decisions, dict(asked), grow, {p for p in stuck if not decisions[p].done}, rollouts)
            broke = outcome.unpaid or (judge and judge.stopped)
            if not (watcher.looked(look) if new else True) or broke or not grow:
                return Finished(
                    outcome, look, judge.refused if judge else {}, judge.budget.refused if judge and judge.budget else 0
                )
            asked |= grow
            new = set(grow)


def left(study: Study, plan: Plan, out: Path, judging: JudgeOptions | None = None) -> dict[Pair, int]:
    """How many rollouts of each cell may still be run, at most, of a study in `out` or of one that has not begun."""
    cap = most(study.sampling)
    held = Folder(out).manifest.cells if (out / "turncoat.json").is_file() else {}
    asked = {pair: held[key].samples if (key := "/".join(pair)) in held else 0 for pair in plan.pairs}
    judged = _verdicts(Source(out), judging) if judging and judging.models else None
    outcomes = _outcomes(plan, asked, out, judged)
    _, decisions = decide(study, plan.pairs, outcomes)
    open_ = {pair: sum(each in ("", "error") for each in outcomes[pair]) for pair in plan.pairs}
    return {pair: open_[pair] + (0 if each.done else max(0, cap - asked[pair])) for pair, each in decisions.items()}


def _complete(work: Work, plan: Plan, new: Set[Pair], before: Outcomes, watcher: Watcher) -> None:
    total = sum(each in ("", "error") for pair in new for each in before[pair])
    if total:
        with watcher.bar(total, says="Rollouts") as step:
            work.complete(plan, step, only=new)


def _outcomes(plan: Plan, asked: Mapping[Pair, int], out: Path, verdicts: Mapping[str, str] | None = None) -> Outcomes:
    """What became of each rollout that was asked for, by `verdicts` where a later judge gives them."""
    ended = endings(out)

    def outcome(key: str) -> str:
        known = ended[key].outcome if key in ended else ""
        return known if verdicts is None or known in ("", "error") else verdicts.get(key, "unscored")

    return {pair: [outcome(rollout_id(pair, number)) for number in range(asked[pair])] for pair in plan.pairs}


def _failing(before: Sequence[str], after: Sequence[str]) -> bool:
    tried = [now for then, now in zip(before, after, strict=True) if then in ("", "error")]
    return 2 * tried.count("error") > len(tried)


class _Judge:
    """The models that judge a study, on a budget of their own over all its looks and all its calls."""

    def __init__(self, source: Source, options: JudgeOptions) -> None:
        self._source = source
        self.budget = _budget(source.path, options)
        self._options = replace(options, budget=self.budget)
        self._out = place(source, self._options)
        self.refused: Mapping[str, ProviderError] = {}

    @property
    def stopped(self) -> bool:
        """Whether it cannot go on: an account that is refused, or no money."""
        return bool(self.refused or (self.budget and self.budget.refused))

    def judge(self, watcher: Watcher) -> None:
        """Judge what has no verdict yet. What fails is `unscored`, and tried again after the next look."""
        with watcher.bar(self._source.count(), says="Verdicts") as step:
            self.refused = judge_all(self._source, self._options, self._out, step).refused

    def verdicts(self) -> dict[str, str]:
        """Rollout id -> outcome."""
        return _verdicts(self._source, self._options)


def _verdicts(source: Source, options: JudgeOptions) -> dict[str, str]:
    file = place(source, options) if source.path.is_dir() else None
    lines = read_verdict_lines(file) if file and file.exists() else {}
    return {key: line.verdict.headline_harm or line.verdict.status for key, line in lines.items()}


def _budget(out: Path, options: JudgeOptions) -> Budget | None:
    """A limit over all calls of the folder's judges."""
    if options.max_cost is None:
        return None
    known = {name: options.prices.get(name) or price(name) for name in options.models}
    prices = {name: each for name, each in known.items() if each}
    return Budget(options.max_cost, prices, spent=spent(out, ["judges"]))
