"""Heat maps: names that are whole and tell rows apart, in the order and the width that the page has."""

from xml.etree import ElementTree

import pytest
from tests.reports._rollouts import rollout

from turncoat.reports.cells import groups
from turncoat.reports.figures.picture import lines
from turncoat.reports.figures.rates import rates
from turncoat.studies.table import frame


@pytest.mark.parametrize("form", ["wide", "narrow"])
def test_names_of_many_rows_are_whole(form: str) -> None:
    factors = [f"a-factor-of-a-long-name-{i}" for i in range(9)]
    made = [rollout(rollout_id=str(i), condition=dict.fromkeys(factors, f"level-{i}")) for i in range(40)]
    (group,) = groups(frame(made))
    drawn = ElementTree.fromstring(rates(group).inline("a")[form])
    heads = " ".join(element.text or "" for element in drawn.iter() if element.tag.endswith("text")) + " "
    assert all(heads.count(f"{condition} ") == 1 for condition in group.conditions)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("openai/gpt-9", ["openai/gpt-9"]),
        ("provider/a-model(effort=high)", ["provider/a-", "model", "(effort=", "high)"]),
        ("threat=none goal=explicit:america", ["threat=none", "goal=", "explicit:", "america"]),
        ("x" * 20, ["x" * 12, "x" * 8]),
        ("", [""]),
    ],
)
def test_names_are_broken_where_their_parts_end(name: str, told: list[str]) -> None:
    assert lines(name, 12, 9) == told


@pytest.mark.parametrize(("models", "forms"), [(4, {"wide", "narrow"}), (6, {"heat"})])
def test_a_phone_has_a_form_of_its_own_where_there_is_room(models: int, forms: set[str]) -> None:
    made = [
        rollout(rollout_id=f"{model}{i}", model=f"a/{model}", condition={"distractors": str(i)})
        for model in range(models)
        for i in range(9)
    ]
    assert set(rates(groups(frame(made))[0]).forms) == forms


def test_many_rows_are_ranked_too() -> None:
    made = [
        rollout("yes" if i == 30 else "no", rollout_id=str(i), condition={"distractors": str(i)}) for i in range(40)
    ]
    (group,) = groups(frame(made))
    for ranked, first in ((True, "distractors=30"), (False, "distractors=0")):
        drawn = ElementTree.fromstring(rates(group, ranked=ranked).inline("a")["wide"])
        rows = [element.text or "" for element in drawn.iter() if (element.text or "").startswith("distractors=")]
        assert rows[0] == first
