"""`turncoat disclose`: a page for the public, in the form of a system card's section."""

from pathlib import Path
from typing import Annotated

import typer


def disclose(
    results: Annotated[Path, typer.Argument(help="A folder that `turncoat run --out` wrote.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
    form: Annotated[str, typer.Option("--format", help="html (one file that needs nothing else) or md.")] = "html",
    judge: Annotated[
        str,
        typer.Option(
            help="Whose verdicts, of those that `turncoat judge` wrote into it. Default: the study's, or as recorded."
        ),
    ] = "",
    quotes: Annotated[bool, typer.Option("--quotes", help="With short quotes of the agents. Default: none.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file where it is there already.")] = False,
) -> None:
    """Write what was tested, how, what was found, with what certainty, and what was not tested."""
    from turncoat.cli._show import console
    from turncoat.reports.disclosure import disclose

    shown = console()
    with shown.status("Reading rollouts ..."):
        page = disclose(results, out, form=form, judge=judge, quotes=quotes, force=force)
    shown.print(f"Page: {page}", soft_wrap=True, highlight=False)
    shown.print("Read it before you publish it: it says what these rollouts say, and nothing of why they were chosen.")
