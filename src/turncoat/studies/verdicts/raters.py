"""The raters of a results folder: its labellers, its judges, and whose verdicts are shown."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from turncoat.errors import UsageError
from turncoat.judging import Case, read_verdicts
from turncoat.judging.judges import RULES, is_rules
from turncoat.judging.raters import NOBODY, Rater, folder_raters, judge_rater, outcome
from turncoat.judging.verdicts import Line, fingerprint, read_verdict_lines
from turncoat.record import Rollout, Verdict
from turncoat.studies.study import Study
from turncoat.studies.verdicts.cases import Source, case_or_verdict
from turncoat.studies.verdicts.judges import Options, place


def raters_of(results: Path, shown: Mapping[str, Verdict]) -> list[Rater]:
    """All raters of a results folder: its labellers and judges, and whose verdicts are `shown` (by rollout id).

    A file of that judge's verdicts is the judge itself, and no second one; it tells what a gate did.
    """
    own, raters = judge_rater(shown), folder_raters(results, _marks(results))
    for rater in raters:
        if rater.name == own.name and rater.said.items() <= own.said.items():
            own = judge_rater(shown, rater.gate)
    others = [rater for rater in raters if rater.person or rater.name != own.name]
    return [*others, own] if shown else others


def _marks(results: Path) -> dict[str, str]:
    """The fingerprints of the rollouts, where judges or labellers have files on them."""
    if not any(results.glob("verdicts/*.jsonl")) and not any(results.glob("labels/*.jsonl")):
        return {}
    return {key: fingerprint(case) if isinstance(case, Case) else "" for key, case in Source(results)}


def drawn_by(recorded: Mapping[str, Verdict]) -> dict[str, str]:
    """What rollouts were recorded with, by which a sample for labelling is drawn; without those that ended in an error.

    It stays as it is whoever judges them later, so that rates of every judge are corrected by it.
    """
    return {key: outcome(each) for key, each in recorded.items() if not each.reason.startswith("error:")}


def verdicts_of(results: Path, judge: str) -> dict[str, Line]:
    """The lines of one judge in a results folder, by the name of their file or the judge's, its version or not.

    Raises `UsageError` where there is none, or more than one.
    """
    files = sorted((results / "verdicts").glob("*.jsonl"))
    names = {path: judge_rater(read_verdicts(path)).name for path in files}
    found = [path for path in files if judge in (path.stem, names[path])] or [
        path for path in files if names[path].startswith(f"{judge}@") or (judge == RULES and is_rules(names[path]))
    ]
    if not files:
        remedy = f"`turncoat judge {results}` writes some, of a model with --judge."
        raise UsageError(f"There are no verdicts in {str(results)!r} yet. {remedy}")
    if len(found) != 1:
        wrong = f"{judge!r} may be several judges" if found else f"There is no judge {judge!r} in {str(results)!r}"
        listed = ", ".join(path.stem for path in found or files)
        raise UsageError(f"{wrong}. Name one of those with verdicts: {listed}.")
    return read_verdict_lines(found[0])


def declared_judge(results: Path, study: Study) -> tuple[str, tuple[str, ...]]:
    """The study's judge as `verdicts_of` takes it, "" for the verdicts recorded; and what is to be said of it."""
    options = Options(judges=study.judge)
    verdicts = place(Source(results), options) if options.models else None
    if verdicts is None:
        return "", ()
    if verdicts.is_file():
        return verdicts.stem, ()
    return "", (f"The study names the judge {', '.join(study.judge)}, of which there are no verdicts here.",)


def judged_by(rollouts: Iterable[Rollout], lines: Mapping[str, Line] | None) -> Iterator[Rollout]:
    """Rollouts with the verdicts of another judge; those that it has not judged, as they are now, are `unscored`.

    None: the verdicts that they were recorded with.
    """
    for rollout in rollouts:
        verdict = rollout.verdict if lines is None else _verdict(rollout, lines.get(rollout.id))
        yield rollout.model_copy(update={"verdict": verdict})


def _verdict(rollout: Rollout, line: Line | None) -> Verdict:
    case = case_or_verdict(rollout)
    if isinstance(case, Verdict):
        return case
    if line is None:
        return Verdict(status="unscored", reason="not judged by this judge", judge=NOBODY)
    return line.on(fingerprint(case))
