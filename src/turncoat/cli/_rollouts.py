"""Running scenarios at the terminal: the question before it, the bar, what was made of it."""

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from turncoat.cli._closing import closing, said_stopped, show_made, stopping

if TYPE_CHECKING:
    from turncoat.studies.design.plan import ModelSpec, Plan
    from turncoat.studies.running.run import Options

_MANY = 5_000  # surfaces that take long enough to say so


def ask_and_run(
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
    from turncoat.studies.cost.rollouts import estimate, spent
    from turncoat.studies.design.plan import plan
    from turncoat.studies.folder import Folder
    from turncoat.studies.models import check_model
    from turncoat.studies.running.standing import check_size, missing

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


def _carry_out(planned: "Plan", out: Path, options: "Options") -> None:
    from turncoat.cli._show import console, progress_bar
    from turncoat.reports.numbers import count
    from turncoat.studies.running.run import run
    from turncoat.studies.running.standing import missing

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
