"""`turncoat run`: rollouts of scenarios with models, into a results folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from turncoat.cli._options import Connections, ModelArguments, Prices, ScenarioPaths, Yes
from turncoat.errors import UsageError, unknown


def run(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="SCENARIO... | STUDY",
            help="Scenarios by name (`turncoat scenarios` lists them), or one study: its file or a ready one's name.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="The results folder; one that is there is completed.")],
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model", help="A model by its Inspect name, or reference/<agent>. Repeatable. A study may name its own."
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="factor=level[,level...]; repeat for more factors. Default: control and pressured."),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            "--samples",
            help="Rollouts for each condition and model, by default 10; a folder holds 100,000 in all. A study has "
            "its own rule.",
        ),
    ] = None,
    interface: Annotated[list[str] | None, typer.Option("--interface", help="text or tools; repeat for both.")] = None,
    model_arg: ModelArguments = None,
    judges: Annotated[list[str] | None, typer.Option("--judge", help="Of a study: in place of its judge.")] = None,
    rehearse: Annotated[
        bool,
        typer.Option("--rehearse", help="Of a study: simulated agents in place of its models; free, offline."),
    ] = False,
    underpowered: Annotated[
        bool, typer.Option("--underpowered", help="Run a study whose size cannot carry its claims.")
    ] = False,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", help="Stop before the folder has cost this many USD.")
    ] = None,
    price: Prices = None,
    yes: Yes = False,
    connections: Connections = None,
    scenario_path: ScenarioPaths = None,
) -> None:
    """Run scenarios, or a study, with models. The same command again runs only what is missing."""
    from turncoat.cli._arguments import command_line, read_models
    from turncoat.cli._money import read_prices
    from turncoat.studies.running.run import Options
    from turncoat.studies.study_file.read import is_study_file, ready_studies

    models = read_models(model or [], model_arg or [])
    options = Options(
        command=command_line(),
        paths=tuple(scenario_path or ()),
        max_cost=max_cost,
        prices=read_prices(price or []),
        connections=connections,
    )
    if any(each in ready_studies() or is_study_file(each) for each in what):
        _refuse_of_study(what, {"--samples": samples, "--set": set_, "--interface": interface})
        from turncoat.cli._looks import Terms
        from turncoat.cli._looks import carry_out as carry_out_study
        from turncoat.cli._study import Asked

        asked = Asked(
            name=what[0],
            models=models,
            judges=tuple(judges or ()),
            paths=options.paths,
            out=out,
            prices=dict(options.prices or {}),
            rehearse=rehearse,
            underpowered=underpowered,
            connections=connections,
        )
        carry_out_study(asked, out, options, Terms(max_cost=max_cost, yes=yes))
    else:
        _check_names(what, options.paths)
        _refuse_of_scenarios(what, {"--judge": judges, "--rehearse": rehearse, "--underpowered": underpowered})
        if not models:
            raise UsageError("--model is missing: which? `turncoat models` lists some; reference/insider is free.")
        from turncoat.cli._rollouts import ask_and_run

        ask_and_run(
            what, models, set_ or (), interface or ("text",), 10 if samples is None else samples, out, options, yes
        )


def _refuse_of_study(what: list[str], given: Mapping[str, object]) -> None:
    if len(what) > 1:
        raise UsageError(f"A study is run alone, and {len(what)} things were named: {', '.join(what)}. Name one.")
    remedies = {
        "--samples": "its rule says when enough has been seen: change `sampling`",
        "--set": "its file says which levels: change `factors` or `conditions`",
        "--interface": "its file says which: change `interfaces`",
    }
    for name, value in given.items():
        if value is not None:
            copy = "" if is_own_file(what[0]) else f" of a copy (turncoat studies show {what[0]} --yaml)"
            raise UsageError(f"{name} does not go with a study: {remedies[name]}{copy}.")


def _refuse_of_scenarios(what: list[str], given: Mapping[str, object]) -> None:
    for name, value in given.items():
        if value:
            remedy = "`turncoat judge` judges a folder." if name == "--judge" else ""
            raise UsageError(f"{name} is for studies, and {', '.join(what)} is none. Leave it out. {remedy}".rstrip())


def _check_names(what: list[str], paths: Sequence[Path]) -> None:
    """Raise `UsageError` for what is neither a scenario nor a study: what else is wrong comes after it."""
    from turncoat.scenarios import folders
    from turncoat.studies.study_file.read import ready_studies

    known = {*folders(paths), *ready_studies()}
    for name in what:
        if name not in known:
            file = Path(f"{name}.yaml")
            remedy = f"For the study file write {file}." if file.is_file() else "A study of your own: its path, x.yaml."
            raise unknown("scenario or study", name, known, remedy=remedy)


def is_own_file(name: str) -> bool:
    """Whether a study is named by a file."""
    from turncoat.studies.study_file.read import is_study_file

    return is_study_file(name)
