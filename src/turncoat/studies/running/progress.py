"""How far a run is: every rollout that ends is told to a listener."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from inspect_ai.solver import Generate, Solver, TaskState, solver

from turncoat.studies.running.stop import watch

Listener = Callable[[bool], None]
"""Called for every rollout that ends; True when it ended in an error."""

_LISTENERS: list[Listener] = []


def listen(listener: Listener | None) -> None:
    """Set the listener of this process, or remove it with None."""
    _LISTENERS[:] = [listener] if listener else []


@solver
def counted(interface: Solver) -> Solver:
    """The interface, with its failure told. Not an Inspect hook: those announce themselves on every start."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        watch()
        with part(last=False):
            return await interface(state, generate)

    return solve


@contextmanager
def part(*, last: bool) -> Iterator[None]:
    """A part of a rollout, which ends in an error or with its last part: only what is judged will be recorded."""
    try:
        yield
    except Exception:
        # A rollout that Ctrl-C cancels has not ended: it will be run again.
        _tell(failed=True)
        raise
    if last:
        _tell(failed=False)


def _tell(*, failed: bool) -> None:
    for listener in _LISTENERS:
        # Who looks on may go away (a closed pipe); the rollout is none the worse for it.
        with suppress(Exception):
            listener(failed)
