"""The raters of a results folder: its labellers, its judges, and the verdicts that its rollouts were recorded with."""

from pathlib import Path

from turncoat.judging.raters import Rater, folder_raters, judge_rater
from turncoat.record import Verdict
from turncoat.studies.logs import read_rollouts


def raters_of(results: Path) -> tuple[list[Rater], dict[str, str]]:
    """All raters of a results folder, and of each rollout its scenario and model, as in a table of rates.

    Verdicts in files of the recorded judge take the place of those in the logs. Raises `UsageError` when it is no
    results folder.
    """
    recorded: dict[str, Verdict] = {}
    groups: dict[str, str] = {}
    for rollout in read_rollouts(results):
        recorded[rollout.id] = rollout.verdict
        groups[rollout.id] = f"{rollout.scenario}, {rollout.model}"
    raters = folder_raters(results)
    own = judge_rater(recorded)
    if recorded and all(rater.name != own.name for rater in raters):
        raters.append(own)
    return raters, groups
