"""The studies in the package: each loads, has cells, can be answered, and names where it comes from."""

import re

import jsonschema
import pytest
import yaml

from turncoat.reference import entries
from turncoat.scenarios import folders
from turncoat.scenarios.yaml import load
from turncoat.stats.power import power
from turncoat.studies.design.cells import design
from turncoat.studies.rule import Contrasts, Decide, most
from turncoat.studies.study import Hypothesis, Side, Study, schema
from turncoat.studies.study_file.read import load_study, ready_studies

NAMES = sorted(ready_studies())
MODELS = 4  # as many at once must still have their answers: Holm's correction grows with them


@pytest.fixture(scope="module")
def studies() -> dict[str, Study]:
    return {name: load_study(name) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_ready_study_has_its_name_cells_and_a_question(name: str, studies: dict[str, Study]) -> None:
    study = studies[name]
    assert study.study == name
    assert name not in folders()
    assert study.question.endswith("?")
    assert study.about
    found = design(study)
    assert found.cells
    assert found.left_out == ()


@pytest.mark.parametrize("name", NAMES)
def test_every_hypothesis_has_the_power_for_what_it_claims(name: str, studies: dict[str, Study]) -> None:
    study = studies[name]
    family = max(1, len(study.hypotheses) * len(study.scenarios) * MODELS)
    looks = study.sampling.looks if isinstance(study.sampling, Contrasts) else 1
    for each in study.hypotheses:
        assert not isinstance(study.sampling, Decide)
        sizes = [_cells(study, side) * most(study.sampling) for side in (each.compare, each.against)]
        found = power(each.base, _by(each), *sizes, alpha=0.05 / family, looks=looks)
        assert found >= 0.8, f"{each.name}: {found:.2f}"


def _by(hypothesis: Hypothesis) -> float:
    return -hypothesis.by if hypothesis.expect == "less" else hypothesis.by


def _cells(study: Study, side: Side) -> int:
    """How many cells of one scenario a side has."""
    found = 0
    for cell in design(study).cells:
        levels = {**cell.condition, "scenario": cell.pack.name, "interface": cell.interface, "arm": cell.arm}
        within = all(any(levels[key] == v or levels[key].startswith(f"{v}:") for v in side[key]) for key in side)
        found += within and cell.pack.name == study.scenarios[0]
    return found


def test_every_published_figure_is_in_a_study_that_says_what_differs(studies: dict[str, Study]) -> None:
    assert {each for study in studies.values() for each in study.published} == {*entries()}
    for study in studies.values():
        sources = {entries()[each].source for each in study.published}
        assert sources <= {*study.sources}, study.study
        assert bool(study.differs) >= bool(study.published), study.study


@pytest.mark.parametrize("name", NAMES)
def test_a_ready_study_agrees_with_the_schema_for_editors(name: str) -> None:
    data = load(ready_studies()[name], name).data
    jsonschema.validate(data, schema())


def test_the_schema_refuses_what_the_loader_refuses() -> None:
    checks = jsonschema.Draft202012Validator(schema())
    good = {"study": "any", "question": "?", "scenarios": "blackmail"}
    assert not list(checks.iter_errors(good))
    for wrong in (
        {"stud": 1},
        {"design": "ful"},
        {"sampling": {"rule": "width", "cap": 5}},
        {"factors": {"threat": []}},
    ):
        assert list(checks.iter_errors({**good, **wrong})), wrong
    for shorter in ({"factors": {"distractors": 4}}, {"models": ["a/b", {"name": "a/c"}]}, {"surfaces": {"repeat": 3}}):
        assert not list(checks.iter_errors({**good, **shorter})), shorter


def test_every_field_is_described_in_the_schema() -> None:
    found = schema()
    parts = {"Study": found, **found["$defs"]}
    silent = [f"{name}.{field}" for name, part in parts.items() for field, about in part["properties"].items()
              if not about.get("description")]  # fmt: skip
    assert silent == []


def test_ready_studies_are_our_own_words() -> None:
    for path in ready_studies().values():
        text = path.read_text(encoding="utf-8")
        assert yaml.safe_load(text)
        assert not re.search(r"[^\x00-\x7f]", text), path.name
