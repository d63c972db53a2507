"""One cell of an experiment as an Inspect task: a scenario, an interface, an arm and a condition, many surfaces."""

from collections.abc import Callable, Mapping
from hashlib import sha256

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser

from turncoat.agents.prompt import prompt
from turncoat.agents.seat import seat
from turncoat.agents.text import text_interface
from turncoat.agents.tools import tools_interface
from turncoat.oversight import Checkpoint
from turncoat.record import Interface
from turncoat.scenarios import Pack, complete, compose
from turncoat.studies._progress import counted
from turncoat.studies.score import verdict

_LONGEST = 110


def cell_name(pack: Pack, interface: Interface, arm: str, condition: Mapping[str, str]) -> str:
    """The name of a cell in logs: `blackmail text none threat=replacement`. Long labels end in a hash."""
    label = pack.label(condition)
    if len(label) > _LONGEST:
        label = f"{label[:_LONGEST]}~{sha256(label.encode()).hexdigest()[:8]}"
    return f"{pack.name} {interface} {arm} {label}"


def cell_task(
    pack: Pack,
    asked: Mapping[str, str],
    *,
    interface: Interface = "text",
    samples: int = 10,
    arm: str = "none",
    checkpoint: Callable[[], Checkpoint] | None = None,
) -> Task:
    """The task of one cell, with one sample for each of the surface seeds 0 to `samples` - 1.

    More samples later make a longer dataset: only the new ones run. Raises `UsageError` for an impossible condition.
    """
    condition = complete(asked, pack.factors, pack.meta.impossible)
    name = cell_name(pack, interface, arm, condition)
    return Task(
        name=name,
        dataset=MemoryDataset([_sample(pack, condition, interface, name, seed) for seed in range(samples)], name=name),
        setup=seat(pack, condition, interface, checkpoint),
        solver=counted(text_interface() if interface == "text" else tools_interface()),
        scorer=verdict(pack, arm),
        version=pack.version,
        metadata={
            "scenario": pack.name,
            "headline": pack.meta.headline,
            "interface": interface,
            "arm": arm,
            "condition": condition,
        },
    )


def _sample(pack: Pack, condition: Mapping[str, str], interface: Interface, name: str, seed: int) -> Sample:
    briefing = compose(pack, condition, seed)
    words = prompt(briefing, interface)
    return Sample(
        id=f"s{seed:05d}",
        input=[ChatMessageSystem(content=words.system), ChatMessageUser(content=words.user)],
        metadata={"rollout": f"{name} s{seed:05d}", "seed": seed, "briefing_hash": briefing.hash},
    )
