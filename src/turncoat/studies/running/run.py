"""Running a plan through Inspect's `eval_set`: nothing lost, nothing paid for twice."""

import os
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from turncoat.agents.budget import Budget
from turncoat.agents.doors import Doors
from turncoat.agents.ledger import PAYERS, Ledger, Payer
from turncoat.agents.terms import Terms, on_terms
from turncoat.studies.cost.rollouts import spent
from turncoat.studies.design.plan import Pair, Plan, cell_key
from turncoat.studies.folder import Folder
from turncoat.studies.logs import set_aside_torn
from turncoat.studies.models import price
from turncoat.studies.running.garbage import rare_collections
from turncoat.studies.running.standing import Outcome, asked_of, check_size, missing, standing
from turncoat.studies.running.stop import stoppable
from turncoat.studies.study import Study

Progress = Callable[[bool], None]
"""Called once for every rollout that ends; True when it ended in an error."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to run, not what. `prices`: USD per million tokens by model name, before the known ones.

    `max_cost`: USD for what these `payers` do in the folder. `connections`: calls at once to one provider. `attempt`
    and `patience`: seconds for one attempt of a call, and for a call with all its retries (`retries`).
    """

    command: str = ""
    paths: tuple[Path, ...] = ()
    max_cost: float | None = None
    payers: tuple[Payer, ...] = PAYERS
    prices: Mapping[str, tuple[float, float]] | None = None
    connections: int | None = None
    retries: int = 5
    attempt: int = 180
    patience: int = 900


def run(
    plan: Plan,
    out: Path,
    options: Options,
    progress: Progress | None = None,
    *,
    stopping: Callable[[], None] = lambda: None,
) -> Outcome:
    """Run what is missing of a plan into the results folder `out`, and leave what is recorded alone.

    Raises `UsageError` before the first model call when the folder is foreign, locked, too small for it, or of another
    version of a pack; `KeyboardInterrupt` after Ctrl-C, with what has ended recorded. `stopping` is called at once when
    it comes, in the middle of anything: it must not print.
    """
    check_size(plan, out)
    with running(plan, out, options, stopping=stopping) as work:
        work.complete(plan, progress)
        return work.outcome()


@dataclass(slots=True)
class Work:
    """A results folder held for one run, which completes one plan or several, each larger than the one before."""

    folder: Folder
    options: Options
    budget: Budget | None
    doors: Doors
    stopping: Callable[[], None]

    def complete(self, plan: Plan, progress: Progress | None = None, *, only: Set[Pair] | None = None) -> None:
        """Run what is missing of a plan, each rollout once, whether it was never run or ended in an error.

        `only`: the cells in question, where it is not all.
        """
        manifest = self.folder.manifest
        wanted = asked_of(plan, manifest)
        self.folder.write(manifest.model_copy(update={"cells": {**manifest.cells, **wanted}}))
        whole = replace(plan, sizes={pair: wanted[cell_key(pair)].samples for pair in plan.pairs})
        _keep_briefings(self.folder, whole)
        left = {
            pair
            for pair, number in missing(plan, self.folder.path).items()
            if number and (only is None or pair in only)
        }
        if left:
            with stoppable(self.stopping):
                # Inspect leaves its model and settings in the context, where they would rule every later call.
                copy_context().run(self._evaluate, whole, left, progress)

    def outcome(self) -> Outcome:
        """What the folder holds now, and what the run met."""
        unpaid = self.budget.refused if self.budget else 0.0
        return replace(standing(self.folder.path), refused=self.doors.refused, unpaid=unpaid)

    def _samples(self, plan: Plan) -> int | None:
        """Rollouts of a task at once; None where it is for Inspect to say."""
        if plan.reference_only:
            return 2  # they wait for no provider: more at once end no sooner, and Ctrl-C would lose more of them
        # More than can call at once: while some are judged and written, others keep connections busy.
        return 2 * self.options.connections if self.options.connections else None

    def _evaluate(self, plan: Plan, left: Set[Pair], progress: Progress | None) -> None:
        """Run the cells in `left`. Those that are whole are no business of Inspect: it would read each log again."""
        os.environ["INSPECT_CACHE_DIR"] = str(self.folder.path / "cache")
        os.environ["XDG_DATA_HOME"] = str(self.folder.path / "state")
        from inspect_ai import Epochs, eval_set

        from turncoat.agents.open import open_model
        from turncoat.studies.running.progress import listen
        from turncoat.studies.running.task import cell_task

        pairs = {pair: both for pair, both in plan.pairs.items() if pair in left}
        ledger = Ledger(self.folder.path, "agents")
        models = {
            model.label: open_model(model.name, model.arguments, doors=self.doors, ledger=ledger, budget=self.budget)
            for model, _ in pairs.values()
        }
        set_aside_torn(self.folder.logs)
        listen(progress)
        tasks = [
            cell_task(cell, plan.size(pair), repeat=plan.repeat, model=models[model.label])
            for pair, (model, cell) in pairs.items()
        ]
        try:
            with on_terms(Terms(remember=True)):
                _, logs = eval_set(
                    tasks,
                    log_dir=str(self.folder.logs),
                    model=None,  # each task has its own
                    # Nothing to reduce in one epoch: else each log and their listing would hold every rollout again.
                    epochs=Epochs(1, []),
                    display="none",
                    log_dir_allow_dirty=True,
                    continue_on_fail=True,
                    retry_attempts=0,
                    retry_immediate=False,
                    # Answers that were paid for are in the cache: a second record of all events costs a third of the
                    # time.
                    log_realtime=False,
                    log_images=False,
                    max_tasks=8 if plan.reference_only else max(10, len(tasks)),
                    max_samples=self._samples(plan),
                    max_connections=self.options.connections,
                    max_retries=self.options.retries,
                    attempt_timeout=self.options.attempt,
                    timeout=self.options.patience,
                    ctl_server=False,
                    acp_server=False,
                    score_display=False,
                )
        finally:
            listen(None)
        # Inspect swallows Ctrl-C, and calls what it leaves a success without logs.
        if not logs or any(log.status == "cancelled" for log in logs):
            raise KeyboardInterrupt


@contextmanager
def running(
    plan: Plan,
    out: Path,
    options: Options,
    *,
    study: Study | None = None,
    stopping: Callable[[], None] = lambda: None,
) -> Iterator[Work]:
    """Hold the results folder `out` for a run of this plan, or of a study. Raises as `run` does.

    A folder that holds a study takes up nothing else.
    """
    folder = Folder(out.resolve())
    folder.open(created=datetime.now(UTC).isoformat(timespec="seconds"))
    with folder.locked(), rare_collections():
        if study is None:
            folder.check_no_study()
        manifest = folder.manifest
        asked_of(plan, manifest)  # raises
        folder.write(
            manifest.model_copy(
                update={
                    "study": study,
                    "prices": {**manifest.prices, **(options.prices or {})},
                    "commands": (*manifest.commands, *([options.command] if options.command else [])),
                    "paths": tuple(dict.fromkeys((*manifest.paths, *(str(path.resolve()) for path in options.paths)))),
                }
            )
        )
        yield Work(folder, options, _budget(plan, folder, options), Doors(), stopping)


def _keep_briefings(folder: Folder, plan: Plan) -> None:
    surfaces: dict[str, int] = {}
    for pair in plan.pairs:
        surfaces[pair[1]] = max(surfaces.get(pair[1], 0), min(plan.size(pair), plan.repeat or plan.size(pair)))
    for name in dict.fromkeys(cell.scenario for cell in plan.cells):
        briefings = (
            cell.briefing(seed) for cell in plan.cells if cell.scenario == name for seed in range(surfaces[cell.name])
        )
        folder.keep(name, briefings)


def _budget(plan: Plan, folder: Folder, options: Options) -> Budget | None:
    """The limit is the folder's, however often a run is taken up: what its answers have cost is spent."""
    if options.max_cost is None:
        return None
    known = {model.name: (options.prices or {}).get(model.name) or price(model.name) for model in plan.models}
    prices = {name: each for name, each in known.items() if each}
    return Budget(options.max_cost, prices, spent=spent(folder.path, options.payers))
