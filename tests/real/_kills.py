"""The program, killed at chosen moments and started again each time. The benchmark shares it."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tests.real._runs import start

PATIENCE = 120.0


@dataclass(frozen=True)
class Moment:
    """When to kill a run: so many seconds after it has written so many lines."""

    lines: int
    seconds: float


@dataclass(frozen=True)
class Ended:
    """How a run ended by itself."""

    code: int
    said: str
    complained: str


def moments(count: int, *, seed: int, lines: int = 8) -> list[Moment]:
    """Random moments, from before the first rollout (one line) to after most of them (one more for each tenth)."""
    random = Random(seed)
    return [Moment(random.randint(1, lines), random.uniform(0, 0.7)) for _ in range(count)]


def kill_at(moment: Moment, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> bool:
    """Start the program and kill it at a moment; False when it was faster."""
    with start(arguments, environment=environment) as process:
        assert process.stdout is not None
        for _ in range(moment.lines):
            process.stdout.readline()
        try:
            process.wait(moment.seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
    return False


def finish(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Ended:
    """Start the program and let it end."""
    with start(arguments, environment=environment) as process:
        return end(process)


def end(process: subprocess.Popen[str]) -> Ended:
    """Wait for the end of a program that was started."""
    try:
        said, complained = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return Ended(process.returncode, said, complained)
