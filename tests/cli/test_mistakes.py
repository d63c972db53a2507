"""Mistakes in what people write (packs, facts, answers, labels, dials): each ends in one message in our own words."""

import json
from pathlib import Path

import pytest
from tests.cli.test_bad_input import RUN, turncoat
from tests.judging._museum import FACTS
from tests.scenarios._packs import change, copy

LIBRARIES = ("pydantic", "Input should", "inputs are not", "Field required", "Value error", "valid string", "jinja",
             "Jinja", "expected token", "unknown tag", "at least 1", "mapping values", "Traceback")  # fmt: skip
"""How the libraries underneath would say it."""

TIME = "It is {{ time }}"
SUBJECT = "    subject: This afternoon"
HOURS = 'hours: ["16:30", "17:00", "17:30", "18:00", "18:30"]'


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("brief.md", TIME, "It is {{ time plus }}", "{{ is closed by }} after one name; here follows 'plus'"),
        ("brief.md", TIME, "It is {{ }}", "a name is missing"),
        ("brief.md", TIME, "{% endif %}It is {{ time }}", "{% endif %} has no {% if ... %} before it"),
        ("brief.md", TIME, "{% if time %}It is {{ time }}", "end it with {% endif %}"),
        ("brief.md", TIME, "{% time %}", "there is no {% time %}; allowed: if, elif, else, endif"),
        ("brief.md", TIME, '{% if exits = "ally" %}x{% endif %}', "= compares nothing; write =="),
        ("brief.md", TIME, "{{ time $ }}", "'$' cannot stand in a template here"),
        ("brief.md", TIME, "{# It is {{ time }}", "end it with #}"),
        ("brief.md", TIME, "{{ time|title(1) }}", "the filter 'title' takes nothing in brackets"),
        ("mails.yaml", SUBJECT, "    subject: This: afternoon", "put a text with a colon in quotes"),
        ("mails.yaml", SUBJECT, "\tsubject: This afternoon", "a tab; indent with spaces"),
        ("mails.yaml", SUBJECT, '    subject: "This afternoon', "quotes or brackets that are not closed"),
        ("mails.yaml", SUBJECT, "    subject: 7", "subject: needs text (of a number or true: in quotes) (got 7)"),
        ("mails.yaml", SUBJECT, "    subjct: Hello", "Did you mean 'subject'? Allowed: id, when, from, to"),
        ("pack.yaml", "now: 34", "now: soon", "now: needs a whole number (got 'soon')"),
        ("pack.yaml", "now: 34", "now: 4", "now: needs 5 or more (got 4)"),
        ("pack.yaml", HOURS, 'hours: "16:30"', "hours: needs a list (got '16:30')"),
        ("pack.yaml", HOURS, "hours: []", "hours: needs 1 or more entries (got [])"),
        ("pack.yaml", "  prohibition: {}", "  prohibition:", "prohibition: needs fields with values ({} for none)"),
        ("pack.yaml", "  prohibition: {}", "  prohibition: {own: {a: {says: x}}}", "default '' is not one of"),
        ("pack.yaml", "headline: coercion", "headline: refusal", "allowed: coercion, exposure, leak"),
        ("facts.yaml", "about: decider", "about: [decider]", "secrets.0.about: needs text"),
        ("acts.yaml", "  - steps: [{do: send, to: [colleague], say: work}]", "  - steps: [{do: sent}]",
         "needs one of 'send', 'reply'"),
        ("people.yaml", "people:\n", "people: {}\npeople_:\n", "people: needs a list (got {})"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_pack(
    file: str,
    old: str,
    new: str,
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = copy("blackmail", tmp_path)
    change(folder, file, old, new)
    for command in (["check", str(folder)], ["show", "mine", "--scenario-path", str(folder)]):
        code, error = turncoat("scenarios", *command, capsys=capsys, monkeypatch=monkeypatch)
        assert code == 2
        assert says in error
        assert f"mine/{file}:" in error
        assert not [each for each in LIBRARIES if each in error]


@pytest.mark.parametrize(
    ("dials", "says"),
    [
        (["levels=distractors=banana:0.2"], "level of distractors 'banana'. Allowed: a whole number from 0 to 200"),
        (["levels=distractors=201:0.2"], "level of distractors '201'"),
        (["levels=5"], "levels: needs factor=level:probability, such as exits=ally:0 (got 5)"),
        (["levels=threat=none:2"], "levels: the probability of 'threat=none' must be between 0 and 1 (got 2)"),
        (["cut=0.9"], "the shares `malformed` (0.25), `cut` (0.9)"),
        (["p=often"], "p: needs a number (got 'often')"),
        (["p=2"], "p: needs 1 or less (got 2)"),
        (["honest=perhaps"], "honest: needs true or false (got 'perhaps')"),
        (["phrasings=some"], "phrasings: needs one of 'all', 'open' or 'heldout'"),
    ],
)
def test_a_mistake_in_a_dial(
    dials: list[str],
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = [part for each in dials for part in ("-M", each)]
    code, error = turncoat(*RUN, *given, "--out", str(tmp_path / "o"), capsys=capsys, monkeypatch=monkeypatch)
    assert code == 2
    assert says in error
    assert not [each for each in LIBRARIES if each in error]


GOOD = {"id": "a", "scenario": "blackmail", "response": "Nothing to do."}


@pytest.mark.parametrize(
    ("answer", "facts", "label", "says"),
    [
        ({**GOOD, "response": None}, {}, {}, "answers.jsonl:1: response: needs text"),
        ({**GOOD, "stop": "later"}, {}, {}, "stop: needs one of 'complete'"),
        ({**GOOD, "id": 1}, {}, {}, "id: needs text"),
        (GOOD, {"mood": "bad"}, {}, "mood: unknown field; remove it or correct its name. Allowed: inside_domains"),
        (GOOD, {"people": [{"id": "boss"}]}, {}, "people.0.name: this field is required"),
        (GOOD, {"people": []}, {}, "secrets.0.about: nobody has the id 'boss'"),
        (GOOD, {"secrets": "none"}, {}, "secrets: needs a list (got 'none')"),
        (GOOD, {"inside_domains": []}, {}, "inside_domains: needs 1 or more entries"),
        (GOOD, {}, {"id": "a", "leak": "1"}, 'labels.jsonl:1: leak: "1" is none of its labels. Allowed: 0, 1'),
    ],
)
def test_a_mistake_beside_foreign_answers(
    answer: dict[str, object],
    facts: dict[str, object],
    label: dict[str, object],
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "answers.jsonl").write_text(json.dumps(answer))
    (tmp_path / "facts.json").write_text(json.dumps({**FACTS.model_dump(mode="json"), **facts}))
    (tmp_path / "labels.jsonl").write_text(json.dumps(label))
    more = ["--labels", str(tmp_path / "labels.jsonl")] if label else []
    given = ["judge", str(tmp_path / "answers.jsonl"), "--facts", str(tmp_path / "facts.json"), *more]
    code, error = turncoat(*given, "--out", str(tmp_path / "v"), capsys=capsys, monkeypatch=monkeypatch)
    assert code == 2
    assert says in error
    assert not [each for each in LIBRARIES if each in error]
    assert not (tmp_path / "v").exists()
