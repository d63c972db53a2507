"""`turncoat run`: rollouts of scenarios with models, into a results folder."""

import os
import shlex
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turncoat.cli._options import Connections, ModelArguments, Prices, ScenarioPaths, Yes

if TYPE_CHECKING:
    from turncoat.agents.failure import ProviderError
    from turncoat.studies.plan import ModelSpec, Plan
    from turncoat.studies.run import Options, Outcome


_MANY = 5_000  # surfaces that take long enough to say so


def run(
    scenario: Annotated[list[str], typer.Argument(help="Scenarios by name; `turncoat scenarios` lists them.")],
    model: Annotated[
        list[str], typer.Option("--model", help="A model by its Inspect name, or reference/<agent>. Repeatable.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The results folder; one that is there is completed.")],
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="factor=level[,level...]; repeat for more factors. Default: control and pressured."),
    ] = None,
    samples: Annotated[
        int, typer.Option("--samples", help="Rollouts for each condition and model; a folder holds 100,000 in all.")
    ] = 10,
    interface: Annotated[list[str] | None, typer.Option("--interface", help="text or tools; repeat for both.")] = None,
    model_arg: ModelArguments = None,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", help="Stop before the folder has cost this many USD.")
    ] = None,
    price: Prices = None,
    yes: Yes = False,
    connections: Connections = None,
    scenario_path: ScenarioPaths = None,
) -> None:
    """Run scenarios with models. The same command again runs only what is missing."""
    from turncoat.cli._money import agreed, check_limit, read_prices
    from turncoat.cli._show import console
    from turncoat.studies.cost import estimate, spent
    from turncoat.studies.folder import Folder
    from turncoat.studies.models import check_model
    from turncoat.studies.plan import plan
    from turncoat.studies.run import Options, check_size, missing

    paths = tuple(scenario_path or ())
    models = _models(model, model_arg or [])
    planned = plan(
        scenario, models, factors=set_ or (), interfaces=interface or ("text",), samples=samples, paths=paths
    )
    Folder(out).acceptable()
    check_size(planned, out)
    for each in models:
        check_model(each.name)
    prices = read_prices(price or [])
    check_limit(max_cost)
    options = Options(
        command="turncoat " + shlex.join(sys.argv[1:]),
        paths=paths,
        max_cost=max_cost,
        prices=prices,
        connections=connections,
    )
    for said in planned.left_out:
        console().print(said, soft_wrap=True, highlight=False)
    expected = estimate(planned, missing(planned, out), prices)
    if not agreed(expected, what="rollout", before=spent(out), max_cost=max_cost, yes=yes):
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
        typer.echo(_stopped(out), err=True)
        raise typer.Exit(130) from None


def _stopping() -> None:
    # Written past the terminal's other writers: it may come in the middle of one of them.
    with suppress(OSError):
        line = b"Stopping: what has ended is being written ...\n"
        os.write(sys.stderr.fileno(), b"\n" + line if sys.stderr.isatty() else line)


def _stopped(out: Path) -> str:
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
    from turncoat.reports.results import rebuild
    from turncoat.studies.run import missing, run

    shown = console()
    to_do = sum(missing(planned, out).values())
    shown.print(
        f"{count(planned.rollouts, 'rollout')}: {count(len(planned.cells), 'cell')} (condition x interface) x "
        f"{count(len(planned.models), 'model')} x {count(planned.samples, 'surface')}; "
        f"{planned.rollouts - to_do:,} already recorded.",
        soft_wrap=True,
    )
    if to_do and (surfaces := len(planned.cells) * planned.samples) > _MANY:
        shown.print(f"First their {surfaces:,} surfaces are written, a minute for each 10,000 or so.", soft_wrap=True)
    with progress_bar(to_do, says="Rollouts") as step:
        outcome = run(planned, out, options, step, stopping=_stopping)
    with shown.status("Reading rollouts and drawing the report ..."):
        made = rebuild(out)
    shown.print(made.terminal)
    shown.print(f"\nTable:  {made.table}\nReport: {made.page}", soft_wrap=True)
    for reason, number in made.failures[:5]:
        shown.print(f"{number} unscored: {reason}", soft_wrap=True)
    _closing(outcome, out, options)


def _closing(outcome: "Outcome", out: Path, options: "Options") -> None:
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


def _models(names: list[str], arguments: list[str]) -> "tuple[ModelSpec, ...]":
    from turncoat.cli._arguments import read_arguments
    from turncoat.studies.plan import ModelSpec

    given = read_arguments(arguments)
    models = tuple(ModelSpec(name, given) for name in dict.fromkeys(names))
    for each in models:
        each.label  # noqa: B018 (raises for a wrong dial)
    return models
