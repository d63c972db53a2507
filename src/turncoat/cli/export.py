"""`turncoat export`: rollouts with their transcripts and verdicts, for work elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from turncoat.errors import UsageError

_FORMS = {".jsonl": "chat-jsonl", ".ndjson": "chat-jsonl", ".csv": "csv", ".parquet": "parquet"}


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

    form = form or _by_name(out)
    shown = console()
    wanted = Wanted(tuple(only or ()), tuple(scenario or ()), tuple(model or ()), judge)
    with shown.status("Reading rollouts ..."):
        done = export(results, out, form, wanted, force=force)
    shown.print(f"{out}: {count(done.rollouts, 'rollout')}", soft_wrap=True, highlight=False)
    if missing := max(0, done.planned - done.read):
        shown.print(
            f"{missing:,} of {count(done.planned, 'planned rollout')} {'is' if missing == 1 else 'are'} not there: not "
            "run yet, or in a log that is damaged. The command that made the folder runs what is missing.",
            soft_wrap=True,
        )
    if done.reference:
        shown.print(
            f"{count(done.reference, 'of them is', 'of them are')} of reference agents: simulated, never a measurement "
            "of a model.",
            soft_wrap=True,
        )
    shown.print("Each carries the canary line. Please keep it, and keep texts of scenarios off the open web.")


def _by_name(out: Path) -> str:
    """The format that a file's name ends in. Raises `UsageError` for any other ending."""
    if out.suffix.lower() not in _FORMS:
        raise UsageError(
            f"--out {str(out)!r} does not say in which format. Let it end in {', '.join(_FORMS)}, or add --format "
            f"{', '.join(dict.fromkeys(_FORMS.values()))}."
        )
    return _FORMS[out.suffix.lower()]
