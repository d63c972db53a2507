"""Who judges frozen transcripts, and on which terms: the judges of a call, opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from turncoat.agents.budget import Budget
from turncoat.agents.doors import Doors
from turncoat.agents.label import label
from turncoat.agents.ledger import Ledger
from turncoat.errors import UsageError
from turncoat.judging import Case
from turncoat.judging.judges import RULES, Judge, Known, file_name, rules_judge
from turncoat.judging.models.panel import panel_name
from turncoat.judging.rules.version import judge_name as rules_name
from turncoat.judging.verdicts import settled
from turncoat.record import Verdict
from turncoat.studies.models import Price, price
from turncoat.studies.verdicts.cases import Source

if TYPE_CHECKING:
    from inspect_ai.model import GenerateConfig


@dataclass(frozen=True, slots=True)
class Options:
    """Who judges, and on which terms.

    `judges`: `rules` or models by their Inspect names; several are a panel. `answers`: files with answers to exported
    requests, which count and not what is remembered; then no model is asked, and a judge may be anybody. `audit`: None,
    or the gate: transcripts that the record decides are spared the model, but for this share (0 to 1) of them.
    `attempt` and `patience`: seconds for one attempt of a call, and for a call with all its `retries`. `budget`: one
    that several calls share; by default each has its own of `max_cost`.
    """

    judges: tuple[str, ...] = (RULES,)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    answers: tuple[Path, ...] = ()
    audit: float | None = None
    max_cost: float | None = None
    prices: Mapping[str, Price] = field(default_factory=dict)
    connections: int | None = None
    retries: int = 5
    attempt: int = 180
    patience: int = 900
    budget: Budget | None = None

    @property
    def at_once(self) -> int:
        """Calls at once to one provider."""
        return self.connections or 10

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(name for name in self.judges if name != RULES)


def name_of(options: Options) -> str:
    """What the verdicts of these options are called: the judge's, or the panel's."""
    names = [rules_name() if name == RULES else named(name, options) for name in options.judges]
    return names[0] if len(names) == 1 else panel_name(names)


def named(model: str, options: Options) -> str:
    """What the verdicts of a model with these arguments are called."""
    from turncoat.judging.models.judge import judge_name

    return judge_name(model if options.answers else label(model, options.arguments))


def place(source: Source, options: Options) -> Path | None:
    """Where verdicts go by default: into the results folder; of anything else nowhere."""
    if not source.path.is_dir():
        return None
    return source.path / "verdicts" / f"{file_name(name_of(options))}.jsonl"


def known_verdicts(options: Options, out: Path | None) -> Known:
    """What `out` holds already. Raises `UsageError` where it holds what this call would not write again."""
    try:
        known = settled(out) if out else {}
    except UsageError as error:
        raise UsageError(f"--out {str(out)!r} holds other things than verdicts. Name another. ({error})") from error
    asked = [name_of(replace(options, judges=(name,))) for name in options.judges]
    paid = {judge for _, _, judge in known if "@" in judge and not judge.startswith("panel of ")}
    if others := sorted(paid - {*asked}):
        raise UsageError(
            f"--out {str(out)!r} holds verdicts of {', '.join(others)}, which would be lost. Name another."
        )
    return known


def opened(options: Options, doors: Doors, ledger: Ledger | None = None) -> list[Judge]:
    """The judges, each ready to be asked; models on one budget, and all noted in one ledger."""
    if not options.models:
        return [rules_judge()]
    if options.answers:
        return _answered(options)
    from turncoat.agents.judge import answerer
    from turncoat.agents.open import open_model
    from turncoat.judging.models.judge import judge_case

    budget = options.budget or _budget(options)

    def by_model(name: str) -> Judge:
        model = open_model(name, options.arguments, doors=doors, ledger=ledger, budget=budget, config=_config(options))
        answer = answerer(model)

        async def judge(case: Case) -> Verdict:
            return await judge_case(case, label(name, options.arguments), answer)

        return Judge(named(name, options), judge)

    return [rules_judge() if name == RULES else by_model(name) for name in options.judges]


def _answered(options: Options) -> list[Judge]:
    """Judges whose answers were given elsewhere."""
    from turncoat.judging.models.batch import is_answered, judge_from_answers, read_answers
    from turncoat.judging.models.judge import judge_name

    answers = read_answers(options.answers)

    def by_answers(name: str) -> Judge:
        async def judge(case: Case) -> Verdict:
            return judge_from_answers(case, name, answers)

        return Judge(judge_name(name), judge, lambda case: is_answered(case, name, answers))

    return [rules_judge() if name == RULES else by_answers(name) for name in options.judges]


def _config(options: Options) -> "GenerateConfig":
    from inspect_ai.model import GenerateConfig

    return GenerateConfig(
        max_retries=options.retries,
        attempt_timeout=options.attempt,
        timeout=options.patience,
        max_connections=options.at_once,
    )


def _budget(options: Options) -> Budget | None:
    if options.max_cost is None:
        return None
    known = {name: options.prices.get(name) or price(name) for name in options.models}
    return Budget(options.max_cost, {name: each for name, each in known.items() if each})
