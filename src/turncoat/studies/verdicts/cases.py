"""Transcripts to be judged: of a results folder, an Inspect log of ours, or a JSON-lines file with its facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from turncoat.errors import UsageError
from turncoat.judging import Case, assign, case_of, headline_kinds, read_facts, read_transcripts
from turncoat.judging.raters import NOBODY
from turncoat.record import Rollout, Verdict
from turncoat.studies.folder import Folder
from turncoat.studies.logs import read_log, read_rollouts, recorded

GONE = "its briefing is gone"


def case_or_verdict(rollout: Rollout) -> Case | Verdict:
    """A rollout to be judged, or all that can be said of it: that of the run, where that ended in an error.

    One whose facts are gone since cannot be judged any more. What others said of it is not this judge's.
    """
    if case := Case.of(rollout):
        return case
    if rollout.verdict.status == "unscored":
        return rollout.verdict
    return Verdict(status="unscored", reason=GONE, judge=NOBODY)


@dataclass(frozen=True, slots=True)
class Source:
    """Where transcripts come from. `facts`: what is true in them, for a JSON-lines file only.

    `paths`: folders with packs of one's own. Reading it gives pairs of id and case, or of id and the verdict of a
    rollout in which there is nothing to judge.
    """

    path: Path
    facts: Path | None = None
    paths: tuple[Path, ...] = ()

    def __iter__(self) -> Iterator[tuple[str, Case | Verdict]]:
        if self.is_file_of_answers:
            return self._transcripts()
        return ((each.id, case_or_verdict(each)) for each in self.rollouts())

    @property
    def is_file_of_answers(self) -> bool:
        return not self.path.is_dir() and self.path.suffix != ".eval"

    def check(self) -> None:
        """Raise `UsageError` for what cannot be judged, before anything is written or paid for."""
        if self.is_file_of_answers:
            for _ in self._transcripts():
                pass
        else:
            if self.facts:
                what = "a results folder" if self.path.is_dir() else "a log of ours"
                raise UsageError(f"{str(self.path)!r} is {what} and has its own facts. Leave out --facts.")
            if self.path.is_dir():
                Folder(self.path).check()
            if next(self.rollouts(), None) is None:
                raise UsageError(f"{str(self.path)!r} holds no rollout yet. Run the command that made it again.")

    def count(self) -> int:
        """How many transcripts there are."""
        return len(recorded(self.path)) if self.path.is_dir() else sum(1 for _ in self)

    def rollouts(self) -> Iterator[Rollout]:
        """The rollouts of a results folder or a log, as they are recorded."""
        return read_rollouts(self.path) if self.path.is_dir() else read_log(self.path, self.paths)

    def _transcripts(self) -> Iterator[tuple[str, Case]]:
        transcripts = read_transcripts(self.path)
        if self.facts is None:
            remedy = "It says who is who: people, secrets, confidential items; docs/judging.md has an example."
            raise UsageError(f"Transcripts need --facts FILE beside {str(self.path)!r}. {remedy}")
        worlds, kinds = read_facts(self.facts), headline_kinds(self.paths)
        for each in transcripts:
            assign(each, worlds, kinds)
        return ((each.id, case_of(each, worlds, headlines=kinds)) for each in transcripts)
