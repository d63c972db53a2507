"""Runs in this process, and the program itself in another."""

import gc
import os
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import polars as pl
import typer

from turncoat.cli._rollouts import carry_out
from turncoat.record import Rollout
from turncoat.studies.design.plan import ModelSpec, Plan
from turncoat.studies.logs import read_rollouts
from turncoat.studies.running.run import Options

# The v1 of Google's interface, which Inspect asks for by itself, is not emulated.
GOOGLE = ModelSpec("google/gemini-2.5-flash", {"api_version": "v1beta"})
ANTHROPIC = ModelSpec("anthropic/claude-haiku-4-5")
OPENAI = ModelSpec("openai/gpt-4.1")
OPENAI_RESPONSES = ModelSpec("openai/gpt-5-mini")

PROGRAM = Path(sys.executable).with_name("turncoat")
FLEETING = ("log", "seconds")
"""Columns that differ from run to run: where a rollout lies, and how long it took."""


def perform(plan: Plan, out: Path, **options: object) -> tuple[int, str]:
    """What `turncoat run` does with a plan, with little patience for providers. Returns exit code and output."""
    said = StringIO()
    patient = Options(**{"command": "turncoat run", "retries": 0, "attempt": 60, "patience": 120, **options})  # type: ignore[arg-type]
    try:
        with redirect_stdout(said), warnings.catch_warnings():
            # The providers' clients warn about each other's libraries, and leave connections to the collector.
            warnings.simplefilter("ignore")
            try:
                carry_out(plan, out, patient)
            finally:
                gc.collect()
    except typer.Exit as ended:
        return ended.exit_code, said.getvalue()
    return 0, said.getvalue()


def rollouts(out: Path) -> list[Rollout]:
    """All rollouts of a results folder."""
    return list(read_rollouts(out))


def table(out: Path) -> pl.DataFrame:
    """The table of a results folder, without what differs from run to run."""
    return pl.read_parquet(out / "rollouts.parquet").drop(FLEETING).sort("id")


def start(arguments: Sequence[str], *, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """The program, in a session of its own; what it says is to be read from its pipes."""
    return subprocess.Popen(
        [str(PROGRAM), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )


def wait_for(process: subprocess.Popen[str], words: str) -> str:
    """Read what the program says up to the line with `words`; raises AssertionError when it ends without."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    assert process.stderr is not None
    raise AssertionError(f"ended without saying {words!r}: {said[-500:]}{process.stderr.read()[-500:]}")
