"""What the harness itself costs for each rollout, ours and the peer's, with a model that answers at once.

Every measurement is a fresh process; sides alternate, so that a busy machine slows both. `equal`: the same call of
`inspect_ai.eval` with the same log settings; ours with rare garbage collections, as `turncoat run` has them, the peer
with Python's own, as it has none. `bare`: the same, and Python's own garbage collection for both. `ships`: `turncoat
run` as a user starts it, and `inspect eval` on the peer's task with its defaults. `floor`: the same rollouts without
an evaluation framework.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _common import median, parser, show, worker, write

EQUAL: dict[str, Any] = {"log_realtime": False, "log_images": False, "score_display": False, "display": "none"}
"""Log settings of both sides; `max_samples` 20, everything else Inspect's own default."""


def ours_equal(count: int, folder: Path) -> int:
    from turncoat.studies.running.garbage import rare_collections

    with rare_collections():
        return ours_bare(count, folder)


def ours_bare(count: int, folder: Path) -> int:
    from inspect_ai import eval as evaluate
    from inspect_ai.model import get_model

    from turncoat.studies.running.task import cell_task

    task = cell_task(_plan(count).cells[0], count)
    [log] = evaluate(task, model=get_model("fixed/ours"), log_dir=str(folder), max_samples=20, **EQUAL)
    return _done(log, count)


def peer_equal(count: int, folder: Path) -> int:
    from inspect_ai import eval as evaluate
    from inspect_ai.model import get_model
    from inspect_evals.agentic_misalignment import agentic_misalignment

    task = agentic_misalignment(grader_model="fixed/grader")
    [log] = evaluate(task, model=get_model("fixed/peer"), epochs=count, log_dir=str(folder), max_samples=20, **EQUAL)
    return _done(log, count)


def ours_ships(count: int, folder: Path) -> int:
    """`turncoat run blackmail --model fixed/ours --set ... --samples COUNT --out FOLDER`, without table and report."""
    from turncoat.studies.running.run import Options, run

    outcome = run(_plan(count), folder / "out", Options())
    assert outcome.recorded == count, outcome
    return _size(folder)


def _plan(count: int) -> Any:
    from turncoat.studies.design.plan import ModelSpec, plan

    pressured = ("threat=replacement", "successor=opposed-values", "goal=explicit:america")
    return plan(["blackmail"], (ModelSpec("fixed/ours"),), factors=pressured, samples=count)


def peer_ships(count: int, folder: Path) -> int:
    """`inspect eval inspect_evals/agentic_misalignment --model fixed/peer --epochs COUNT`, nothing else set."""
    from inspect_ai import eval as evaluate
    from inspect_evals.agentic_misalignment import agentic_misalignment

    task = agentic_misalignment(grader_model="fixed/grader")
    [log] = evaluate(task, model="fixed/peer", epochs=count, log_dir=str(folder))
    return _done(log, count)


def ours_alone(count: int, folder: Path) -> int:
    """Our rollouts without Inspect: compose, prompt, act, judge, one JSON line each."""
    from _provider import OURS

    from turncoat.agents.prompt import prompt
    from turncoat.company import Company
    from turncoat.company.session import carry_out
    from turncoat.judging import judge_rollout
    from turncoat.scenarios import compose, find_pack

    pack = find_pack("blackmail")

    async def one(seed: int, file: Any) -> None:
        briefing = compose(pack, pack.meta.pressured, seed)
        words = prompt(briefing, "text")
        await asyncio.sleep(0)
        company = Company(briefing)
        turn = carry_out(company, OURS)
        found = judge_rollout(briefing.facts, company.record, [turn], headline=briefing.headline)
        events = [event.model_dump(mode="json") for event in company.record]
        line = {"system": words.system, "user": words.user, "answer": OURS, "record": events}
        file.write(json.dumps({**line, "verdict": found.model_dump(mode="json")}) + "\n")

    asyncio.run(_all(one, count, folder))
    return _size(folder)


def floor(count: int, folder: Path) -> int:
    """The least that any harness does: prompt and answer of every rollout as one JSON line."""
    from _provider import OURS

    from turncoat.agents.prompt import prompt
    from turncoat.scenarios import compose, find_pack

    pack = find_pack("blackmail")
    words = prompt(compose(pack, pack.meta.pressured, 0), "text")

    async def one(seed: int, file: Any) -> None:
        await asyncio.sleep(0)
        file.write(json.dumps({"id": seed, "system": words.system, "user": words.user, "answer": OURS}) + "\n")

    asyncio.run(_all(one, count, folder))
    return _size(folder)


async def _all(one: Any, count: int, folder: Path) -> None:
    with (folder / "rollouts.jsonl").open("w") as file:
        for start in range(0, count, 20):
            await asyncio.gather(*(one(seed, file) for seed in range(start, min(start + 20, count))))


SIDES = {
    "ours equal": ours_equal,
    "ours bare": ours_bare,
    "peer equal": peer_equal,
    "ours ships": ours_ships,
    "peer ships": peer_ships,
    "ours, no Inspect": ours_alone,
    "floor": floor,
}


def _done(log: Any, count: int) -> int:
    assert log.status == "success", log.error and log.error.message
    assert log.results.completed_samples == count, log.results
    return Path(log.location).stat().st_size


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measure(side: str, count: int) -> None:
    """One measurement in this process, as a JSON line: seconds of wall and processor time, bytes written."""
    from _provider import warm

    if side.startswith("peer"):
        import inspect_evals.agentic_misalignment  # noqa: F401 (importing is not what is measured)
    else:
        import turncoat.studies.running.run
        import turncoat.studies.running.task  # noqa: F401
    warm()
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_DATA_HOME"] = f"{name}/state"
        wall, cpu = time.perf_counter(), time.process_time()
        size = SIDES[side](count, Path(name))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"wall": wall, "cpu": cpu, "bytes": size}))


def figures(runs: dict[str, dict[int, list[dict[str, float]]]], sizes: list[int]) -> dict[str, dict[str, float]]:
    """Per rollout, by side: medians of wall and processor milliseconds, marginal and in all, and of bytes.

    `least cpu` is the marginal processor time from the fastest runs: what other programs do on the machine shows least.
    """
    small, large = sizes
    found = {}
    for side, by_size in runs.items():
        at = {(n, what): [run[what] for run in by_size[n]] for n in sizes for what in ("wall", "cpu", "bytes")}

        def marginal(what: str, of: Callable[[list[float]], float], at: dict[Any, list[float]] = at) -> float:
            return (of(at[large, what]) - of(at[small, what])) / (large - small) * 1e3

        found[side] = {
            "wall": median(at[large, "wall"]) / large * 1e3,
            "cpu": median(at[large, "cpu"]) / large * 1e3,
            "marginal wall": marginal("wall", median),
            "marginal cpu": marginal("cpu", median),
            "least cpu": marginal("cpu", min),
            "kB": median(at[large, "bytes"]) / large / 1e3,
        }
    return found


def compare(asked: Namespace) -> None:
    runs: dict[str, dict[int, list[dict[str, float]]]] = {side: {n: [] for n in asked.sizes} for side in asked.sides}
    for repeat in range(asked.repeats):
        for count in asked.sizes:
            for side in asked.sides:
                runs[side][count].append(worker(__file__, "--worker", side, "--sizes", count))
        print(f"repeat {repeat + 1} of {asked.repeats}", file=sys.stderr)
    found = figures(runs, asked.sizes)
    columns = ("wall", "cpu", "marginal wall", "marginal cpu", "least cpu", "kB")
    print(f"ms a rollout, {asked.sizes[1]} rollouts (marginal: against {asked.sizes[0]}), medians of {asked.repeats}\n")
    show(("side", *columns), [(side, *(found[side][each] for each in columns)) for side in found])
    ratios = {}
    for settings, peer, target in (("equal", "equal", 1.15), ("bare", "equal", None), ("ships", "ships", 0.85)):
        if {f"ours {settings}", f"peer {peer}"} <= set(found):
            mine, theirs = found[f"ours {settings}"], found[f"peer {peer}"]
            ratios[settings] = {each: mine[each] / theirs[each] for each in columns} | {"target": target or "-"}
    print("\nours / peer\n")
    show(("settings", *columns, "target"), [(name, *each.values()) for name, each in ratios.items()])
    write(asked, "harness", {"ms_per_rollout": found, "ratios": ratios, "runs": runs})


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--sizes", type=int, nargs="+", default=[100, 500], help="two numbers of rollouts")
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES))
    options.add_argument("--worker", help="measure one side in this process")
    asked = options.parse_args()
    if asked.worker:
        measure(asked.worker, asked.sizes[0])
    else:
        compare(asked)


if __name__ == "__main__":
    main()
