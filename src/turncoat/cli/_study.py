"""A study as it is asked for at the terminal: the file with what the options change, its plan, its forecast."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from turncoat.errors import UsageError
from turncoat.judging.judges import RULES
from turncoat.studies.asked_study import keeps_study, plan_of, rehearsed, taken_up, with_models
from turncoat.studies.cost.rollouts import Estimate
from turncoat.studies.cost.study import ModelCost, judge_costs, model_costs
from turncoat.studies.design.plan import ModelSpec, Plan
from turncoat.studies.looks.forecast import Sizes, sizes
from turncoat.studies.looks.powers import CORRELATION, Powered, check_power, powers
from turncoat.studies.models import Price, check_model
from turncoat.studies.study import Study
from turncoat.studies.study_file.read import load_study

ANY = "any/model"
"""Stands in the plan of a study that names no model, for one of which nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line says of a study. `out`: the folder that takes it up, if there is one."""

    name: str
    models: tuple[ModelSpec, ...] = ()
    judges: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    out: Path | None = None
    prices: Mapping[str, Price]
    rehearse: bool = False
    underpowered: bool = False
    rate: float | None = None
    correlation: float = CORRELATION
    connections: int | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is known of a study before it is run. `judging`: what its judges are expected to cost, at most."""

    study: Study
    plan: Plan
    sizes: Sizes
    costs: tuple[ModelCost, ...]
    judging: tuple[Estimate, ...]
    powers: tuple[Powered, ...]


def load(asked: Asked) -> Study:
    """The study with what the options change. Raises `UsageError` for what contradicts itself."""
    study = load_study(asked.name, asked.paths)
    if asked.rehearse:
        if asked.models or asked.judges:
            raise UsageError("--rehearse takes simulated agents and the rules. Leave out --model and --judge.")
        study = rehearsed(study)
    if asked.models:
        study = with_models(study, asked.models)
    if asked.judges:
        study = study.model_copy(update={"judge": tuple(dict.fromkeys(asked.judges))})
    for name in study.judge:
        if name != RULES and (name.startswith("reference/") or "/" not in name):
            raise UsageError(
                f"--judge {name!r} is no judge. Allowed: rules, or a model by its Inspect name such as "
                "openai/gpt-5.4-mini (`turncoat models` lists some)."
            )
    return taken_up(study, asked.out, asked.paths) if asked.out else study


def forecast(asked: Asked) -> Forecast:
    """What the study will take and show.

    Raises `UsageError` for a claim that its size cannot carry, unless it is to be run all the same or simulated.
    """
    study = load(asked)
    if asked.out is None:
        study = of_any(study)
    plan = plan_of(study, asked.paths)
    powered = tuple(powers(study, plan.pairs, asked.correlation))
    if not (asked.underpowered or plan.reference_only):
        check_power(study, powered, kept=keeps_study(asked.out))
    held = sizes(study, plan.pairs, asked.rate)
    judges = [name for name in study.judge if name != RULES]
    return Forecast(
        study,
        plan,
        held,
        tuple(model_costs(plan, held, asked.prices, connections=asked.connections)),
        tuple(judge_costs(plan, judges, held.most, asked.prices)),
        powered,
    )


def of_any(study: Study) -> Study:
    """The study; where it names no model, of one of which nothing is known."""
    return study if study.models else with_models(study, [ModelSpec(ANY)])


def check_usable(study: Study) -> None:
    """Raise `UsageError` for a model or judge that cannot be called from here."""
    for name in (*(each.name for each in study.models), *(each for each in study.judge if each != RULES)):
        check_model(name)
