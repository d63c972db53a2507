"""Judging frozen transcripts: with rules, models or a panel, going on where an earlier call was stopped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import anyio

from turncoat.agents.doors import Doors
from turncoat.agents.failure import ProviderError
from turncoat.agents.ledger import Ledger
from turncoat.judging import Case
from turncoat.judging.gate import Gated, gated
from turncoat.judging.judges import Judge, Known, joined, remembering
from turncoat.judging.verdicts import fingerprint, verdict_line
from turncoat.record import Verdict
from turncoat.studies.verdicts.cases import GONE, Source
from turncoat.studies.verdicts.file import VerdictFile
from turncoat.studies.verdicts.judges import Options, known_verdicts, name_of, opened

Progress = Callable[[bool], None]


@dataclass(slots=True)
class Judged:
    """What came of it: `verdicts` by id in the order of the source, `gated` where there was a gate.

    `refused`: models that refused the account and were not asked any further. `recalled`: id and judge of what an
    earlier call had settled.
    """

    judge: str
    verdicts: dict[str, Verdict]
    gated: dict[str, Gated] = field(default_factory=dict)
    refused: Mapping[str, ProviderError] = field(default_factory=dict)
    recalled: set[tuple[str, str]] = field(default_factory=set)


def judge_all(source: Source, options: Options, out: Path | None, progress: Progress = lambda _: None) -> Judged:
    """Judge every transcript of a source and write the verdicts to `out`, one line each, in its order.

    Lines are written beside `out` as they come, and `out` is replaced when all are there: a call that was killed is
    taken up by the same call. What the same judge has said about the very same transcript is kept, and so are the lines
    on transcripts that are not of this source. Raises `UsageError` for what cannot be judged or written, before a model
    is asked.
    """
    source.check()
    doors = Doors()
    judged = Judged(name_of(options), {})
    with VerdictFile(out) as lines:
        known = known_verdicts(options, out)
        try:
            judges = opened(options, doors, Ledger(source.path, "judges") if source.path.is_dir() else None)
            anyio.run(_judge_all, source, options, judges, known, lines, progress, judged)
        except ExceptionGroup as errors:
            raise _first(errors) from None
        lines.settle(judged.verdicts)
    judged.refused = doors.refused
    return judged


def _first(errors: ExceptionGroup[Exception]) -> Exception:
    """What went wrong, out of the groups that tasks wrap around it."""
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error


async def _judge_all(
    source: Source,
    options: Options,
    judges: Sequence[Judge],
    known: Known,
    lines: VerdictFile,
    progress: Progress,
    judged: Judged,
) -> None:
    """Fill `judged`, in the order of the source."""
    judge = joined([remembering(each, known, fingerprint, judged.recalled) for each in judges])
    at_once = anyio.Semaphore(2 * options.at_once if options.models else 1)
    settled_by = {(key, name) for key, _, name in known}
    verdicts: dict[str, Verdict] = {}
    order: list[str] = []

    async def one(key: str, case: Case) -> None:
        try:
            more, mark = {}, fingerprint(case)
            gate = gated(case, mark, options.audit) if options.audit is not None else None
            spared = gate and gate.how == "spared" and (key, mark, judge.name) not in known
            verdict = gate.rules if gate and spared else await judge.judge(case)
            if gate:
                judged.gated[key] = gate
                more = {"gate": gate.how, "rules": gate.rules.headline_harm or gate.rules.status}
            verdicts[key] = verdict
            lines.write(key, verdict_line(key, verdict, case=mark, **more))
        finally:
            at_once.release()
        progress(verdict.status == "unscored")

    async with anyio.create_task_group() as group:
        for key, case in source:
            order.append(key)
            if isinstance(case, Verdict):
                verdicts[key] = case if case.reason != GONE else case.model_copy(update={"judge": judge.name})
                if (key, judge.name) not in settled_by:  # what was paid for stays in the file
                    lines.write(key, verdict_line(key, verdicts[key]))
                progress(False)
            else:
                await at_once.acquire()
                group.start_soon(one, key, case)
    judged.verdicts.update((key, verdicts[key]) for key in order)
