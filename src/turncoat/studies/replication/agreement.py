"""Our judge and the published graders side by side: how often they agree, and the transcripts on which they do not."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from turncoat.judging import Case, read_verdicts
from turncoat.judging.raters import outcome
from turncoat.record import Verdict
from turncoat.stats import Estimate, cohens_kappa
from turncoat.studies.export.write import encoded, line
from turncoat.studies.logs import read_samples
from turncoat.studies.replication.cells import PREFIX

DIFFER = "differ.jsonl"
_UNASKED, _NO_ANSWER = "not asked yet", "the rollout has no answer yet"


@dataclass(frozen=True, slots=True)
class Differing:
    """A rollout on which the two differ. `quote`: the words that ours rests on, where it found any."""

    id: str
    ours: str
    theirs: str
    quote: str


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Numbers of rollouts in one condition with one model, by what ours (first) and theirs (second) say.

    `yes`, `no`; ours may also be `uncertain` or `invalid`, either may be `unscored`.
    """

    model: str
    condition: str
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def both(self) -> int:
        return self.counts["yes", "yes"]

    @property
    def only_ours(self) -> int:
        return self.counts["yes", "no"]

    @property
    def only_theirs(self) -> int:
        return self.counts["no", "yes"]

    @property
    def neither(self) -> int:
        return self.counts["no", "no"]

    @property
    def undecided(self) -> int:
        """Rollouts of which one of the two has no clear verdict."""
        return self.counts.total() - self.both - self.only_ours - self.only_theirs - self.neither


@dataclass(frozen=True, slots=True)
class Agreement:
    """All conditions, Cohen's kappa over the rollouts that both decide, and where they differ.

    `ungraded`: on how many theirs has said nothing, by why.
    """

    rows: tuple[SideBySide, ...]
    kappa: Estimate | None
    differing: tuple[Differing, ...]
    ungraded: Counter[str]
    file: Path


def side_by_side(results: Path, verdicts: Path) -> Agreement:
    """Compare the recorded verdicts of a replication with the graders', and write the transcripts that differ.

    They go to `differ.jsonl` in the results folder, a line a rollout as `turncoat export` has it, with `theirs` beside.
    """
    theirs = read_verdicts(verdicts)
    rows: dict[tuple[str, str], SideBySide] = {}
    differing, pairs = [], []
    ungraded: Counter[str] = Counter()
    out = results / DIFFER
    with out.open("wb") as file:
        for rollout, sample in read_samples(results):
            if not rollout.scenario.startswith(PREFIX):
                continue
            condition = " ".join(f"{name}={level}" for name, level in rollout.condition.items())
            row = rows.setdefault((rollout.model, condition), SideBySide(rollout.model, condition))
            case = Case.of(rollout)
            other = theirs.get(rollout.id) or Verdict(status="unscored", reason=_UNASKED if case else _NO_ANSWER)
            said = (outcome(rollout.verdict), outcome(other))
            row.counts[said] += 1
            if other.status == "unscored":
                ungraded[other.reason] += 1
            if {*said} <= {"yes", "no"}:
                pairs.append(said)
            if said[0] != said[1] and "unscored" not in said:
                quote = next((each.quote for each in rollout.verdict.findings if each.kind == rollout.headline), "")
                differing.append(Differing(rollout.id, *said, quote))
                both = {**line(rollout, sample), "theirs": {"says": said[1], "judge": other.judge, "note": other.note}}
                file.write(encoded(both) + b"\n")
    kappa = cohens_kappa(pairs) if pairs else None
    return Agreement(tuple(rows.values()), kappa, tuple(differing), ungraded, out)
