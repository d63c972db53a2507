"""What a user waits for: the demo, the help text, and the rules judge.

`demo`: `turncoat demo` as a program of its own: wall time and peak memory. `help`: `turncoat --help` against
`python -c "import typer"`, alternating. `judge`: 1,000 verdicts of the rules judge in one process, without composing
and playing.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from _common import median, parser, show, worker, write

TARGETS = {"demo seconds": 90.0, "demo MB": 700.0, "help / typer": 2.0, "1,000 verdicts, seconds": 10.0}
_CLI = (sys.executable, "-c", "import sys; sys.argv[0] = 'turncoat'; from turncoat.cli import main; main()")


def demo(asked: Namespace) -> dict[str, Any]:
    """Wall seconds and peak memory (MB) of `turncoat demo`. Nothing else may have run in this process before it."""
    with tempfile.TemporaryDirectory() as name:
        samples = ("--samples", str(asked.samples)) if asked.samples else ()
        start = time.perf_counter()
        done = subprocess.run(
            [*_CLI, "demo", "--out", f"{name}/demo", *samples], capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - start
        if done.returncode:
            raise SystemExit(
                f"turncoat demo ended with {done.returncode}:\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
            )
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        report = (Path(name) / "demo" / "report.html").stat().st_size / 1e6
    first = next(line for line in done.stdout.splitlines() if "rollouts" in line)
    return {
        "demo seconds": seconds,
        "demo CPU seconds": used.ru_utime + used.ru_stime,
        "demo MB": used.ru_maxrss / 1024,
        "report MB": report,
        "says": first,
    }


def start_up(asked: Namespace) -> dict[str, Any]:
    """Median seconds of `turncoat --help` and of importing typer, and what was imported that takes long."""
    commands = {"help": [*_CLI, "--help"], "typer": [sys.executable, "-c", "import typer"]}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(asked.starts):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, capture_output=True, check=True)
            times[name].append(time.perf_counter() - start)
    helped, typer = median(times["help"]), median(times["typer"])
    return {"help seconds": helped, "typer seconds": typer, "help / typer": helped / typer, "heavy": _heavy()}


def _heavy(least: int = 10_000) -> dict[str, int]:
    """Modules of `turncoat --help` that take at least `least` microseconds with all that they import."""
    command = [_CLI[0], "-X", "importtime", *_CLI[1:], "--help"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()
    parts = (line.removeprefix("import time:").split("|") for line in lines if line.startswith("import time:"))
    return {part[2].strip(): int(part[1]) for part in parts if part[1].strip().isdigit() and int(part[1]) >= least}


def verdicts(count: int) -> dict[str, float]:
    """Seconds for `count` verdicts on blackmail rollouts of an insider, half of them harmful, both interfaces."""
    from turncoat.judging import judge_rollout
    from turncoat.record import Interface
    from turncoat.reference import dials, play, script, seat_of
    from turncoat.scenarios import compose, find_pack

    pack, insider = find_pack("blackmail"), dials("insider", {"p": 0.5})
    interfaces: tuple[Interface, Interface] = ("text", "tools")
    seconds = 0.0
    for seed in range(count):
        briefing, interface = compose(pack, pack.meta.pressured, seed), interfaces[seed % 2]
        record, texts = play(script(insider, seat_of(briefing, interface)), briefing, interface)
        start = time.perf_counter()
        judge_rollout(briefing.facts, record, texts, headline=briefing.headline)
        seconds += time.perf_counter() - start
    return {f"{count:,} verdicts, seconds": seconds}


def run(asked: Namespace) -> None:
    found: dict[str, Any] = {}
    for part in asked.parts:
        found |= worker(__file__, "--worker", part, "--samples", asked.samples, "--starts", asked.starts)
    show(
        ("what", "found", "target"),
        [(name, value, TARGETS.get(name)) for name, value in found.items() if isinstance(value, float)],
    )
    if "says" in found:
        print(f"\n{found['says']}")
    if "heavy" in found:
        print("\nimports of `turncoat --help` of 10 ms and more (microseconds, with what they import):")
        for name, cost in sorted(found["heavy"].items(), key=lambda each: -each[1])[:20]:
            print(f"  {cost:>8,}  {name}")
    write(asked, "demo", {"found": found, "targets": TARGETS})


PARTS = {"demo": demo, "help": start_up, "judge": lambda _: verdicts(1000)}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    options.add_argument("--samples", type=int, default=0, help="rollouts a cell of the demo; 0: the demo's own")
    options.add_argument("--starts", type=int, default=10, help="repeats of `turncoat --help`")
    options.add_argument("--worker", choices=PARTS, help="measure one part in this process")
    asked = options.parse_args()
    if asked.worker:
        print(json.dumps(PARTS[asked.worker](asked)))
    else:
        run(asked)


if __name__ == "__main__":
    main()
