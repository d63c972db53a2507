"""Runs killed with `kill -9` at random moments and started again each time, against an undisturbed one.

`reference`: reference agents, which cost nothing; what lay in the log's buffer is run again. `paid`: a model behind
Inspect's own client and an emulator of its provider, which counts the calls: repeated at most what was in flight.
`study`: the same model in a study, look by look, where a kill must not change what a look decides either.
Ids and times aside, the tables must be equal; the exit code is 1 when they are not, or when more calls were repeated.
"""

import sys
import tempfile
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from _common import parser, show, write

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.real import _emulator
from tests.real._answers import played
from tests.real._emulator import Emulator
from tests.real._kills import finish, kill_after, kill_at, moments, study_in
from tests.real._runs import ANTHROPIC, table

from turncoat.studies.asked_study import plan_of, with_models
from turncoat.studies.design.plan import Plan, plan
from turncoat.studies.logs import recorded
from turncoat.studies.study_file.read import load_study

_BOTH = ("--interface", "text", "--interface", "tools")


def reference(asked: Namespace, folder: Path) -> dict[str, Any]:
    """Reference agents, killed at random lines of their progress."""
    arguments = ["run", "blackmail", "--model", "reference/insider", "-M", "p=0.5", "-M", "latency=0.05", *_BOTH]
    arguments += ["--samples", str(asked.samples), "--connections", str(asked.connections), "--out"]
    undisturbed = _timed([*arguments, str(folder / "undisturbed")])
    out, kept, lost, kills = folder / "killed", 0, 0, []
    for moment in moments(asked.kills, seed=asked.seed, lines=10):
        hit = kill_at(moment, [*arguments, str(out)])
        now = len(recorded(out)) if (out / "turncoat.json").exists() else 0
        lost += max(0, kept - now)
        kept = now
        kills.append({"killed": hit, "recorded": now})
    seconds = _timed([*arguments, str(out)])
    return {
        "kills": kills,
        "rollouts": 4 * asked.samples,
        "lost": lost,
        "equal": table(out).equals(table(folder / "undisturbed")),
        "seconds undisturbed": undisturbed,
        "seconds last": seconds,
    }


def paid(asked: Namespace, folder: Path) -> dict[str, Any]:
    """A paid model, killed after random numbers of its calls."""
    planned = plan(["blackmail"], [ANTHROPIC], interfaces=("text", "tools"), samples=asked.samples)
    arguments = ["run", "blackmail", "--model", ANTHROPIC.name, *_BOTH, "--samples", str(asked.samples)]
    return _emulated(planned, arguments, asked, folder)


def study(asked: Namespace, folder: Path) -> dict[str, Any]:
    """A study in looks with a paid model, killed after random numbers of its calls."""
    path = study_in(folder, "text", "tools")
    planned = replace(plan_of(with_models(load_study(str(path)), [ANTHROPIC])), samples=30)
    return _emulated(planned, ["run", str(path), "--model", ANTHROPIC.name], asked, folder)


def _emulated(planned: Plan, command: Sequence[str], asked: Namespace, folder: Path) -> dict[str, Any]:
    found = _emulator.find()
    if isinstance(found, str):
        raise SystemExit(found)
    arguments = [*command, "--yes", "--connections", str(asked.connections), "--out"]
    emulator, random = Emulator(*found, folder), Random(asked.seed)
    try:
        emulator.serve(played(planned))
        undisturbed = _timed([*arguments, str(folder / "undisturbed")], emulator)
        once = emulator.calls()
        emulator.serve(played(planned))
        emulator.chaos(latencyMs=asked.latency)
        out, kills = folder / "killed", []
        for _ in range(asked.kills):
            before = emulator.calls()
            hit = kill_after(random.randint(1, max(2, 2 * once // asked.kills)), [*arguments, str(out)], emulator)
            kills.append({"killed": hit, "calls": emulator.calls() - before, "recorded": len(recorded(out))})
        seconds = _timed([*arguments, str(out)], emulator)
        repeated = emulator.calls() - once
    finally:
        emulator.stop()
    return {
        "kills": kills,
        "calls undisturbed": once,
        "calls repeated": repeated,
        "most allowed": sum(each["killed"] for each in kills) * asked.connections,
        "equal": table(out).equals(table(folder / "undisturbed")),
        "seconds undisturbed": undisturbed,
        "seconds last": seconds,
    }


def _timed(arguments: Sequence[str], emulator: Emulator | None = None) -> float:
    begun = perf_counter()
    ended = finish(arguments, emulator.environment if emulator else None)
    if ended.code:
        raise SystemExit(f"turncoat {' '.join(arguments)} ended with {ended.code}:\n{ended.complained[-2000:]}")
    return round(perf_counter() - begun, 1)


def main() -> None:
    asked_for = parser(__doc__)
    asked_for.add_argument("--kills", type=int, default=10)
    asked_for.add_argument("--samples", type=int, default=30, help="surfaces of each of four cells")
    asked_for.add_argument("--connections", type=int, default=10)
    asked_for.add_argument("--latency", type=int, default=200, help="milliseconds of each call of the paid model")
    asked_for.add_argument("--seed", type=int, default=1)
    asked = asked_for.parse_args()
    with tempfile.TemporaryDirectory() as name:
        made = {}
        for part in (reference, paid, study):
            folder = Path(name) / part.__name__
            folder.mkdir()
            made[part.__name__] = part(asked, folder)
    for name, figures in made.items():
        print(f"\n{name}")
        show(["figure", "value"], [[key, str(value)] for key, value in figures.items() if key != "kills"])
        show(list(figures["kills"][0]), [list(each.values()) for each in figures["kills"]])
    write(asked, "kills", made)
    good = all(each["equal"] for each in made.values()) and not made["reference"]["lost"]
    few = all(made[each]["calls repeated"] <= made[each]["most allowed"] for each in ("paid", "study"))
    sys.exit(not (good and few))


if __name__ == "__main__":
    main()
