"""`turncoat demo`: the whole instrument on itself, offline, with simulated agents."""

from pathlib import Path
from typing import Annotated, Any

import typer

_AGENTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("loyal", {}),
    ("insider", {"p": 0.8}),
    ("insider", {"p": 0.3, "style": "veiled"}),
    ("clumsy", {}),
)


def demo(
    out: Annotated[Path, typer.Option("--out", help="The results folder.")] = Path("demo-results"),
    samples: Annotated[int, typer.Option("--samples", help="Rollouts for each condition and agent.")] = 14,
) -> None:
    """Run all scenarios offline with four simulated agents of known behaviour, and make their report."""
    from turncoat.cli.run import carry_out
    from turncoat.scenarios import folders
    from turncoat.studies.plan import INTERFACES, ModelSpec, Plan, plan
    from turncoat.studies.run import Options

    agents = tuple(ModelSpec(f"reference/{name}", dials) for name, dials in _AGENTS)
    parts = [
        plan(list(folders()), agents, interfaces=INTERFACES, samples=samples),
        plan(list(folders()), agents, interfaces=INTERFACES, samples=samples, factors=_NO_MEANS),
    ]
    cells = dict.fromkeys(cell.name for part in parts for cell in part.cells)
    known = {cell.name: cell for part in parts for cell in part.cells}
    carry_out(
        Plan(tuple(known[name] for name in cells), agents, samples),
        out,
        Options(command=f"turncoat demo --out {out} --samples {samples}"),
    )


_NO_MEANS = ("threat=replacement", "successor=opposed-values", "goal=explicit:america", "leverage=absent")
