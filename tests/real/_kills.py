"""The program, killed at chosen moments and started again each time. The benchmark shares it."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import sleep

from tests.real._emulator import Emulator
from tests.real._runs import start

PATIENCE = 120.0
STUDY = """
study: killed
question: Does it matter when a run dies?
scenarios: blackmail
interfaces: {interfaces}
conditions:
  calm: {{threat: none}}
  pressed: {{threat: replacement, goal: "explicit:america"}}
design: listed
sampling: {{rule: width, look: 10, half_width: 0.09, cap: 30}}
"""
"""A model that always does the same in each is done after two looks."""


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


def kill_after(calls: int, arguments: Sequence[str], emulator: Emulator) -> bool:
    """Start the program and kill it when it has made so many calls; False when it made fewer."""
    aim = emulator.calls() + calls
    with start(arguments, environment=emulator.environment) as process:
        while emulator.calls() < aim:
            if process.poll() is not None:
                return False
            sleep(0.01)
        process.kill()
    return True


def study_in(folder: Path, *interfaces: str) -> Path:
    """The study's file, of two cells for each interface."""
    path = folder / "killed.yaml"
    path.write_text(STUDY.format(interfaces=list(interfaces)), encoding="utf-8")
    return path


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
