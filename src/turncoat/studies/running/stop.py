"""Ctrl-C: a run is stopped once. It says so at once, and what has ended is written before it goes."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import current_thread, main_thread
from types import FrameType
from typing import Any


@dataclass(slots=True)
class Stop:
    """Whether a run was asked to stop. `said` is called when it is, in the middle of anything: it must not print."""

    said: Callable[[], None]
    asked: bool = False
    _cancel: Any = field(default=None, repr=False)

    def watch(self) -> None:
        """Take over Ctrl-C from the event loop that runs now, whose own handler cancels what is running.

        A second Ctrl-C would break into the writing of logs, and is passed over.
        """
        current = signal.getsignal(signal.SIGINT)
        if current_thread() is main_thread() and callable(current) and current != self._interrupted:
            self._cancel = current
            signal.signal(signal.SIGINT, self._interrupted)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if not self.asked:
            self.asked = True
            self.said()
            self._cancel(number, frame)


_IN_FORCE: list[Stop] = []


@contextmanager
def stoppable(said: Callable[[], None]) -> Iterator[Stop]:
    """A run that Ctrl-C stops: `KeyboardInterrupt`, whatever else comes out of what was cancelled."""
    stop, before = Stop(said), signal.getsignal(signal.SIGINT)
    _IN_FORCE.append(stop)
    try:
        yield stop
    except BaseException:
        if stop.asked:
            raise KeyboardInterrupt from None
        raise
    finally:
        _IN_FORCE.remove(stop)
        if signal.getsignal(signal.SIGINT) == stop._interrupted:
            signal.signal(signal.SIGINT, before)
    if stop.asked:
        raise KeyboardInterrupt


def watch() -> None:
    """Called by every rollout as it begins. An event loop sets its handler where none was set, and not later."""
    for stop in _IN_FORCE:
        stop.watch()
