"""`turncoat run`: rollouts of scenarios with models, into a results folder."""

import os
import shlex
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turncoat.cli._options import Connections, ModelArguments, Prices, ScenarioPaths, Yes
from turncoat.errors import UsageError, unknown

if TYPE_CHECKING:
    from rich.console import Console

    from turncoat.agents.failure import ProviderError
    from turncoat.studies.plan import ModelSpec, Plan
    from turncoat.studies.run import Options, Outcome


_MANY = 5_000  # surfaces that take long enough to say so


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
    from turncoat.cli._arguments import read_models
    from turncoat.cli._money import read_prices
    from turncoat.studies.run import Options
    from turncoat.studies.study_file import is_study_file, ready_studies

    models = read_models(model or [], model_arg or [])
    options = Options(
        command="turncoat " + shlex.join(sys.argv[1:]),
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
        _scenarios(
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
    from turncoat.studies.study_file import ready_studies

    known = {*folders(paths), *ready_studies()}
    for name in what:
        if name not in known:
            file = Path(f"{name}.yaml")
            remedy = f"For the study file write {file}." if file.is_file() else "A study of your own: its path, x.yaml."
            raise unknown("scenario or study", name, known, remedy=remedy)


def is_own_file(name: str) -> bool:
    """Whether a study is named by a file."""
    from turncoat.studies.study_file import is_study_file

    return is_study_file(name)


def _scenarios(
    scenarios: Sequence[str],
    models: "tuple[ModelSpec, ...]",
    factors: Sequence[str],
    interfaces: Sequence[str],
    samples: int,
    out: Path,
    options: "Options",
    yes: bool,
) -> None:
    from turncoat.cli._money import agreed, check_limit
    from turncoat.cli._show import console
    from turncoat.studies.cost import estimate, spent
    from turncoat.studies.folder import Folder
    from turncoat.studies.models import check_model
    from turncoat.studies.plan import plan
    from turncoat.studies.run import check_size, missing

    planned = plan(scenarios, models, factors=factors, interfaces=interfaces, samples=samples, paths=options.paths)
    folder = Folder(out)
    folder.acceptable()
    folder.check_no_study()
    check_size(planned, out)
    for each in models:
        check_model(each.name)
    check_limit(options.max_cost)
    for said in planned.left_out:
        console().print(said, soft_wrap=True, highlight=False)
    expected = estimate(planned, missing(planned, out), dict(options.prices or {}))
    if not agreed(expected, what="rollout", before=spent(out), max_cost=options.max_cost, yes=yes):
        console().print("Nothing was run.")
        raise typer.Exit(1)
    carry_out(planned, out, options)


def carry_out(planned: "Plan", out: Path, options: "Options") -> None:
    """Run a plan with a progress bar, then make the table and the report and say what comes next."""
    try:
        _carry_out(planned, out, options)
    except KeyboardInterrupt:
        # Nothing is left to break off: a second Ctrl-C would only be a traceback in place of the counts.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        typer.echo(said_stopped(out), err=True)
        raise typer.Exit(130) from None


def stopping() -> None:
    """Say at once that a run is being stopped."""
    # Written past the terminal's other writers: it may come in the middle of one of them.
    with suppress(OSError):
        line = b"Stopping: what has ended is being written ...\n"
        os.write(sys.stderr.fileno(), b"\n" + line if sys.stderr.isatty() else line)


def said_stopped(out: Path) -> str:
    """What a run that was stopped has recorded."""
    from turncoat.errors import UsageError
    from turncoat.studies.run import standing

    try:
        now = standing(out)
    except UsageError:  # before there was a folder
        return "Stopped. Nothing was run."
    return (
        f"Stopped by you: {now.recorded:,} of {now.planned:,} rollouts are recorded. "
        "The same command goes on from there."
    )


def _carry_out(planned: "Plan", out: Path, options: "Options") -> None:
    from turncoat.cli._show import console, progress_bar
    from turncoat.reports.numbers import count
    from turncoat.studies.run import missing, run

    shown = console()
    to_do = sum(missing(planned, out).values())
    shown.print(
        f"{count(planned.rollouts, 'rollout')}: {count(len(planned.cells), 'cell')} (condition x interface) x "
        f"{count(len(planned.models), 'model')} x {count(planned.most, 'surface')}; "
        f"{planned.rollouts - to_do:,} already recorded.",
        soft_wrap=True,
    )
    if to_do and (surfaces := len(planned.cells) * planned.samples) > _MANY:
        shown.print(f"First their {surfaces:,} surfaces are written, a minute for each 10,000 or so.", soft_wrap=True)
    with progress_bar(to_do, says="Rollouts") as step:
        outcome = run(planned, out, options, step, stopping=stopping)
    show_made(out, shown)
    closing(outcome, out, options)


def show_made(out: Path, shown: "Console") -> None:
    """Make the table and the report of a folder, and show the rates, where they are, and what failed most."""
    from turncoat.reports.results import rebuild

    with shown.status("Reading rollouts and drawing the report ..."):
        made = rebuild(out)
    shown.print(made.terminal)
    shown.print(f"\nTable:  {made.table}\nReport: {made.page}", soft_wrap=True)
    for reason, number in made.failures[:5]:
        shown.print(f"{number} unscored: {reason}", soft_wrap=True)


def closing(outcome: "Outcome", out: Path, options: "Options") -> None:
    """Say what is missing, or what comes next. Exit code 1 where something is missing."""
    from turncoat.cli._money import cents
    from turncoat.cli._show import console

    shown = console()
    for model, refusal in outcome.refused.items():
        shown.print(_refused(model, refusal), soft_wrap=True)
    if outcome.missing:
        again = f"Run the same command again to complete just those:\n  {options.command}"
        if outcome.unpaid:
            again = (
                "Run the same command with a higher --max-cost to complete just those: the next call needs "
                f"{cents(outcome.unpaid)} or more."
            )
        shown.print(
            f"\n{outcome.missing} of {outcome.planned} rollouts are missing, {outcome.failed} of them ended in an "
            f"error (counted as unscored). {again}",
            soft_wrap=True,
        )
        raise typer.Exit(1)
    shown.print(
        f"\nNext: open the report, or follow single rollouts with\n  inspect view --log-dir {out / 'logs'}",
        soft_wrap=True,
    )


def _refused(model: str, refusal: "ProviderError") -> str:
    from turncoat.studies.models import catalogue, key_of

    provider = catalogue().provider_of(model)
    listed = f" (`turncoat models {provider.provider}` lists some)" if provider and provider.models else ""
    remedies = {
        "credit": "Check that the account has credit.",
        "key": f"Check {key_of(model) or 'its key'}.",
        "model": f"Check the model's name{listed}, and that this account may use it.",
    }
    remedy = remedies[refusal.refused or "key"]
    return f"\n{model} refuses this account and was not asked any further: {refusal.message}\n{remedy}"
