"""`turncoat plan`: what a study will take and what it can show, before anything is spent."""

from typing import Annotated

import typer

from turncoat.cli._options import Connections, ModelArguments, Prices, ScenarioPaths


def plan(
    study: Annotated[str, typer.Argument(help="A ready study's name, or a file of your own.")],
    model: Annotated[
        list[str] | None, typer.Option("--model", help="In place of the study's models. Repeatable.")
    ] = None,
    model_arg: ModelArguments = None,
    judges: Annotated[list[str] | None, typer.Option("--judge", help="In place of the study's judge.")] = None,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Simulated agents in place of the models, the rules as judge.")
    ] = False,
    rate: Annotated[
        float | None, typer.Option(min=0, max=1, help="The rate to reckon with in every cell, 0 to 1.")
    ] = None,
    correlation: Annotated[
        float, typer.Option(min=0, max=1, help="Of two rollouts on one surface, where surfaces repeat: an assumption.")
    ] = 0.1,
    underpowered: Annotated[
        bool, typer.Option("--underpowered", help="Also where the size cannot carry a claim.")
    ] = False,
    price: Prices = None,
    connections: Connections = None,
    scenario_path: ScenarioPaths = None,
) -> None:
    """Say what a study will take (rollouts, tokens, money, time) and what it can show. Nothing is run."""
    from turncoat.cli._arguments import read_models
    from turncoat.cli._forecast import show_whole
    from turncoat.cli._money import read_prices
    from turncoat.cli._show import console
    from turncoat.cli._study import Asked, forecast
    from turncoat.studies.cost.study import fewer_surfaces

    prices = read_prices(price or [])
    made = forecast(
        Asked(
            name=study,
            models=read_models(model or [], model_arg or []),
            judges=tuple(judges or ()),
            paths=tuple(scenario_path or ()),
            prices=prices,
            rehearse=rehearse,
            underpowered=underpowered,
            rate=rate,
            correlation=correlation,
            connections=connections,
        )
    )
    show_whole(console(), made, fewer_surfaces(made.plan, made.sizes, prices, correlation), correlation)
