"""From the rollouts table of a study to its estimates."""

from collections.abc import Iterator, Sequence

import polars as pl

from turncoat.errors import UsageError
from turncoat.judging.raters import Corrected
from turncoat.studies.estimates.beliefs import beliefs
from turncoat.studies.estimates.beside import beside
from turncoat.studies.estimates.claims import claims, rates
from turncoat.studies.estimates.contrasts import secondary_contrasts
from turncoat.studies.estimates.counts import Cells, labelled
from turncoat.studies.estimates.doses import doses
from turncoat.studies.estimates.factors import factor_models
from turncoat.studies.estimates.results import Estimates
from turncoat.studies.estimates.sequences import sequences
from turncoat.studies.estimates.sequential import primary_contrasts, seen_at_looks
from turncoat.studies.rule import ALPHA, Decide, Fixed
from turncoat.studies.study import Study, StudyModel


def estimate(table: pl.DataFrame, study: Study | None = None, *, judged: Sequence[Corrected] = ()) -> Estimates:
    """All that the rollouts say of the study's question; of a table without a study, of whatever varies in it.

    `table`: as `turncoat.studies.table.frame` makes it. `judged`: rates corrected for the judge's errors, which are
    passed on. Raises `UsageError` for a table without rollouts.
    """
    if table.is_empty():
        raise UsageError("The rollouts table is empty: nothing to estimate. Run the study first: `turncoat run`.")
    seen = seen_at_looks(table, study or study_of(table))
    cells = seen[-1]
    named = labelled(table, cells)
    compared, remarks = secondary_contrasts(cells, alpha=ALPHA)
    believed = tuple(beliefs(named, cells))
    return Estimates(
        study=cells.study,
        contrasts=(*primary_contrasts(seen, alpha=ALPHA), *compared),
        claims=claims(cells, alpha=ALPHA),
        factor_models=factor_models(cells),
        doses=doses(cells),
        beliefs=believed,
        sequences=tuple(sequences(named)),
        beside=tuple(beside(cells, believed)),
        rates=rates(cells),
        corrected=tuple(judged),
        notes=(*_notes(cells, corrected=bool(judged)), *remarks),
        alpha=ALPHA,
    )


def study_of(table: pl.DataFrame) -> Study:
    """What a table without a study is a study of: everything in it, no hypotheses, looked at once."""

    def found(column: str) -> tuple[str, ...]:
        return tuple(table[column].unique().sort())

    most = table.group_by("scenario", "interface", "model", "arm", "condition").len()["len"].max()
    return Study(
        study="rollouts",
        question="What do these rollouts say?",
        scenarios=found("scenario"),
        interfaces=found("interface"),
        models=tuple(StudyModel(name=name) for name in found("model")),
        arms=found("arm"),
        judge=found("judge"),
        sampling=Fixed(rule="fixed", samples=int(str(most))),
    )


def _notes(cells: Cells, *, corrected: bool) -> Iterator[str]:
    if all(cell.model.startswith("reference/published") for cell in cells.cells):
        yield (
            "A replayed figure does harm in the condition that it was published for, and in no other: its rate can be "
            "recovered, and contrasts with other conditions are of the replay's making."
        )
    if cells.clustered:
        yield "Surfaces repeat: the rollouts of one surface are counted as a cluster."
        if isinstance(cells.study.sampling, Decide):
            yield "The rule `decide` takes them as independent, so that its evidence may be too strong."
    if corrected and not isinstance(cells.study.sampling, Fixed):
        yield (
            "Rates corrected for the judge's errors have the intervals of a study looked at once, taken where the rule "
            "of sampling stopped."
        )
