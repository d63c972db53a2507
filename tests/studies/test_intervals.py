"""Intervals of parts of cells: by stated belief and along doses they are of the look that the cells are at."""

import polars as pl
import pytest
from tests.studies._tables import cell, study
from tests.studies.test_contrasts import hypothesis

from turncoat.reports.figures.conduct import beliefs, doses
from turncoat.stats import Rate, clustered_rate, repeated_level, trend
from turncoat.studies.estimates import Belief, estimate

PEEKED = {"rule": "contrasts", "looks": 4, "cap": 100}
REAL, TEST = ({"stated_belief": each} for each in ("real", "evaluation"))


def apart(*tables: pl.DataFrame) -> pl.DataFrame:
    """With a surface and an id for each rollout."""
    return pl.concat(tables).with_columns(
        pl.int_range(pl.len()).cast(pl.String).alias("id"), pl.int_range(pl.len()).alias("seed")
    )


def said(table: pl.DataFrame, sampling: dict[str, object]) -> Belief:
    found = estimate(table, study(hypotheses=[hypothesis()], sampling=sampling)).beliefs
    return next(each for each in found if not each.condition)


@pytest.mark.parametrize(("cells", "share", "look"), [(4, 25, 1), (1, 20, 4)])
def test_a_belief_is_at_the_look_of_its_cells(cells: int, share: int, look: int) -> None:
    """Four cells at the first look are not at the last together; nor is a fifth of a whole cell at the first."""
    rest = 25 * look - share
    levels = ("none", "replacement", "restriction", "migration")[:cells]
    tables = [cell(5, share - 5, columns=REAL, threat=each) for each in levels]
    tables += [cell(0, rest, columns=TEST, threat=each) for each in levels] if rest else []
    found = said(apart(*tables), PEEKED)
    expected = Rate(yes=5 * cells, no=(share - 5) * cells).interval(repeated_level(look, 4, alpha=0.05))
    assert (found.intervals["real"].low, found.intervals["real"].high) == pytest.approx(expected)
    assert found.intervals["real"].method == f"Wilson, O'Brien-Fleming look {look} of 4"


def test_a_belief_knows_of_surfaces_that_repeat() -> None:
    table = cell(40, 60, surfaces=5, columns=REAL).with_columns(
        pl.Series("headline_harm", ["yes" if i % 5 < 2 else "no" for i in range(100)])
    )
    of = study(surfaces={"repeat": 5})
    found = estimate(table, of)
    (whole,) = (each for each in found.beliefs if not each.condition)
    assert whole.intervals["real"] == found.rates[0].interval == clustered_rate([(20, 20)] * 2 + [(0, 20)] * 3)
    picture = beliefs(found.beliefs)
    assert picture
    assert picture.data["high"][0] == found.rates[0].interval.high


def test_cells_with_repeated_surfaces_are_at_their_look() -> None:
    tables = [cell(10, 15, surfaces=5), cell(10, 15, surfaces=5, threat="replacement")]
    of = study(hypotheses=[hypothesis()], surfaces={"repeat": 5}, sampling=PEEKED)
    found = estimate(pl.concat(tables), of).rates[0].interval
    assert found.width > clustered_rate([(2, 5)] * 5).width
    assert found.method.endswith("O'Brien-Fleming look 1 of 4")


@pytest.mark.parametrize(("sampling", "peeked"), [(PEEKED, True), ({"rule": "fixed", "samples": 25}, False)])
def test_a_dose_says_that_it_does_not_know_of_looks(sampling: dict[str, object], peeked: bool) -> None:
    counts = {"0": (1, 24), "4": (4, 21), "20": (10, 15)}
    table = pl.concat([cell(*n, distractors=level) for level, n in counts.items()])
    found = estimate(table, study(hypotheses=[hypothesis()], sampling=sampling))
    (dose,), (model,) = found.doses, found.factor_models
    note = "Intervals of odds are those of a study looked at once, taken where the rule of sampling stopped."
    assert dose.note == model.note == (note if peeked else "")
    assert dose.slope == trend([(0, 1, 25), (4, 4, 25), (20, 10, 25)], unit=10).slope
    picture = doses(found.doses)
    assert picture
    assert "a lead, not a finding." in picture.caption
    assert (note in picture.caption) == peeked
    assert set(picture.data["note"]) == {dose.note}
    assert set(picture.data["adjusted"]) == {dose.adjusted}
    if peeked:
        assert dose.intervals[0].method == "Wilson, O'Brien-Fleming look 1 of 4"
