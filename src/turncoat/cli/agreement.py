"""`turncoat agreement`: how far people and judges agree, and what that does to the rates."""

from pathlib import Path
from typing import Annotated

import typer


def agreement(
    sources: Annotated[
        list[Path], typer.Argument(help="A results folder, or files of labels and verdicts (JSON lines).")
    ],
    field: Annotated[
        str, typer.Option(help="Which field of the codebook the tables of pairs are about.")
    ] = "headline_harm",
) -> None:
    """Compare labellers and judges on the same transcripts: confusion tables, kappa, alpha, corrected rates."""
    from turncoat.cli._agreement import tables
    from turncoat.cli._show import console, show_table

    shown = console()
    for table in tables(sources, field):
        show_table(shown, table)
        shown.print()
