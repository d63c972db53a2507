"""`turncoat compare`: two results folders, what differs between them, and their rates cell by cell."""

from pathlib import Path
from typing import Annotated

import typer


def compare(
    first: Annotated[Path, typer.Argument(help="A folder that `turncoat run --out` wrote.", metavar="A")],
    second: Annotated[Path, typer.Argument(help="Another.", metavar="B")],
    model: Annotated[
        list[str] | None, typer.Option(help="A=B: compare this model of A with that of B. Repeatable.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="A CSV file for the comparison, a row a cell; contrasts go into NAME-contrasts.csv beside it."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file where it is there already.")] = False,
) -> None:
    """Say what differs between two results folders, then compare their primary contrasts, and all cells one by one."""
    from turncoat.cli._compare import (
        cells_table,
        contrast_findings,
        contrasts_shown,
        differences_table,
        findings,
        sharper,
    )
    from turncoat.cli._show import console, show_table
    from turncoat.drafts import free, written
    from turncoat.studies.compare import (
        as_table,
        compared,
        compared_contrasts,
        contrasts_table,
        differences,
        pair,
        side,
    )
    from turncoat.studies.table import inert

    beside = out.with_name(f"{out.stem}-contrasts{out.suffix}") if out else None
    for file in filter(None, (out, beside)):
        free(file, force=force)
    shown = console()
    one, other = side(first), side(second)
    models = dict(pair(text, one, other) for text in model or [])
    show_table(shown, differences_table(tuple(differences(one, other, models))))
    shown.print()
    found = compared(one, other, models)
    contrasts = compared_contrasts(one, other, models)
    if contrasts:
        show_table(shown, contrasts_shown(contrasts))
        for line in contrast_findings(contrasts):
            shown.print(line, soft_wrap=True)
        shown.print()
    show_table(shown, cells_table(found.cells))
    for line in (*findings(found.cells), *found.left_out, *sharper(found)):
        shown.print(line, soft_wrap=True)
    if out and beside:
        with written(out) as draft:
            inert(as_table(found.cells)).write_csv(draft)
        shown.print(f"\nComparison: {out}", soft_wrap=True, highlight=False)
        if contrasts:
            with written(beside) as draft:
                inert(contrasts_table(contrasts)).write_csv(draft)
            shown.print(f"Contrasts:  {beside}", soft_wrap=True, highlight=False)
