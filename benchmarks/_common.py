"""What the benchmarks share: a table on the terminal, a JSON file, and the machine they ran on."""

import json
import os
import platform
import statistics
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

_PACKAGES = ("turncoat", "inspect-ai", "inspect-evals", "pydantic")


def parser(says: str | None) -> ArgumentParser:
    """A parser with the one option that all benchmarks have."""
    made = ArgumentParser(description=says)
    made.add_argument("--out", type=Path, default=Path("results/benchmarks"), help="folder for the JSON file")
    return made


def machine() -> dict[str, Any]:
    """Cores, load and versions: without them no figure means anything."""
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = None
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "versions": versions,
    }


def write(asked: Namespace, name: str, figures: dict[str, Any]) -> Path:
    """Write figures, arguments and machine as `<out>/<name>.json`."""
    asked.out.mkdir(parents=True, exist_ok=True)
    path: Path = asked.out / f"{name}.json"
    arguments = {key: str(value) for key, value in vars(asked).items()}
    path.write_text(json.dumps({"machine": machine(), "arguments": arguments, **figures}, indent=1), encoding="utf-8")
    print(f"\n{path}")
    return path


def show(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table: the first column to the left, the others to the right."""
    texts = [list(columns), *([_plain(cell) for cell in row] for row in rows)]
    widths = [max(len(row[n]) for row in texts) for n in range(len(columns))]
    for row in texts:
        cells = (
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join(cells).rstrip())


def _plain(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.3g}" if abs(cell) < 1 else f"{cell:,.2f}"
    return "" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell)


def median(values: Sequence[float]) -> float:
    """The median; raises `statistics.StatisticsError` without any."""
    return float(statistics.median(values))


def worker(script: str, *arguments: object) -> dict[str, Any]:
    """Run a benchmark script again as a fresh process and read the JSON line that it prints last."""
    command = [sys.executable, script, *(str(each) for each in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().rpartition("\n")[2])
    return answer
