"""`turncoat studies`: the ready ones, what one asks and runs, whether a file is right, and its schema for editors."""

from typing import TYPE_CHECKING, Annotated

import typer

from turncoat.cli._options import ScenarioPaths

if TYPE_CHECKING:
    from rich.console import Console

    from turncoat.studies.study import Study

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="List studies, show what one asks and runs, check a file."
)
Name = Annotated[str, typer.Argument(help="A ready study's name, or a file of your own.")]
_MOST_SHOWN = 40


@app.command("list")
def list_() -> None:
    """List the ready studies and what they ask."""
    from turncoat.cli._show import console
    from turncoat.studies.study_file.read import load_study, ready_studies

    shown = console()
    width = max(map(len, ready_studies()))
    for name in ready_studies():
        shown.print(name.ljust(width), style="bold", end="  ")
        shown.print(load_study(name).question, soft_wrap=True)
    shown.print("\nturncoat studies show NAME says more; with --yaml it prints the file, to copy and change")


@app.command()
def show(
    study: Name,
    yaml: Annotated[bool, typer.Option("--yaml", help="Print the file itself, to start one of your own from.")] = False,
    scenario_path: ScenarioPaths = None,
) -> None:
    """Say what a study asks, which cells it runs, how many rollouts that is, and where it comes from."""
    from turncoat.cli._show import console, safe
    from turncoat.studies.study_file.read import load_study, text_of_study

    if yaml:
        typer.echo(safe(text_of_study(study)), nl=False)
        return
    shown = console()
    _say(load_study(study, scenario_path or ()), scenario_path, shown)
    shown.print(f"\nturncoat plan {study}   says what it would cost and show", style="dim")


def _say(study: "Study", scenario_path: ScenarioPaths, shown: "Console") -> None:
    from turncoat.cli._words import expected, facts, size_words, spelt
    from turncoat.studies.design.cells import design

    planned = design(study, scenario_path or ())
    shown.print(study.study, style="bold")
    shown.print(study.question)
    if study.about:
        shown.print(f"\n{study.about}", style="dim")
    if study.hypotheses:
        shown.print("\nHypotheses, named before the run", style="bold")
    for each in study.hypotheses:
        shown.print(f"  {each.name}: {each.says}")
        shown.print(f"    {spelt(each.compare)}  against  {spelt(each.against)}", style="dim")
        shown.print(f"    {expected(each)}", style="dim")
    shown.print(f"\n{size_words(study, planned.cells)}", style="bold")
    for cell in planned.cells[:_MOST_SHOWN]:
        called = f"{cell.called}: " if cell.called else ""
        shown.print(f"  {called}{cell.pack.name} {cell.interface} {cell.pack.label(cell.condition)}", soft_wrap=True)
    if len(planned.cells) > _MOST_SHOWN:
        shown.print(f"  and {len(planned.cells) - _MOST_SHOWN} more")
    for said in (*planned.left_out, *planned.confounded):
        shown.print(f"  {said}", style="dim")
    shown.print()
    for name, words in facts(study).items():
        shown.print(f"{name}: {words}")


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(help="Files with studies.")],
    underpowered: Annotated[
        bool, typer.Option("--underpowered", help="Also where the size cannot carry a claim.")
    ] = False,
    scenario_path: ScenarioPaths = None,
) -> None:
    """Say everything that is wrong with a study and where, what its size cannot carry, or how large it is."""
    from turncoat.cli._show import safe
    from turncoat.cli._study import of_any
    from turncoat.cli._words import power_words, size_words
    from turncoat.errors import PackError, UsageError
    from turncoat.studies.asked_study import plan_of
    from turncoat.studies.looks.powers import check_power, powers
    from turncoat.studies.study_file.read import load_study

    wrong = False
    for file in files:
        try:
            study = load_study(file, scenario_path or ())
        except PackError as error:
            wrong = True
            typer.echo(safe(str(error)), err=True)
            continue
        plan = plan_of(of_any(study), scenario_path or ())
        found = powers(of_any(study), plan.pairs)
        try:
            if not (underpowered or plan.reference_only):
                check_power(study, found)
        except UsageError as error:
            wrong = True
            reckoned = "" if study.models else " (reckoned for one model, since it names none)"
            typer.echo(safe(f"{file}: all in its place, but `plan` and `run` refuse it{reckoned}. {error}"), err=True)
            continue
        size = f"{size_words(study, plan.cells)}{power_words(study, found)}"
        typer.echo(safe(f"{file}: no problems found; {size}"))
    if wrong:
        raise typer.Exit(2)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a study file, for editors that check and complete YAML."""
    import json

    from turncoat.studies.study import schema as study_schema

    typer.echo(json.dumps(study_schema(), indent=2))
