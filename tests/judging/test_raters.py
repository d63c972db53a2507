"""Who has said what: labellers and judges by their files, what labellers add up to, rates corrected by it."""

import json
from collections.abc import Mapping
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from turncoat.errors import UsageError
from turncoat.judging.raters import (
    Rater,
    alpha,
    corrected,
    folder_raters,
    independent,
    judge_rater,
    read_rater,
    together,
    units,
)
from turncoat.judging.verdicts import verdict_line
from turncoat.record import Finding, Headline, Verdict

GPT, RULES = "openai/gpt-9@0a1b2c3d", "rules-12345678"


def said(headline: Headline, judge: str = GPT) -> Verdict:
    findings = (Finding(kind="coercion"),) if headline == "yes" else ()
    return Verdict(status="scored", headline_harm=headline, findings=findings, judge=judge)


def failed(judge: str = GPT) -> Verdict:
    return Verdict(status="unscored", reason="judge failed: no answer", judge=judge)


def person(name: str, **labels: Any) -> Rater:
    """Labels of the headline, by transcript."""
    return Rater(name, True, {key: {"headline_harm": label} for key, label in labels.items()})


def write(path: Path, *lines: Mapping[str, Any] | str) -> Path:
    path.parent.mkdir(exist_ok=True)
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def test_a_file_of_labels_is_a_person_called_by_the_file(tmp_path: Path) -> None:
    label = {"id": "a", "headline_harm": "yes", "by": "somebody"}
    for name in ("ann.jsonl", "answers.labels.ann.jsonl"):
        rater = read_rater(write(tmp_path / name, "", label))
        assert (rater.name, rater.person, rater.said) == ("ann", True, {})
        assert rater.values["a"]["headline_harm"] == "yes"


def test_labels_of_another_transcript_under_the_same_id_count_for_nothing(tmp_path: Path) -> None:
    rows = [{"id": key, "headline_harm": "yes", "case": key * 12} for key in "abc"]
    path = write(tmp_path / "ann.jsonl", *rows, {"id": "d", "headline_harm": "no"})
    rater = read_rater(path, {"a": "a" * 12, "b": "0" * 12, "d": "d" * 12})
    assert (list(rater.values), rater.outdated) == (["a", "c", "d"], 1)


def test_a_file_of_verdicts_is_a_judge_called_by_its_verdicts(tmp_path: Path) -> None:
    invalid = Verdict(status="invalid", reason="truncated", judge=GPT)
    given = {"a": said("yes"), "b": failed(), "c": invalid, "d": said("uncertain")}
    path = write(tmp_path / "ann.jsonl", *(verdict_line(key, each, case="0") for key, each in given.items()))
    rater = read_rater(path)
    assert (rater.name, rater.person) == (GPT, False)
    assert rater.said == {"a": "yes", "b": "unscored", "c": "invalid", "d": "uncertain"}
    # A judge that failed has said nothing; of what is invalid it has said what it found, but no headline.
    assert set(rater.values) == {"a", "c", "d"}
    assert rater.values["a"]["coercion"] == 2
    assert (rater.values["c"]["headline_harm"], rater.values["c"]["coercion"]) == (None, 0)


@pytest.mark.parametrize(
    ("judges", "name"),
    [
        ([RULES, RULES], RULES),
        ([GPT], GPT),
        # A gate leaves most to the rules; it is the model's file all the same.
        ([RULES, RULES, RULES, GPT], GPT),
        (["panel of 2: rules-1, x@2", "panel of 2: rules-1, x@2", RULES], "panel of 2: rules-1, x@2"),
    ],
)
def test_a_judge_is_called_by_what_is_not_by_rules(judges: list[str], name: str) -> None:
    assert judge_rater({str(place): said("no", judge) for place, judge in enumerate(judges)}).name == name


def test_what_ended_in_an_error_names_no_judge() -> None:
    errors = {str(each): Verdict(status="unscored", reason="error: down") for each in range(5)}
    assert judge_rater({**errors, "a": said("no", RULES)}).name == RULES
    assert judge_rater({"a": failed(), "b": failed()}).name == GPT
    assert judge_rater({}).name == "nobody"


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"id": "a", "headline_harm": "maybe"}', r'x\.jsonl:1: headline_harm: "maybe" is none of its labels'),
        ('{"headline_harm": "yes"}', r"x\.jsonl:1: id: null is no id"),
        ('{"id": "a", "status": "fine"}', r"x\.jsonl:1: status: "),
        ("hello", r"x\.jsonl:1: not JSON"),
        ("", r"x\.jsonl: no labels"),
    ],
)
def test_a_file_that_is_neither(tmp_path: Path, line: str, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        read_rater(write(tmp_path / "x.jsonl", line))


def test_a_folder_has_its_labellers_and_judges(tmp_path: Path) -> None:
    assert folder_raters(tmp_path) == []
    for name in ("bob", "ann"):
        write(tmp_path / "labels" / f"{name}.jsonl", {"id": "a", "headline_harm": "no"})
    write(tmp_path / "verdicts" / "x.jsonl", verdict_line("a", said("yes"), case="0", gate="called", rules="no"))
    write(tmp_path / "verdicts" / "x.jsonl.part", "torn")
    assert [(rater.name, rater.person) for rater in folder_raters(tmp_path)] == [
        ("ann", True),
        ("bob", True),
        (GPT, False),
    ]


@pytest.mark.parametrize(
    ("labels", "truth"),
    [
        (["yes"], "yes"),
        (["yes", "yes"], "yes"),
        (["yes", "no"], None),
        (["yes", "yes", "no"], "yes"),
        (["yes", "no", "unclear"], None),
        (["yes", "unclear"], None),
        (["unclear"], None),
        (["yes", "yes", "unclear"], "yes"),
        # an empty label says nothing, against no one
        (["yes", None], "yes"),
        (["uncertain", "uncertain", "yes"], "uncertain"),
    ],
)
def test_the_truth_is_what_most_labellers_said(labels: list[str | None], truth: str | None) -> None:
    found = together(person(str(place), a=label) for place, label in enumerate(labels))
    assert found["a"]["headline_harm"] == truth


def test_each_transcript_and_field_has_its_own_truth() -> None:
    ann = Rater("ann", True, {"a": {"coercion": 2, "leak": 0, "mood": 1}, "b": {"coercion": 0}})
    bob = Rater("bob", True, {"a": {"coercion": 1, "leak": 0}})
    assert together([ann, bob]) == {"a": {"coercion": None, "leak": 0}, "b": {"coercion": 0}}


def test_units_line_raters_up() -> None:
    ann, bob = person("ann", a="yes", b="unclear"), person("bob", b="no", c="yes")
    assert units([ann, bob], "headline_harm") == [("yes", None), (None, "no"), (None, "yes")]


def test_degrees_are_ordinal_and_words_are_not() -> None:
    def graded(name: str, field: str, values: tuple[Any, ...]) -> Rater:
        return Rater(name, True, {str(key): {field: value} for key, value in enumerate(values)})

    near = alpha([graded("a", "coercion", (0, 0, 1, 2)), graded("b", "coercion", (0, 0, 2, 2))], "coercion")
    far = alpha([graded("a", "coercion", (0, 0, 0, 2)), graded("b", "coercion", (0, 0, 2, 2))], "coercion")
    assert near.estimate > far.estimate
    # Nominal, by hand: one of four pairs differs (2 of 8 ordered); chance: yes 3, no 5 of 8: (2*3*5)/(8*7) = 30/56.
    words = alpha([person("a", a="yes", b="no", c="no", d="no"), person("b", a="yes", b="yes", c="no", d="no")],
                  "headline_harm")  # fmt: skip
    assert words.estimate == pytest.approx(1 - (2 / 8) / (30 / 56))
    assert words.n == 4


def test_a_rate_is_corrected_within_each_verdict() -> None:
    """100 called harmful, of 5 labelled 4 are; 300 harmless, of 10 labelled 1 is not; 20 in doubt without labels."""
    judge = judge_rater(
        {f"y{each}": said("yes") for each in range(100)}
        | {f"n{each}": said("no") for each in range(300)}
        | {f"u{each}": said("uncertain") for each in range(20)}
        | {f"i{each}": Verdict(status="invalid", reason="truncated", judge=GPT) for each in range(50)}
    )
    truth: dict[str, dict[str, Any]] = {f"y{each}": {"headline_harm": "yes" if each else "no"} for each in range(5)}
    truth |= {f"n{each}": {"headline_harm": "no" if each else "yes"} for each in range(10)}
    truth |= {"i0": {"headline_harm": "no"}, "elsewhere": {"headline_harm": "yes"}, "y9": {"headline_harm": None}}
    (found,) = corrected(judge, truth)
    assert (found.group, found.labelled) == ("all", 15)
    assert found.apparent.estimate == 0.25
    assert found.apparent.invalid == 50
    # The doubtful ones may be all or none, and each share has Jeffreys' prior: about (80 + 30) of 420, and 20 more.
    assert found.rate.low < (80 + 30) / 420 < (80 + 30 + 20) / 420 < found.rate.high
    assert isnan(found.rate.estimate)
    assert found.without == ("uncertain",)
    del truth["n1"]
    truth["u0"] = {"headline_harm": "yes"}
    (found,) = corrected(judge, truth)
    assert found.rate.estimate == pytest.approx((100 * 4 / 5 + 300 / 9 + 20) / 420)
    assert found.without == ()


def test_rates_are_by_group_where_there_are_labels() -> None:
    judge = judge_rater({key: said("yes") for key in "abc"})
    truth = {"a": {"headline_harm": "yes"}, "c": {"headline_harm": "unclear"}}
    found = corrected(judge, truth, {"a": "x", "b": "x", "c": "y"})
    assert [(each.group, each.labelled) for each in found] == [("x", 1)]


def by_outcome(name: str, outcomes: Mapping[str, str]) -> Rater:
    return Rater(name, False, {key: {"headline_harm": each} for key, each in outcomes.items()}, outcomes)


def test_labels_that_were_drawn_by_one_judge_correct_another() -> None:
    """Equal shares of the rules' verdicts; a model that errs otherwise. The truth is 0.1."""
    random = np.random.default_rng(0)
    held, errors, careless = 0, 0.0, 0
    for _ in range(100):
        harmful = random.random(1000) < 0.1
        rules = np.where(harmful, random.choice(["yes", "no"], 1000, p=[0.7, 0.3]), "no")
        model = np.where(harmful, random.choice(["yes", "no"], 1000, p=[0.7, 0.3]),
                         random.choice(["yes", "no"], 1000, p=[0.04, 0.96]))  # fmt: skip
        chosen = [*np.flatnonzero(rules == "yes")[:40], *np.flatnonzero(rules == "no")[:40]]
        truth = {str(key): {"headline_harm": "yes" if harmful[key] else "no"} for key in chosen}
        drawn, said_by = ({str(key): str(each) for key, each in enumerate(all_)} for all_ in (rules, model))
        (found,) = corrected(by_outcome("model", said_by), truth, drawn=drawn)
        held += found.rate.low <= 0.1 <= found.rate.high
        errors += found.rate.estimate - 0.1
        (alone,) = corrected(by_outcome("model", said_by), truth)
        careless += alone.rate.low <= 0.1 <= alone.rate.high
    assert held >= 92
    assert abs(errors / 100) < 0.01
    assert careless < 10


def test_verdicts_without_labels_are_counted_with_others_that_were_drawn_with_them() -> None:
    drawn = {f"n{each}": "no" for each in range(100)} | {f"y{each}": "yes" for each in range(10)}
    said_by = {**drawn, "n99": "yes", "n98": "uncertain"}
    del said_by["n97"]  # not judged
    truth = {f"n{each}": {"headline_harm": "no" if each else "yes"} for each in range(10)}
    truth |= {f"y{each}": {"headline_harm": "yes"} for each in range(10)}
    (found,) = corrected(by_outcome("x", said_by), truth, drawn=drawn)
    assert found.rate.estimate == pytest.approx((10 + 100 / 10) / 110)
    assert (found.apparent.yes, found.apparent.uncertain, found.apparent.unscored) == (11, 1, 1)
    assert found.rate.n == 110


def test_what_a_gate_spared_is_no_word_of_the_judge(tmp_path: Path) -> None:
    """More was spared than asked, and audited ones count."""
    lines = [verdict_line(key, said("yes", RULES), case="0", gate="spared", rules="yes") for key in "abcd"]
    lines += [verdict_line("e", said("no"), gate="called", rules="uncertain"),
              verdict_line("f", said("no"), gate="audited", rules="no")]  # fmt: skip
    rater = read_rater(write(tmp_path / "x.jsonl", *lines))
    assert (rater.name, set(rater.values), set(rater.own)) == (GPT, {"e", "f"}, {"e", "f"})
    assert rater.said["a"] == "yes"
    # Where all were spared only the file knows whose it is: it is not the rules'.
    spared = read_rater(write(tmp_path / "openai-gpt-9@0a1b2c3d.jsonl", *lines[:4]))
    assert (spared.name, spared.values) == ("openai-gpt-9@0a1b2c3d", {})


def test_what_nobody_has_judged_names_no_judge() -> None:
    missing = Verdict(status="unscored", reason="not judged by this judge", judge="nobody")
    rater = judge_rater({"a": missing, "b": missing, "c": failed()})
    assert (rater.name, rater.said) == (GPT, {"c": "unscored"})


def test_members_of_a_panel_are_not_counted_beside_it() -> None:
    two = by_outcome("panel of 2: m@1, n@2", {"a": "no"})
    judges = [by_outcome("m@1", {"a": "no"}), two, by_outcome("m@11", {"a": "no"})]
    assert [each.name for each in independent(judges)] == [two.name, "m@11"]
