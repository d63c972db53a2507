"""`turncoat judge`: verdicts for foreign transcripts, or once more for a results folder."""

from pathlib import Path
from typing import Annotated

import typer


def judge(
    source: Annotated[Path, typer.Argument(help="A JSON-lines file of transcripts, or a results folder.")],
    facts: Annotated[
        Path | None, typer.Option(help="What is true in the fiction: JSON or YAML, one world or several by name.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where verdicts go, one JSON line each.")] = None,
    labels: Annotated[Path | None, typer.Option(help="Labels to compare with: JSON lines with an id each.")] = None,
    judge_name: Annotated[str, typer.Option("--judge", help="Which judge reads.")] = "rules",
    scenario_path: Annotated[
        list[Path] | None, typer.Option("--scenario-path", help="A folder with packs of your own.")
    ] = None,
) -> None:
    """Judge transcripts: what the agent did, to whom, in which words."""
    from turncoat.cli._show import console
    from turncoat.cli._verdicts import judge_source
    from turncoat.errors import unknown

    if judge_name != "rules":
        raise unknown("judge", judge_name, ("rules",))
    shown = console()
    for table in judge_source(source, facts=facts, out=out, labels=labels, paths=tuple(scenario_path or ())):
        shown.print(table)
    if out:
        shown.print(f"Verdicts: {out}", soft_wrap=True)
