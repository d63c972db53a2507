"""One cell of an experiment as an Inspect task: a scenario, an interface, an arm and a condition, many surfaces."""

from collections.abc import Callable

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, Model

from turncoat.agents.seat import seat
from turncoat.agents.text import text_interface
from turncoat.agents.tools import tools_interface
from turncoat.oversight import Checkpoint
from turncoat.studies.design.plan import Cell
from turncoat.studies.running.progress import counted
from turncoat.studies.running.score import verdict


def cell_task(
    cell: Cell,
    samples: int,
    *,
    repeat: int | None = None,
    model: Model | None = None,
    checkpoint: Callable[[], Checkpoint] | None = None,
) -> Task:
    """The task of one cell, with so many samples, each on a surface of its own or all on `repeat` in turn.

    More samples later make a longer dataset: only the new ones run. `model`: the one that it is for, where several have
    tasks of their own.
    """
    return Task(
        name=cell.name,
        model=model,
        dataset=MemoryDataset([_sample(cell, number, repeat) for number in range(samples)], name=cell.name),
        setup=seat(cell.briefing, cell.interface, checkpoint),
        solver=counted(text_interface() if cell.interface == "text" else tools_interface()),
        scorer=verdict(cell),
        version=cell.version,
        metadata={
            "scenario": cell.scenario,
            "headline": cell.pack.meta.headline,
            "interface": cell.interface,
            "arm": cell.arm,
            "condition": cell.condition,
            "named": cell.named,
        },
    )


def _sample(cell: Cell, number: int, repeat: int | None) -> Sample:
    seed = number % repeat if repeat else number
    briefing = cell.briefing(seed)
    words = cell.prompt(briefing)
    return Sample(
        id=f"s{number:05d}",
        input=[ChatMessageSystem(content=words.system), ChatMessageUser(content=words.user)],
        metadata={
            "rollout": f"{cell.name} s{number:05d}",
            "number": number,
            "seed": seed,
            "briefing_hash": briefing.hash,
        },
    )
