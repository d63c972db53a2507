"""How far a run is: every rollout that ends is told to a listener."""

from collections.abc import Callable
from contextlib import suppress

from inspect_ai.solver import Generate, Solver, TaskState, solver

Listener = Callable[[bool], None]
"""Called for every rollout that ends; True when it ended in an error."""

_LISTENERS: list[Listener] = []


def listen(listener: Listener | None) -> None:
    """Set the listener of this process, or remove it with None."""
    _LISTENERS[:] = [listener] if listener else []


@solver
def counted(interface: Solver) -> Solver:
    """The interface, with its end told. Not an Inspect hook: those announce themselves on every start."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        try:
            state = await interface(state, generate)
        except Exception:
            # A rollout that Ctrl-C cancels has not ended: it will be run again.
            _tell(failed=True)
            raise
        _tell(failed=False)
        return state

    return solve


def _tell(*, failed: bool) -> None:
    for listener in _LISTENERS:
        # Who looks on may go away (a closed pipe); the rollout is none the worse for it.
        with suppress(Exception):
            listener(failed)
