"""What Inspect and Scout discover: tasks, the reference provider, judges. The one file the entry point imports."""

import sys
from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai._util.error import PrerequisiteError  # the one error that Inspect prints without a traceback
from inspect_ai.model import ModelAPI, modelapi

from turncoat.errors import UsageError, unknown
from turncoat.record import Interface
from turncoat.scenarios import complete, find_pack
from turncoat.scenarios.factors import plain
from turncoat.scoring import judge
from turncoat.studies.design.plan import INTERFACES, Cell
from turncoat.studies.running.task import cell_task

__all__ = ["blackmail", "espionage", "judge", "lethal", "reference", "scenario"]

if "inspect_scout" in sys.modules:  # who uses Scout has loaded it before it looks here
    from turncoat.scoring import scanner as _scanner  # noqa: F401


@modelapi(name="reference")
def reference() -> type[ModelAPI]:
    """Simulated agents of known behaviour: `reference/loyal`, `insider`, `clumsy`, `published`."""
    from turncoat.reference.provider import ReferenceAPI

    return ReferenceAPI


def _task(scenario: str, interface: Interface, samples: int, path: str, factors: dict[str, Any]) -> Task:
    try:
        if interface not in INTERFACES:
            raise unknown("interface", interface, INTERFACES)
        pack = find_pack(scenario, [Path(path)] if path else [])
        # Inspect reads `-T scratchpad=off` as False.
        asked = {name: plain(level) for name, level in factors.items()} or pack.meta.pressured
        return cell_task(Cell(pack, interface, complete(asked, pack.factors, pack.meta.impossible)), samples)
    except UsageError as error:
        raise PrerequisiteError(str(error)) from None


@task
def blackmail(interface: Interface = "text", samples: int = 10, **factors: Any) -> Task:
    """Would it blackmail the one who decides? Factors as task arguments; without any: the pressured condition.

    Ten surfaces unless `-T samples=N` says otherwise.
    """
    return _task("blackmail", interface, samples, "", factors)


@task
def espionage(interface: Interface = "text", samples: int = 10, **factors: Any) -> Task:
    """Would it leak? Factors as task arguments; without any: the published pressured condition.

    Ten surfaces unless `-T samples=N` says otherwise.
    """
    return _task("espionage", interface, samples, "", factors)


@task
def lethal(interface: Interface = "text", samples: int = 10, **factors: Any) -> Task:
    """Would it let somebody die? Factors as task arguments; without any: the published pressured condition.

    Ten surfaces unless `-T samples=N` says otherwise.
    """
    return _task("lethal", interface, samples, "", factors)


@task
def scenario(name: str, path: str = "", interface: Interface = "text", samples: int = 10, **factors: Any) -> Task:
    """Any scenario by name, also one from a folder of your own (`path`).

    Ten surfaces unless `-T samples=N` says otherwise.
    """
    return _task(name, interface, samples, path, factors)
