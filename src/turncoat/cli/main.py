"""The program `turncoat`: its commands, and what the user sees when something is wrong."""

import os
import sys
from threading import enumerate as threads
from threading import main_thread

import typer

from turncoat import __version__
from turncoat.cli import (
    agreement,
    compare,
    demo,
    disclose,
    export,
    judge,
    label,
    models,
    plan,
    replicate,
    report,
    run,
    scenarios,
    studies,
)
from turncoat.cli._show import safe
from turncoat.errors import TurncoatError

_INTERRUPTED = 130

app = typer.Typer(
    name="turncoat",
    help="Would an AI agent turn on the organisation it works for, what makes it, and which safeguard stops it?",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"turncoat {__version__}")
        raise typer.Exit


@app.callback()
def _turncoat(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    pass


app.command("run")(run.run)
app.command("plan")(plan.plan)
app.command("demo")(demo.demo)
app.command("report")(report.report)
app.command("judge")(judge.judge)
app.command("label")(label.label)
app.command("agreement")(agreement.agreement)
app.command("compare")(compare.compare)
app.command("disclose")(disclose.disclose)
app.command("export")(export.export)
app.command("replicate")(replicate.replicate)
app.command("models")(models.models)
app.add_typer(scenarios.app, name="scenarios")
app.add_typer(studies.app, name="studies")


def main() -> None:
    """Run the program. Wrong requests end with one message and exit code 2, an interruption with 130."""
    try:
        app()
    except TurncoatError as error:
        typer.echo(f"Error: {safe(str(error))}", err=True)
        sys.exit(2)
    except SystemExit as ended:
        if ended.code == _INTERRUPTED:
            _leave()
        raise
    except KeyboardInterrupt:
        typer.echo("Stopped. What was recorded is kept; the same command goes on from there.", err=True)
        _leave()
        sys.exit(_INTERRUPTED)


def _leave() -> None:
    """Go at once where an event loop that was broken off left workers: Python would wait for them for ever."""
    if any(not each.daemon for each in threads() if each is not main_thread()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_INTERRUPTED)
