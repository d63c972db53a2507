"""`turncoat label`: a local page on which people label transcripts."""

import shlex
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turncoat.cli._options import ScenarioPaths

if TYPE_CHECKING:
    from turncoat.judging.people import Answers, Sheets
    from turncoat.studies.verdicts.cases import Source


def label(
    source: Annotated[Path, typer.Argument(help="A results folder, an Inspect log, or a file of transcripts.")],
    facts: Annotated[
        Path | None, typer.Option(help="What is true in the fiction, for a file of transcripts: JSON or YAML.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who labels, a plain word. Each has a file of their own.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where labels go. Default: labels/NAME.jsonl in the folder, or beside the file.")
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(min=1, help="Label that many, in equal shares of their verdicts. Default: all."),
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The page's port. Default: a free one.")] = None,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Whether the page is opened in your browser.")] = True,
    scenario_path: ScenarioPaths = None,
) -> None:
    """Label transcripts by hand, blind, on a page on this machine. The same command again goes on where you were."""
    from turncoat.cli._show import console
    from turncoat.errors import UsageError
    from turncoat.judging.people import Answers, Sheets, draw, labeller, listen, page, serve
    from turncoat.reports.text import visible
    from turncoat.studies.verdicts.cases import Source
    from turncoat.studies.verdicts.raters import drawn_by

    found = Source(source, facts, tuple(scenario_path or ()))
    name = labeller(_asked() if by is None else by)
    found.check()
    path = out or _beside(source, name)
    if path.resolve() in {source.resolve(), facts and facts.resolve()}:
        raise UsageError(f"--out {str(out)!r} is one of the files to read. Name another.")
    said = console()
    with Answers.opened(path, name) as answers:
        with said.status("Reading transcripts ..."):
            by_record = sample and source.is_dir()
            drawn = drawn_by({each.id: each.verdict for each in found.rollouts()}) if by_record else None
            sheets = Sheets(draw(found, sample, drawn), answers, visible)
        if not len(sheets):
            raise UsageError(f"{str(source)!r} has nothing to label: every rollout ended in an error.")
        if sheets.changed:
            said.print(f"{_changed(sheets.changed)} The old labels are in {sheets.aside}.\n", soft_wrap=True)
        listening = listen(answers, port)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/#{answers.token}"
        done = f"{sum(sheets.done)} of {len(sheets)} transcripts are labelled so far. " if any(sheets.done) else ""
        with suppress(KeyboardInterrupt):
            said.print(f"{done}Label as {name} at\n\n  {address}\n\nCtrl-C ends.", soft_wrap=True)
            serve(page(sheets, by=name, token=answers.token), listening, address, show=show)
        said.print(_ended(found, answers, sheets), soft_wrap=True)


def _asked() -> str:
    from turncoat.errors import UsageError

    if sys.stdin.isatty():
        return str(typer.prompt("Your name, a plain word"))
    raise UsageError("Who labels? Give a name, --by NAME: each labeller has a file of their own.")


def _changed(number: int) -> str:
    if number == 1:
        return "One transcript has changed since it was labelled, and is open again."
    return f"{number} transcripts have changed since they were labelled, and are open again."


def _beside(source: Path, name: str) -> Path:
    if source.is_dir():
        return source / "labels" / f"{name}.jsonl"
    return source.with_name(f"{source.stem}.labels.{name}.jsonl")


def _ended(found: "Source", answers: "Answers", sheets: "Sheets") -> str:
    """How far the labeller is, and the command that compares."""
    if not answers.path.exists():
        return "\nNothing was labelled."
    odd = ", ".join(map(str, sheets.contradictions))
    return (
        f"\n{sum(sheets.done)} of {len(sheets)} transcripts are labelled, in {answers.path}\n"
        + (
            f"Look again: the headline harm and the harm that it is about contradict each other in {odd}.\n"
            if odd
            else ""
        )
        + f"The same command goes on. To compare: {_compare(found, answers.path)}"
    )


def _compare(found: "Source", labels: Path) -> str:
    if found.path.is_dir():
        given = (found.path,) if labels.parent == found.path / "labels" else (found.path, labels)
        return shlex.join(("turncoat", "agreement", *map(str, given)))
    people = sorted({labels, *labels.parent.glob(f"{found.path.stem}.labels.*.jsonl")})
    if len(people) > 1:
        return shlex.join(("turncoat", "agreement", *map(str, people)))
    verdicts = found.path.with_name(f"{found.path.stem}.verdicts.jsonl")
    judge = ["turncoat", "judge", str(found.path), *(("--facts", str(found.facts)) if found.facts else ())]
    return (
        f"{shlex.join((*judge, '--out', str(verdicts)))} && "
        f"{shlex.join(('turncoat', 'agreement', str(labels), str(verdicts)))}"
    )
