"""`turncoat judge`: verdicts on frozen transcripts, by rules, models or a panel."""

from pathlib import Path
from typing import Annotated

import typer

from turncoat.cli._options import Connections, ModelArguments, Prices, ScenarioPaths, Yes


def judge(
    source: Annotated[
        Path, typer.Argument(help="A results folder, an Inspect log of ours, or a JSON-lines file of transcripts.")
    ],
    facts: Annotated[
        Path | None, typer.Option(help="What is true in the fiction: JSON or YAML, one world or several by name.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where verdicts go, one JSON line each. Default of a results folder: into it.")
    ] = None,
    labels: Annotated[Path | None, typer.Option(help="Labels to compare with: JSON lines with an id each.")] = None,
    judges: Annotated[
        list[str] | None,
        typer.Option("--judge", help="rules (default), or a model by its Inspect name; repeat for a panel."),
    ] = None,
    model_arg: ModelArguments = None,
    audit: Annotated[
        float | None,
        typer.Option(
            "--gate",
            min=0,
            max=1,
            help="Spare the model what the record decides, but for this share of it, such as 0.1.",
        ),
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export-prompts", help="Write the exact requests into this folder; ask nobody.")
    ] = None,
    answers: Annotated[
        list[Path] | None, typer.Option("--import-answers", help="Answers to exported requests; repeatable.")
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", help="Stop before this call costs so many USD.")
    ] = None,
    price: Prices = None,
    yes: Yes = False,
    connections: Connections = None,
    scenario_path: ScenarioPaths = None,
) -> None:
    """Judge transcripts: what the agent did, to whom, in which words. The agent's model is not called."""
    from turncoat.cli._arguments import read_arguments
    from turncoat.cli._judging import Work, carry_out, export_requests
    from turncoat.studies.verdicts.cases import Source
    from turncoat.studies.verdicts.judges import Options

    work = Work(
        Source(source, facts, tuple(scenario_path or ())),
        Options(
            judges=tuple(dict.fromkeys(judges or ["rules"])),
            arguments=read_arguments(model_arg or []),
            audit=audit,
            max_cost=max_cost,
            connections=connections,
            answers=tuple(answers or ()),
        ),
        out=out,
        labels=labels,
        price=tuple(price or ()),
        yes=yes,
    )
    if export:
        export_requests(work, export)
    else:
        carry_out(work)
