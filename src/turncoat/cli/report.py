"""`turncoat report`: the table and the page, made again from a results folder."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    results: Annotated[Path, typer.Argument(help="A folder that `turncoat run --out` wrote.")],
    judge: Annotated[
        str,
        typer.Option(
            help="Whose verdicts, of those that `turncoat judge` wrote into it. Default: the study's, or as recorded."
        ),
    ] = "",
    figures: Annotated[
        str | None,
        typer.Option(
            metavar="<path>",
            help="A folder for the figures: each as SVG, PNG and PDF, and the numbers behind it as CSV.",
        ),
    ] = None,
) -> None:
    """Make the table and the report of a results folder again, without calling any model."""
    from turncoat.cli._show import console
    from turncoat.errors import UsageError
    from turncoat.reports.results import rebuild

    if figures is not None and not figures.strip():  # as a path it would be this folder
        raise UsageError(f"--figures {figures!r} names no folder. Name one, such as --figures figures.")

    shown = console()
    with shown.status("") as status:

        def told(step: str) -> None:
            if shown.is_terminal:
                status.update(f"{step} ...")
            else:
                typer.echo(f"{step} ...", err=True)

        made = rebuild(results, judge=judge, figures=Path(figures) if figures else None, told=told)
    shown.print(made.terminal)
    shown.print(f"\nTable:  {made.table}\nReport: {made.page}", soft_wrap=True, highlight=False)
    if made.figures:
        shown.print(f"Figures: {figures}, {len(made.figures)} files", soft_wrap=True, highlight=False)
    for reason, number in made.failures[:5]:
        shown.print(f"{number} unscored: {reason}", soft_wrap=True)
