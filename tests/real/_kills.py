"""A run of the program that is killed at chosen moments and started again each time. The benchmark shares it."""

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic, sleep

from tests.real._runs import start


@dataclass(frozen=True)
class Disturbed:
    """What became of it: how many runs were killed before they ended by themselves, and what the last one said."""

    killed: int
    code: int
    said: str


def killed_at(
    moments: Sequence[float],
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    after: str = "rollouts:",
) -> Disturbed:
    """Start the program and kill it `moments[n]` seconds after it has said `after`, for each n; then let it end."""
    killed = 0
    for moment in moments:
        process = start(arguments, environment=environment)
        with process:
            wait_for_words(process, after)
            try:
                process.wait(moment)
            except TimeoutError:
                pass
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                killed += 1
    return Disturbed(killed, *ended(arguments, environment))
