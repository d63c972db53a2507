"""From a results folder to its table and its page."""

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import polars as pl
from rich.console import Group

from turncoat import __version__
from turncoat.errors import TurncoatError, UsageError
from turncoat.judging.verdicts import Line
from turncoat.record import Rollout, Verdict
from turncoat.reports.cells import groups
from turncoat.reports.certainty import Certainty
from turncoat.reports.figures import pictures, save
from turncoat.reports.numbers import count
from turncoat.reports.page import build_report
from turncoat.reports.provenance import Provenance
from turncoat.reports.study import answers, terminal_answers
from turncoat.reports.study.planned import underpowered
from turncoat.reports.terminal import terminal_table
from turncoat.studies import table as tables
from turncoat.studies.asked_study import plan_of
from turncoat.studies.estimates import estimate
from turncoat.studies.folder import Folder
from turncoat.studies.logs import read_rollouts
from turncoat.studies.study import Study
from turncoat.studies.verdicts.raters import declared_judge, drawn_by, judged_by, raters_of, verdicts_of

PROVENANCE = "provenance.json"


@dataclass(frozen=True, slots=True)
class Made:
    """The files made, what a terminal shows, and why rollouts have no verdict: (reason, how many), most first."""

    table: Path
    page: Path
    figures: tuple[Path, ...]
    terminal: Group
    failures: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A results folder's table, and by rollout id the verdicts that are `shown` in it and those `recorded` by the run.

    `judged`: the lines of the judge whose verdicts were asked for; None for the recorded ones.
    """

    table: pl.DataFrame
    shown: Mapping[str, Verdict]
    recorded: Mapping[str, Verdict]
    judged: Mapping[str, Line] | None


def tabulate(results: Path, *, judge: str = "") -> Read:
    """Read all rollouts of a folder, with the verdicts of a judge. Raises `UsageError` as `rebuild` does."""
    folder = Folder(results)
    folder.check()
    judged = verdicts_of(results, judge) if judge else None
    recorded: dict[str, Verdict] = {}
    shown: dict[str, Verdict] = {}
    table = tables.frame(_noted(judged_by(_noted(read_rollouts(results), recorded), judged), shown))
    if table.is_empty():
        raise UsageError(f"{str(results)!r} holds no rollout yet. Run the command that made it again.")
    return Read(table, shown, recorded, judged)


def rebuild(
    results: Path, *, judge: str = "", figures: Path | None = None, told: Callable[[str], None] = lambda _: None
) -> Made:
    """Read all rollouts of a folder, write `rollouts.parquet`, `rollouts.csv` and `report.html` into it.

    `figures`: a folder for the pictures as files, each with its numbers. `told` gets each step before it is taken.
    `judge`: whose verdicts, from those in the folder's `verdicts/`, by their name or that of their file; default: those
    of the judge that the study names, else those that the rollouts were recorded with. Raises `UsageError` when it is
    no results folder, holds no rollout yet, or no verdicts of this judge.
    """
    folder = Folder(results)
    manifest = folder.manifest
    told("Reading rollouts")
    declared, cautions = declared_judge(results, manifest.study) if manifest.study and not judge else ("", ())
    read = tabulate(results, judge=judge or declared)
    table, judged = read.table, read.judged
    parquet, _ = tables.write(table, results)

    def fetch(ids: Sequence[str]) -> Sequence[Rollout]:
        return list(judged_by(read_rollouts(results, only=set(ids)), judged))

    missing = max(manifest.rollouts - len(table), 0)
    notes = (f"Not run yet: {missing} of {count(manifest.rollouts, 'planned rollout')}.",) if missing else ()
    study = manifest.study
    raters, drawn_from = raters_of(results, read.shown), drawn_by(read.recorded)
    corrected = [rate for each in Certainty.of(table, raters, drawn_from).measured for rate in each.rates]
    told(f"Estimating from {count(len(table), 'rollout')}")
    estimates = estimate(table, study, judged=corrected)
    if study is None:  # nobody asked for other models' figures
        of_these = tuple(each for each in estimates.beside if each.recovered is not None)
        estimates = replace(estimates, beside=of_these)
    else:
        small = _underpowered(study, [Path(each) for each in manifest.paths])
        estimates = replace(estimates, notes=(*cautions, *small, *estimates.notes))
    found = groups(table, estimates.rates)
    provenance = Provenance.of(
        table,
        title=f"Turncoat: {study.study if study else ', '.join(table['scenario'].unique(maintain_order=True))}",
        turncoat=__version__ if manifest.turncoat == __version__ else f"{__version__}, run with {manifest.turncoat}",
        inspect=version("inspect-ai"),
        python=platform.python_version(),
        created=manifest.created,
        command="\n".join(manifest.commands),
        notes=notes,
        study=study.study if study else "",
        study_hash=manifest.study_hash,
        prices=manifest.prices,
    )
    provenance.write(results / PROVENANCE)
    told("Drawing the report")
    page = build_report(
        table,
        fetch=fetch,
        provenance=provenance,
        raters=raters,
        drawn_by=drawn_from,
        estimates=estimates,
        declared=study is not None,
        missing=missing,
        out=results / "report.html",
    )
    failed = table.filter(table["status"] == "unscored")["reason"].value_counts(sort=True)
    rates = terminal_table(table, estimates.rates, alone=study is None)
    said = answers(found, estimates, missing=missing) if study else None
    shown_first = Group(terminal_answers(said), rates) if said else rates
    early = bool(said and said.stopped.early)
    drawn = (
        save(
            pictures(found, estimates, early=early), figures, study=study.study if study else "",
            told=lambda name: told(f"Drawing the figure {name}"),
        )
        if figures
        else ()
    )  # fmt: skip
    if figures:
        provenance.write(figures / PROVENANCE)
    return Made(parquet, page, drawn, shown_first, tuple(failed.iter_rows()))


def _underpowered(study: Study, paths: Sequence[Path]) -> tuple[str, ...]:
    try:
        return tuple(underpowered(study, plan_of(study, paths).pairs))
    except TurncoatError:  # packs that were there for the run: a report is made without them
        return ()


def _noted(rollouts: Iterable[Rollout], verdicts: dict[str, Verdict]) -> Iterator[Rollout]:
    for rollout in rollouts:
        verdicts[rollout.id] = rollout.verdict
        yield rollout
