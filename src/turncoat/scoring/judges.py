"""Judges by name, for a scorer or a scanner."""

from collections.abc import Sequence

from inspect_ai.model import GenerateConfig, Model

from turncoat.agents.doors import Doors
from turncoat.agents.judge import called, judge_with
from turncoat.agents.open import open_model
from turncoat.errors import UsageError
from turncoat.judging import Case
from turncoat.judging.judges import RULES, Judge, joined, rules_judge
from turncoat.judging.models.judge import judge_name
from turncoat.record import Verdict
from turncoat.studies.verdicts.judges import Options

Judges = str | Model | Sequence[str | Model]
"""`rules`, a model or its name in Inspect; several, also with commas between their names, are a panel."""


def judge_called(judges: Judges) -> Judge:
    """The judge, or the panel of judges. Raises `UsageError` for a name that is none."""
    each: list[str | Model] = []
    for named in [judges] if isinstance(judges, str | Model) else judges:
        each += [named] if isinstance(named, Model) else [name.strip() for name in named.split(",")]
    if not each or len(set(map(str, each))) < len(each):
        raise UsageError(f"Judges {', '.join(map(str, each))!r}: name one or more, each once.")
    doors = Doors()
    return joined([_one(named, doors) for named in each])


def _one(named: str | Model, doors: Doors) -> Judge:
    if named == RULES:
        return rules_judge()
    model = named if isinstance(named, Model) else _open(named, doors)

    async def judge(case: Case) -> Verdict:
        return await judge_with(case, model)

    return Judge(judge_name(called(model)), judge)


def _open(name: str, doors: Doors) -> Model:
    if "/" not in name:
        raise UsageError(
            f"No judge is called {name!r}: `{RULES}`, or a model as Inspect names it (openai/gpt-5.4-mini)."
        )
    usual = Options()
    config = GenerateConfig(max_retries=usual.retries, attempt_timeout=usual.attempt, timeout=usual.patience)
    try:
        return open_model(name, {}, doors=doors, config=config)
    except ValueError as error:
        raise UsageError(f"Judge {name!r}: {error}") from error
