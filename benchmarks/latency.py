"""How much of a slow provider's capacity is used: 1,000 answers of 2 s, 100 at once, against the ideal time for that.

Ideal: rollouts / connections * latency. Achieved over ideal is 1 where the harness adds nothing. Two clocks: `whole`,
from the call that starts the run to its return, and `calls`, from the first call to the provider to the last answer.
The peer's grader answers at once: only the model under test is slow, so that both make the same slow calls.
"""

import json
import os
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from _common import median, parser, show, worker, write


def ours(asked: Namespace, folder: Path) -> None:
    """`turncoat run blackmail --model fixed/ours --connections N`: control and pressured, half of the rollouts each."""
    from turncoat.studies.design.plan import ModelSpec, plan
    from turncoat.studies.running.run import Options, run

    model = ModelSpec("fixed/ours", {"latency": asked.latency})
    planned = plan(["blackmail"], (model,), samples=asked.rollouts // 2)
    outcome = run(planned, folder / "out", Options(connections=asked.connections))
    assert outcome.recorded == asked.rollouts, outcome


def peer(asked: Namespace, folder: Path) -> None:
    """`inspect eval inspect_evals/agentic_misalignment --epochs N --max-connections N`."""
    from inspect_ai import eval as evaluate
    from inspect_ai.model import get_model
    from inspect_evals.agentic_misalignment import agentic_misalignment

    task = agentic_misalignment(grader_model="fixed/grader")
    [log] = evaluate(
        task,
        model=get_model("fixed/peer", latency=asked.latency),
        epochs=asked.rollouts,
        max_connections=asked.connections,
        log_dir=str(folder),
        display="none",
    )
    assert log.status == "success", log.error and log.error.message


SIDES = {"ours": ours, "peer": peer}


def measure(asked: Namespace) -> None:
    """One side in this process, as a JSON line."""
    from _provider import Watch, warm

    if asked.worker == "peer":
        import inspect_evals.agentic_misalignment  # noqa: F401 (importing is not what is measured)
    else:
        import turncoat.studies.running.run
        import turncoat.studies.running.task  # noqa: F401
    warm()
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_DATA_HOME"] = f"{name}/state"
        start, cpu = time.monotonic(), time.process_time()
        SIDES[asked.worker](asked, Path(name))
        whole, cpu = time.monotonic() - start, time.process_time() - cpu
    calls, before = Watch.last - Watch.first, Watch.first - start
    assert Watch.calls == asked.rollouts, Watch.calls
    found = {"whole": whole, "before": before, "calls": calls, "after": whole - before - calls, "cpu": cpu}
    found |= {"most in flight": Watch.most, "mean in flight": Watch.calls * asked.latency / calls}
    print(json.dumps(found))


def compare(asked: Namespace) -> None:
    ideal = asked.rollouts / asked.connections * asked.latency
    runs: dict[str, list[dict[str, float]]] = {side: [] for side in asked.sides}
    for _ in range(asked.repeats):
        for side in asked.sides:
            given = ("--rollouts", asked.rollouts, "--connections", asked.connections, "--latency", asked.latency)
            runs[side].append(worker(__file__, "--worker", side, *given))
    print(f"{asked.rollouts} rollouts, {asked.connections} at once, {asked.latency:g} s: ideal {ideal:.1f} s\n")
    columns = ("whole", "before", "calls", "after", "cpu", "most in flight", "mean in flight")
    found: dict[str, dict[str, Any]] = {}
    for side, several in runs.items():
        found[side] = {each: median([run[each] for run in several]) for each in columns}
        found[side] |= {"ideal/whole": ideal / found[side]["whole"], "ideal/calls": ideal / found[side]["calls"]}
    show(("side", *columns, "ideal/whole", "ideal/calls"), [(side, *each.values()) for side, each in found.items()])
    write(asked, "latency", {"ideal": ideal, "target": {"ours ideal/whole": 0.8}, "found": found, "runs": runs})


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--rollouts", type=int, default=1000)
    options.add_argument("--connections", type=int, default=100)
    options.add_argument("--latency", type=float, default=2.0, help="seconds for each answer")
    options.add_argument("--repeats", type=int, default=1)
    options.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES))
    options.add_argument("--worker", choices=SIDES, help="measure one side in this process")
    asked = options.parse_args()
    if asked.worker:
        measure(asked)
    else:
        compare(asked)


if __name__ == "__main__":
    main()
