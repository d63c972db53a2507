"""The end of a run at the terminal: that it stops, what it has made, what is missing, what comes next."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from turncoat.agents.failure import ProviderError
    from turncoat.studies.running.run import Options
    from turncoat.studies.running.standing import Outcome


def stopping() -> None:
    """Say at once that a run is being stopped. From here the program only ends: no later Ctrl-C breaks into that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Written past the terminal's other writers: it may come in the middle of one of them.
    with suppress(OSError):
        line = b"Stopping: what has ended is being written ...\n"
        os.write(sys.stderr.fileno(), b"\n" + line if sys.stderr.isatty() else line)


def said_stopped(out: Path) -> str:
    """What a run that was stopped has recorded."""
    from turncoat.errors import UsageError
    from turncoat.studies.running.standing import standing

    try:
        now = standing(out)
    except UsageError:  # before there was a folder
        return "Stopped. Nothing was run."
    return (
        f"Stopped by you: {now.recorded:,} of {now.planned:,} rollouts are recorded. "
        "The same command goes on from there."
    )


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
