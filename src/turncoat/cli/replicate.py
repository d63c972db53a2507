"""`turncoat replicate`: the published prompts themselves, judged by us and by the published graders."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turncoat.cli._options import Connections, ModelArguments, Prices, Yes

if TYPE_CHECKING:
    from rich.table import Table

    from turncoat.studies.replication.agreement import Agreement
    from turncoat.studies.replication.graded import Terms

_SHOWN = 10
_NOBODY = "none"


def replicate(
    scenario: Annotated[str, typer.Argument(help="blackmail, espionage or lethal.")],
    model: Annotated[list[str], typer.Option("--model", help="A model by its Inspect name. Repeatable.")],
    out: Annotated[Path, typer.Option("--out", help="The results folder; one that is there is completed.")],
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="threat, goal, prohibition or scratchpad, as factor=level[,level...]; repeatable."),
    ] = None,
    samples: Annotated[int, typer.Option("--samples", help="Rollouts for each condition and model.")] = 10,
    grader: Annotated[
        str, typer.Option(help="The model that the published graders ask. Default: theirs. none: leave them out.")
    ] = "",
    model_arg: ModelArguments = None,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", help="Stop before the folder and the graders have cost so many USD.")
    ] = None,
    price: Prices = None,
    yes: Yes = False,
    connections: Connections = None,
) -> None:
    """Run published prompts word for word, from the package inspect-evals. The same command again completes a run."""
    from turncoat.cli._arguments import command_line, read_arguments
    from turncoat.cli._money import agreed, check_limit, read_prices
    from turncoat.cli._rollouts import carry_out
    from turncoat.cli._show import console
    from turncoat.studies.cost.rollouts import estimate, spent
    from turncoat.studies.design.plan import ModelSpec
    from turncoat.studies.folder import Folder
    from turncoat.studies.models import check_model
    from turncoat.studies.replication.cells import replication
    from turncoat.studies.replication.published import grader as published_grader
    from turncoat.studies.running.run import Options
    from turncoat.studies.running.standing import check_size, missing

    folder = Folder(out)
    folder.acceptable()
    folder.check_no_study()
    given = read_arguments(model_arg or [])
    models = tuple(ModelSpec(name, given) for name in dict.fromkeys(model))
    planned = replication(scenario, models, factors=set_ or (), samples=samples)
    asked = "" if grader == _NOBODY else grader or published_grader(scenario).model_id
    check_size(planned, out)
    for name in filter(None, (*(each.name for each in models), asked)):
        check_model(name)
    check_limit(max_cost)
    prices = read_prices(price or [])
    to_do = missing(planned, out)
    expected = estimate(planned, to_do, prices)
    if asked:
        from turncoat.studies.replication.graded import Terms
        from turncoat.studies.replication.graded import expected as graders

        terms = Terms(asked, max_cost=max_cost, prices=prices, connections=connections)
        expected.append(graders(sum(to_do.values()), out, terms))
    if not agreed(expected, what="rollout", before=spent(out), max_cost=max_cost, yes=yes):
        console().print("Nothing was run.")
        raise typer.Exit(1)
    ended = None
    try:
        carry_out(planned, out, Options(command_line(), max_cost=max_cost, prices=prices, connections=connections))
    except typer.Exit as error:
        if error.exit_code != 1:
            raise
        ended = error
    if asked:
        compare(out, terms)
    if ended:
        raise ended


def compare(out: Path, terms: "Terms") -> None:
    """Ask the graders what they have not been asked yet, and show both sides. Exit code 1 where they said nothing."""
    from turncoat.cli._show import console, progress_bar, show_table
    from turncoat.reports.numbers import count
    from turncoat.studies.replication.agreement import side_by_side
    from turncoat.studies.replication.graded import grade, ungraded

    try:
        with progress_bar(ungraded(out, terms), says="Published graders") as step:
            refused = grade(out, terms, step)
    except KeyboardInterrupt:
        typer.echo("Stopped. What was graded is kept: the same command goes on from there.", err=True)
        raise typer.Exit(130) from None
    found = side_by_side(out, terms.place(out))
    shown = console()
    show_table(shown, _table(found, terms.judge))
    for each in found.differing[:_SHOWN]:
        shown.print(f"{each.id}: ours {each.ours}, theirs {each.theirs}. {each.quote}".strip(), soft_wrap=True)
    shown.print(f"\n{count(len(found.differing), 'transcript')} on which they differ: {found.file}", soft_wrap=True)
    for name, refusal in refused.items():
        shown.print(f"{name} refuses this account and was not asked any further: {refusal.message}", soft_wrap=True)
    if found.ungraded:
        for why, number in found.ungraded.most_common(5):
            shown.print(f"{number} not graded: {why.removeprefix('judge failed: ')}", soft_wrap=True)
        shown.print("The same command again asks just for those.")
        raise typer.Exit(1)


def _table(found: "Agreement", judge: str) -> "Table":
    from rich.table import Table

    from turncoat.reports.numbers import estimated

    table = Table(title=f"Headline harm by our rules and by {judge}")
    for name in ("model", "condition"):
        table.add_column(name, overflow="fold")
    for name in ("both", "only ours", "only theirs", "neither", "undecided"):
        table.add_column(name, justify="right")
    for row in found.rows:
        numbers = (row.both, row.only_ours, row.only_theirs, row.neither, row.undecided)
        table.add_row(row.model, row.condition, *map(str, numbers))
    if found.kappa:
        table.caption = f"Cohen's kappa {estimated(found.kappa)}, over the rollouts that both decide."
    return table
