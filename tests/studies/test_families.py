"""Which tests are adjusted together: what was asked counts, and reference agents are a family of their own."""

import polars as pl
import pytest
from tests.studies._tables import MODEL, cell, study
from tests.studies.test_contrasts import hypothesis

from turncoat.stats import holm
from turncoat.studies.estimates import estimate

LEVELS = ("replacement", "restriction", "migration")
INSIDERS = [f"reference/insider(p=0.{i})" for i in range(1, 5)]


def insiders() -> list[pl.DataFrame]:
    """Whose effects are planted, and beyond doubt."""
    return [
        table
        for model in INSIDERS
        for table in (
            cell(0, 100, model=model, distractors="0"),
            *(cell(90, 10, model=model, threat=level, distractors="20") for level in LEVELS[:2]),
        )
    ]


def test_a_hypothesis_without_data_makes_no_other_easier() -> None:
    hypotheses = [hypothesis(level, compare={"threat": [level]}) for level in LEVELS]
    table = pl.concat([cell(5, 95), cell(14, 86, threat="replacement"), cell(0, 0, 0, 0, 100, threat="restriction")])
    first, *others = estimate(table, study(hypotheses=hypotheses)).contrasts[:3]
    assert first.p < 0.05 < first.adjusted == pytest.approx(3 * first.p)
    assert first.answered == "open"
    assert all(each.adjusted != each.adjusted for each in others)  # nothing to compare stays NaN


def test_a_model_that_has_not_run_yet_is_asked_too() -> None:
    table = pl.concat([cell(5, 95), cell(14, 86, threat="replacement")])
    asked = {"hypotheses": [hypothesis()], "models": [MODEL, "b/b", "reference/insider"]}
    found = {each.model: each for each in estimate(table, study(**asked)).contrasts if each.primary}
    assert {name: each.reference for name, each in found.items()} == {
        MODEL: False, "b/b": False, "reference/insider": True
    }  # fmt: skip
    assert found[MODEL].adjusted == pytest.approx(2 * found[MODEL].p)
    assert found["b/b"].answered == "open"


@pytest.mark.parametrize("primary", [True, False])
def test_reference_agents_neither_help_nor_hinder_models(primary: bool) -> None:
    models = [
        cell(5, 95, distractors="0"),
        cell(15, 85, threat="replacement", distractors="20"),
        cell(6, 94, threat="restriction", distractors="20"),
    ]
    fields = {
        "models": [MODEL, *INSIDERS],
        "factors": {"threat": ["none", *LEVELS[:2]]},
        "hypotheses": [
            hypothesis(level, compare={"threat": [level]}, against={"threat": ["none"]}) for level in LEVELS[:2]
        ]
        if primary
        else [],
    }
    alone = estimate(pl.concat(models), study(**{**fields, "models": [MODEL]}))
    beside = estimate(pl.concat([*models, *insiders()], how="diagonal_relaxed"), study(**fields))
    for kind in ("contrasts", "factor_models", "doses"):
        measured = [each for each in getattr(beside, kind) if not each.reference]
        assert measured == list(getattr(alone, kind)), kind
    planted = [each for each in beside.contrasts if each.reference and each.primary]
    assert [each.adjusted for each in planted] == holm([each.p for each in planted])


def test_numbers_are_in_their_order_whatever_the_study_lists_first() -> None:
    table = pl.concat([cell(5, 95, distractors=level) for level in ("20", "4", "100")])
    found = estimate(table, study(factors={"distractors": ["100", "4", "20"]}))
    assert [each.term for each in found.factor_models[0].effects] == ["distractors=20", "distractors=100"]
    assert {each.base for each in found.factor_models[0].effects} == {"4"}
