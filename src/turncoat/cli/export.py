"""`turncoat export`: rollouts with their transcripts and verdicts, for work elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

_FORMS = {".csv": "csv", ".parquet": "parquet"}


def export(
    results: Annotated[Path, typer.Argument(help="A folder that `turncoat run --out` wrote.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="chat-jsonl (a rollout a line, as messages), csv or parquet (a row each). Default: by its name.",
        ),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="yes, no, uncertain, unscored or invalid; repeatable. Default: all.")
    ] = None,
    scenario: Annotated[list[str] | None, typer.Option(help="Only this scenario; repeatable.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Only this model, as in the table; repeatable.")] = None,
    judge: Annotated[
        str,
        typer.Option(
            help="Whose verdicts, of those that `turncoat judge` wrote into it. Default: the study's, or as recorded."
        ),
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace the file where it is there already.")] = False,
) -> None:
    """Write transcripts with their verdicts to a file, for training and red-teaming work."""
    from turncoat.cli._show import console
    from turncoat.reports.numbers import count
    from turncoat.studies.export.write import Wanted, export

    shown = console()
    wanted = Wanted(tuple(only or ()), tuple(scenario or ()), tuple(model or ()), judge)
    with shown.status("Reading rollouts ..."):
        done = export(results, out, form or _FORMS.get(out.suffix, "chat-jsonl"), wanted, force=force)
    shown.print(f"{out}: {count(done.rollouts, 'rollout')}", soft_wrap=True, highlight=False)
    if done.reference:
        shown.print(
            f"{count(done.reference, 'of them is', 'of them are')} of reference agents: simulated, never a measurement "
            "of a model.",
            soft_wrap=True,
        )
    shown.print("Each carries the canary line. Please keep it, and keep texts of scenarios off the open web.")
