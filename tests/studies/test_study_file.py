"""Every mistake in a study file is said with its line and a remedy; all of them at once."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.errors import PackError, Problem, UsageError
from turncoat.scenarios.yaml import located
from turncoat.studies.design.cells import design
from turncoat.studies.rule import Fixed, Width
from turncoat.studies.study import Repeated, Study
from turncoat.studies.study_file.read import load_study, read_study

GOOD = Path(__file__).with_name("good_study.yaml").read_text(encoding="utf-8")
MISTAKES = yaml.safe_load(Path(__file__).with_name("mistakes_in_studies.yaml").read_text(encoding="utf-8"))


def changed(edits: list[tuple[str, str]]) -> str:
    """The good file with lines replaced, each of which must be there."""
    text = GOOD
    for old, new in edits:
        assert f"{old}\n" in text, old
        text = text.replace(f"{old}\n", f"{new}\n" if new else "", 1)
    return text


def problems(text: str, folder: Path) -> list[tuple[int, str]]:
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_study(str(file))
    assert {each.file for each in caught.value.problems} == {str(file)}
    return [(each.line, each.message) for each in caught.value.problems]


def test_the_good_file_is_good(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(GOOD, encoding="utf-8")
    study = load_study(str(file))
    assert (study.study, len(design(study).cells)) == ("mine", 4)


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case["what"])
def test_a_mistake_is_said_with_line_and_remedy(case: dict[str, Any], tmp_path: Path) -> None:
    text = case.get("file") or changed([(edit["from"], edit["to"]) for edit in case["edits"]])
    line = next((number for number, each in enumerate(text.splitlines(), 1) if "# here" in each), 1)
    ((found, message),) = problems(text, tmp_path)
    assert found == line, message
    assert [words for words in case["says"] if words not in message] == [], message


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    again = "  - {name: again, says: More., compare: {threat: gone}, against: {exits: ally}}\n"
    text = changed(
        [
            ("study: mine", "study: lethal"),
            ("    by: 0.3", "    by: 3"),
            ("scenarios: [blackmail]", f"{again}scenarios: [blackmail]"),
            ("arms: [none]", "arms: [gate]"),
            ("models: [openai/gpt-5.4]", "models: [gpt]"),
            ("  threat: [none, replacement]", "  threat: [none, replacment]"),
            ("sampling: {rule: contrasts, looks: 4, cap: 100}", "sampling: {rule: contrasts, looks: 4, cup: 100}"),
            ("judge: rules", "judge: gpt"),
        ]
    )
    found = problems(text, tmp_path)
    assert [line for line, _ in found] == sorted(line for line, _ in found)
    assert [message.partition(":")[0] for _, message in found] == [
        "study",
        "hypotheses.0.by",
        "hypotheses.1.compare.threat.0",
        "hypotheses.1.against.exits.0",
        "models.0",
        "arms.0",
        "factors.threat.1",
        "judge.0",
        "sampling.cup",
    ]


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 300), st.floats(-2, 2), st.sampled_from(["", " ", "explicit"]),
    st.lists(st.sampled_from(["threat", "none", 4, ["goal"]]), max_size=3),
    st.dictionaries(st.sampled_from(["threat", "rule", "name", 7]), st.sampled_from(["none", 4, []]), max_size=2),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_stands_in_a_file_is_a_study_or_a_list_of_problems(data: st.DataObject) -> None:
    content = yaml.safe_load(GOOD)
    for _ in range(data.draw(st.integers(1, 3))):
        part, key = content, data.draw(st.sampled_from([*content, "other"]))
        while isinstance(part.get(key) if isinstance(part, dict) else part[key], dict | list) and data.draw(
            st.booleans()
        ):
            part = part[key]
            if not part:
                break
            key = data.draw(st.sampled_from(list(part) if isinstance(part, dict) else list(range(len(part)))))
        if part or isinstance(part, dict):
            part[key] = deepcopy(data.draw(JUNK))  # what was drawn must not be changed by the next one
    file = located(yaml.safe_dump(content), "any.yaml")
    try:
        study = read_study(file)
    except PackError as error:
        said = error.problems
    else:
        said = (Problem("", 1, "none"),) * len(design(study).cells)
    assert said
    assert all(each.line >= 1 and each.message for each in said)


def test_an_empty_file_needs_three_fields(tmp_path: Path) -> None:
    assert [message.partition(":")[0] for _, message in problems("\n", tmp_path)] == ["study", "question", "scenarios"]


@pytest.mark.parametrize("name", ["no-such-study", "blackmail"])
def test_a_study_that_there_is_not(name: str) -> None:
    with pytest.raises(UsageError, match=rf"Unknown study '{name}'.*ends in .yaml"):
        load_study(name)


def test_a_file_that_there_is_not(tmp_path: Path) -> None:
    for name, words in (("none.yaml", "is missing"), ("folder.yaml", "not a plain file")):
        (tmp_path / "folder.yaml").mkdir(exist_ok=True)
        with pytest.raises(PackError, match=words):
            load_study(str(tmp_path / name))


def test_what_may_be_written_shorter(tmp_path: Path) -> None:
    file = tmp_path / "short.yaml"
    file.write_text(
        "study: short\nquestion: Is it so?\nscenarios: blackmail\n"
        "factors: {distractors: [4, 40], scratchpad: [on, off]}\n"
        "models: [{name: reference/insider, arguments: {p: 0.5}}, reference/loyal]\nsurfaces: {repeat: 5}\n"
        "sampling: {rule: fixed, samples: 20}\njudge: [rules, openai/gpt-5.4-mini]\n",
        encoding="utf-8",
    )
    study = load_study(str(file))
    assert study.factors == {"distractors": ("4", "40"), "scratchpad": ("on", "off")}
    assert [model.name for model in study.models] == ["reference/insider", "reference/loyal"]
    assert study.surfaces == Repeated(repeat=5)
    assert study.sampling == Fixed(rule="fixed", samples=20)
    assert Study.model_validate(study.model_dump()) == study
    assert Study(study="x", question="y", scenarios=("blackmail",)).sampling == Width()


def test_one_model_with_other_arguments_is_another_model() -> None:
    models = (
        "models: [{name: openai/gpt-5.4, arguments: {effort: low}}, {name: openai/gpt-5.4, arguments: {effort: high}}]"
    )
    edits = [
        ("models: [openai/gpt-5.4]", models),
        ("    compare: {threat: replacement}", "    compare: {model: openai/gpt-5.4(effort=high)}"),
        ("    against: {threat: none}", "    against: {model: openai/gpt-5.4(effort=low)}"),
    ]
    assert read_study(located(changed(edits), "any.yaml")).hypotheses[0].compare
    both = [*edits[:2], ("    against: {threat: none}", "    against: {model: openai/gpt-5.4}")]
    with pytest.raises(PackError, match="both sides select"):
        read_study(located(changed(both), "any.yaml"))


def test_there_are_enough_mistakes() -> None:
    assert len(MISTAKES) >= 40


def test_surfaces_that_repeat_are_no_evidence_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "short.yaml"
    file.write_text(
        "study: short\nquestion: Is it so?\nscenarios: blackmail\nsurfaces:\n  repeat: 5\n"
        "sampling: {rule: decide, below: 0.01, above: 0.05, cap: 400}\n",
        encoding="utf-8",
    )
    with pytest.raises(PackError, match=r"short.yaml:5: .*write `surfaces: fresh`"):
        load_study(str(file))
