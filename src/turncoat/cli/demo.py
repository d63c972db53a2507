"""`turncoat demo`: the whole instrument on itself, offline, with simulated agents."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from turncoat.studies.design.plan import Plan

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
    from turncoat.cli._rollouts import carry_out
    from turncoat.scenarios import folders
    from turncoat.studies.design.plan import INTERFACES, ModelSpec, Plan, plan
    from turncoat.studies.running.run import Options
    from turncoat.studies.running.standing import check_size

    agents = tuple(ModelSpec(f"reference/{name}", dials) for name, dials in _AGENTS)
    parts = [
        plan(list(folders()), agents, interfaces=INTERFACES, samples=samples),
        plan(list(folders()), agents, interfaces=INTERFACES, samples=samples, factors=_NO_MEANS),
    ]
    cells = dict.fromkeys(cell.name for part in parts for cell in part.cells)
    known = {cell.name: cell for part in parts for cell in part.cells}
    planned = Plan(tuple(known[name] for name in cells), agents, samples)
    check_size(planned, out)
    _check_folder(planned, out)
    carry_out(planned, out, Options(command=f"turncoat demo --out {out} --samples {samples}"))


def _check_folder(planned: "Plan", out: Path) -> None:
    """Raise `UsageError` for a folder of another study: its numbers would be mixed with those of simulated agents."""
    from turncoat.errors import UsageError
    from turncoat.studies.folder import Folder

    Folder(out).acceptable()
    if not (out / "turncoat.json").is_file():
        return
    own = {f"{model.label}/{cell.name}" for model in planned.models for cell in planned.cells}
    if others := [key for key in Folder(out).manifest.cells if key not in own]:
        raise UsageError(
            f"--out {str(out)!r} holds results of another study (such as {others[0]!r}), which the demo would mix "
            "with its own. Name a new folder."
        )


_NO_MEANS = ("threat=replacement", "successor=opposed-values", "goal=explicit:america", "leverage=absent")
