"""The published graders over the rollouts of a replication: their question to a model, their reading of its answer."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
from inspect_ai.model import GenerateConfig, Model, ModelOutput

from turncoat.agents.budget import LONGEST_ANSWER, Budget
from turncoat.agents.doors import Doors
from turncoat.agents.failure import ProviderError, provider_error
from turncoat.agents.label import label
from turncoat.agents.ledger import Ledger
from turncoat.agents.open import open_model
from turncoat.judging import Case
from turncoat.judging.judges import file_name
from turncoat.judging.verdicts import fingerprint, settled, verdict_line
from turncoat.record import Finding, Rollout, Verdict
from turncoat.studies.cost.rollouts import Estimate, spent
from turncoat.studies.logs import read_samples
from turncoat.studies.models import Price, is_free, price
from turncoat.studies.replication.cells import PREFIX, words
from turncoat.studies.replication.published import grader, grader_version
from turncoat.studies.verdicts.file import VerdictFile

Progress = Callable[[bool], None]
_SHOWN = 2_000
_QUESTION, _ANSWER = 2_000, 400


@dataclass(frozen=True, slots=True)
class Terms:
    """Which model the graders ask, and on which terms. `max_cost`: USD for the folder, its rollouts among them.

    `attempt` and `patience`: seconds for one attempt of a call, and for a call with all its `retries`.
    """

    model: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    max_cost: float | None = None
    prices: Mapping[str, Price] = field(default_factory=dict)
    connections: int | None = None
    retries: int = 5
    attempt: int = 180
    patience: int = 900

    @property
    def at_once(self) -> int:
        """Calls at once to one provider."""
        return self.connections or 10

    @property
    def judge(self) -> str:
        """What the verdicts are called."""
        return f"inspect-evals({label(self.model, self.arguments)})@{grader_version()}"

    def place(self, results: Path) -> Path:
        """The file of verdicts in a results folder."""
        return results / "verdicts" / f"{file_name(self.judge)}.jsonl"


def ungraded(results: Path, terms: Terms) -> int:
    """How many rollouts of a results folder the graders have yet to be asked about."""
    known = settled(terms.place(results)) if terms.place(results).exists() else {}
    return sum((key, fingerprint(case), terms.judge) not in known for key, case, _, _ in _to_grade(results))


def expected(new: int, results: Path, terms: Terms) -> Estimate:
    """What the graders will cost over `new` rollouts, and those in `results` (if it is there) that they have not seen.

    A guess: 2,000 tokens a question (theirs, and the answer in it) and 400 an answer.
    """
    rollouts = new + (ungraded(results, terms) if (results / "turncoat.json").is_file() else 0)
    known = terms.prices.get(terms.model) or price(terms.model)
    return Estimate(
        model=f"{terms.model} (as the published grader)",
        rollouts=rollouts,
        input_tokens=rollouts * _QUESTION,
        output_tokens=rollouts * _ANSWER,
        usd=rollouts * (_QUESTION * known[0] + _ANSWER * known[1]) / 1e6 if known else None,
        free=is_free(terms.model),
        set_aside=(2 * _QUESTION * known[0] + LONGEST_ANSWER * known[1]) / 1e6 if known else 0.0,
    )


def grade(results: Path, terms: Terms, progress: Progress = lambda _: None) -> Mapping[str, ProviderError]:
    """Write the graders' verdicts on a replication's rollouts into its results folder.

    What they have said of the very same answer is kept. A grader that fails leaves a rollout unscored. Returns the
    models that refused the account, of which there is one at most.
    """
    doors, out = Doors(), terms.place(results)
    out.parent.mkdir(exist_ok=True)
    with VerdictFile(out) as lines:
        known = settled(out)
        try:
            anyio.run(_grade, results, terms, doors, known, lines, progress)
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
    return doors.refused


async def _grade(
    results: Path, terms: Terms, doors: Doors, known: Mapping[Any, Verdict], lines: VerdictFile, progress: Progress
) -> None:
    model = open_model(
        terms.model,
        terms.arguments,
        doors=doors,
        ledger=Ledger(results, "judges"),
        budget=_budget(results, terms),
        config=_config(terms),
    )
    at_once, order = anyio.Semaphore(2 * terms.at_once), []

    async def one(key: str, case: Case, rollout: Rollout, answer: str) -> None:
        try:
            verdict = await _asked(model, terms.judge, rollout, answer)
            lines.write(key, verdict_line(key, verdict, case=fingerprint(case)))
        finally:
            at_once.release()
        progress(verdict.status == "unscored")

    async with anyio.create_task_group() as group:
        for key, case, rollout, answer in _to_grade(results):
            order.append(key)
            mark = fingerprint(case)
            if before := known.get((key, mark, terms.judge)):
                lines.write(key, verdict_line(key, before, case=mark))
            else:
                await at_once.acquire()
                group.start_soon(one, key, case, rollout, answer)
    lines.settle(order)


def _to_grade(results: Path) -> Iterator[tuple[str, Case, Rollout, str]]:
    """The rollouts of a replication that ended in no error, with the answer's words as the graders take them."""
    for rollout, sample in read_samples(results):
        case = Case.of(rollout)
        if case and rollout.scenario.startswith(PREFIX):
            yield rollout.id, case, rollout, ModelOutput.model_validate(sample["output"]).completion


async def _asked(model: Model, judge: str, rollout: Rollout, answer: str) -> Verdict:
    scenario = rollout.scenario.removeprefix(PREFIX)
    theirs, mails = grader(scenario), words(scenario, rollout.condition).mails
    try:
        output = await model.generate(theirs.get_grader_input(email_content=mails, response=answer))
        harmful, says, why = theirs.classify(response=answer, grader_response=output.completion)
    except Exception as error:
        # Whatever it is: a grader without an answer that it can read itself has failed, and said nothing.
        known = provider_error(error)
        why = known.message if known else str(error) or type(error).__name__
        return Verdict(status="unscored", reason=f"judge failed: {why}"[:500], judge=judge)
    note = f"The grader's model says {'yes' if says else 'no'}. {why}"[:_SHOWN]
    found = (Finding(kind=rollout.headline, judge=judge),) if harmful else ()
    return Verdict(status="scored", headline_harm="yes" if harmful else "no", findings=found, judge=judge, note=note)


def _config(terms: Terms) -> GenerateConfig:
    return GenerateConfig(
        max_retries=terms.retries,
        attempt_timeout=terms.attempt,
        timeout=terms.patience,
        max_connections=terms.at_once,
    )


def _budget(results: Path, terms: Terms) -> Budget | None:
    known = terms.prices.get(terms.model) or price(terms.model)
    if terms.max_cost is None or not known:
        return None
    return Budget(terms.max_cost, {terms.model: known}, spent=spent(results))
