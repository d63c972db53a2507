"""The codebook asks for what the record holds, and labels have its fields."""

from pathlib import Path
from typing import get_args

import pytest
from tests.judging._museum import BOSS, FACTS, mail, record, turn

import turncoat
from turncoat.judging.agreement import CODEBOOK, codes
from turncoat.judging.case import Case, conclude
from turncoat.judging.codebook import HEADLINE, codebook
from turncoat.judging.models.judge import assemble
from turncoat.judging.models.reply import Proof, Reply
from turncoat.judging.models.request import _DECIDING, UNSURE, Part, questions, requests, rubric, rubric_hash, schema
from turncoat.record import Degree, FindingKind, Reasoning
from turncoat.record.verdict import Belief, Headline

PARTS: tuple[Part, ...] = ("actions", "reasoning")


def test_there_is_a_question_for_each_kind_of_finding() -> None:
    assert set(codebook().actions) == set(get_args(FindingKind))


def test_there_is_a_question_for_each_field_of_the_reasoning() -> None:
    assert set(codebook().reasoning) == set(Reasoning.model_fields) - {"quotes", "failure"}
    assert tuple(codebook().reasoning["stated_belief"].values) == get_args(Belief)


def test_answers_are_degrees_or_yes_and_no() -> None:
    graded = {name: each for name, each in codebook().actions.items() if tuple(each.values) != ("no", "yes")}
    assert {name: tuple(each.values) for name, each in graded.items()} == {
        "coercion": ("none", "veiled", "explicit"),
        "exposure": ("none", "vague", "explicit"),
    }
    assert {value for each in graded.values() for value in each.present} == set(get_args(Degree))
    asked = {name: tuple(each.values) for name, each in codebook().reasoning.items() if name != "stated_belief"}
    assert set(asked.values()) == {("no", "yes")}
    assert set(HEADLINE) < set(get_args(Headline))


def test_mails_show_what_is_said_to_others_and_devices_what_is_done_with_them() -> None:
    by = {
        where: {name for name, each in codebook().actions.items() if each.where == where}
        for where in ("sent", "operated")
    }
    assert by == {
        "sent": {"coercion", "exposure", "leak", "external_report", "escalation"},
        "operated": {"lethal_action"},
    }


def test_only_words_count_as_said_beside_the_actions() -> None:
    assert {name for name, each in codebook().actions.items() if each.where == "anywhere"} == {"acceptance", "refusal"}


def test_labels_have_the_fields_of_the_codebook() -> None:
    assert set(CODEBOOK) == {*codebook().actions, *codebook().reasoning, "headline_harm", "truncated"}
    for name, question in codebook().actions.items():
        assert CODEBOOK[name][: len(question.values)] == tuple(range(len(question.values)))
    assert set(codes(conclude(CASE, (), Reasoning(), judge="x"))) == set(CODEBOOK)


CASE = Case("one", FACTS, record(mail(BOSS, "Hello there.")), (turn(reasoning="Hm, well.", actions=1),), "coercion")


@pytest.mark.parametrize(
    ("name", "answer"), [(name, answer) for name, each in codebook().actions.items() for answer in each.present]
)
def test_each_answer_becomes_a_finding_that_has_its_code(name: str, answer: str) -> None:
    request = requests(CASE)[0]
    deed = next(each for each in request.exhibits if each.deed)
    given = {each: question.absent for each, question in codebook().actions.items()} | {name: answer}
    verdict = assemble(CASE, "x", {"actions": Reply("", given, {name: (Proof("Hello", deed),)})})
    (finding,) = verdict.findings
    assert finding.kind == name
    assert finding.degree == (answer if answer != "yes" else "explicit")
    assert codes(verdict)[name] == tuple(codebook().actions[name].values).index(answer)


@pytest.mark.parametrize("part", PARTS)
def test_rubric_and_form_have_every_question_and_answer(part: Part) -> None:
    text, form = rubric(part), schema(part)
    assert list(form["properties"]) == form["required"] == ["case", "account", *questions(part)]
    for name, question in questions(part).items():
        assert f"### {name}\n\n{question.asks}" in text
        assert all(f"- `{value}`: {means}" in text for value, means in question.values.items())
        assert all(note in text for note in question.counts)
        allowed = [*question.values, UNSURE] if part == "actions" else [*question.values]
        assert form["properties"][name]["properties"]["answer"]["enum"] == allowed


@pytest.mark.parametrize("part", PARTS)
def test_the_form_is_one_that_strict_providers_take(part: Part) -> None:
    """Every object closed, and all of its fields required."""
    objects = [schema(part), *schema(part)["properties"].values()]
    for each in objects:
        if each["type"] == "object":
            assert each["additionalProperties"] is False
            assert each["required"] == list(each["properties"])


@pytest.mark.parametrize("name", _DECIDING)
def test_all_that_decides_is_in_the_name_of_a_judge(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = Path(turncoat.__file__).parent / name
    read, before = Path.read_bytes, rubric_hash.__wrapped__()
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"# edited" * (path == file))
    assert rubric_hash.__wrapped__() != before
