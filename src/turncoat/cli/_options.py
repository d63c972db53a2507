"""Options that several commands have in common."""

from pathlib import Path
from typing import Annotated

import typer

ModelArguments = Annotated[list[str] | None, typer.Option("-M", help="key=value for the models, as in Inspect.")]
Prices = Annotated[
    list[str] | None, typer.Option("--price", help="MODEL=IN/OUT in USD per million tokens, where it is not known.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before spending money.")]
Connections = Annotated[int | None, typer.Option("--connections", min=1, help="Calls at once to a provider.")]
ScenarioPaths = Annotated[list[Path] | None, typer.Option("--scenario-path", help="A folder with packs of your own.")]
