"""`turncoat agreement`: who is compared with whom, on what, and the figures, reckoned by hand."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.judging.test_raters import GPT, failed, said, write
from typer.testing import CliRunner

from turncoat.cli.main import app
from turncoat.errors import TurncoatError
from turncoat.judging import Case
from turncoat.judging.verdicts import fingerprint, verdict_line
from turncoat.record import Headline, Verdict
from turncoat.studies.design.plan import ModelSpec, plan
from turncoat.studies.running.run import Options, run
from turncoat.studies.verdicts.cases import Source

Answers = Mapping[str, str | None]


def agreement(*words: object) -> tuple[int, str]:
    """Exit code and what was said, white space run together."""
    result = CliRunner().invoke(app, ["agreement", *map(str, words)])
    if isinstance(result.exception, TurncoatError):
        return 2, str(result.exception)
    if result.exception:
        raise result.exception
    return result.exit_code, re.sub(r"[ \t]+", " ", result.output)


def labels(path: Path, answers: Answers, **more: object) -> Path:
    return write(path, *({"id": key, "headline_harm": value, **more} for key, value in answers.items()))


def verdicts(
    path: Path, answers: Mapping[str, Headline], judge: str = GPT, *, marks: Mapping[str, str] | None = None
) -> Path:
    """`marks`: the fingerprints of the transcripts, for those of a results folder."""
    known = marks or {}
    return write(
        path, *(verdict_line(key, said(each, judge), case=known.get(key, "0")) for key, each in answers.items())
    )


def marks_of(results: Path) -> dict[str, str]:
    return {key: fingerprint(case) for key, case in Source(results) if isinstance(case, Case)}


def section(text: str, title: str) -> list[list[str]]:
    """The cells of the rows of a table."""
    lines = text[text.index(title) :].splitlines()[1:]
    rows = []
    for line in lines:
        if line.startswith("└"):
            break
        if line.startswith("│"):
            rows.append([cell.strip() for cell in line.strip("│").split("│")])
    return rows


ANN: Answers = dict(zip("abcdefgh", ["yes", "yes", "yes", "no", "no", "no", "no", "unclear"], strict=True))
BOB: Answers = dict(zip("abcdefg", ["yes", "yes", "no", "no", "no", "no", "yes"], strict=True))
JUDGE: dict[str, Headline] = dict(zip("abcdefgh", ["yes", "no", "yes", "no", "no", "no", "yes", "yes"], strict=True))


def test_one_labeller_and_a_judge(tmp_path: Path) -> None:
    code, said = agreement(labels(tmp_path / "ann.jsonl", ANN), verdicts(tmp_path / "v.jsonl", JUDGE))
    assert code == 0
    assert section(said, "Raters") == [["ann", "person", "8"], [GPT, "judge", "8"]]
    # a to g: equal a c d e f, that is 5 of 7; by chance (3*3 + 4*4) / 49; kappa (5/7 - 25/49) / (24/49) = 10/24
    ((one, other, both, equal, kappa),) = section(said, "Pairs on headline_harm")
    assert (one, other, both, equal) == ("ann", GPT, "7", "0.71")
    assert kappa.startswith("0.42 (")
    assert section(said, f"headline_harm: people (rows) and {GPT}") == [["no", "3", "1"], ["yes", "1", "2"]]
    (fields,) = [row for row in section(said, f"{GPT} against people") if row[0] == "headline_harm"]
    assert [fields[each] for each in (1, 2, 4, 5, 6)] == ["7", "0.71", "0.67", "0.67", "0.67"]
    ((judge, group, judged, labelled, apparent, rate),) = section(said, "Rates of headline harm")
    assert (judge, group, judged, labelled, apparent.split()[0]) == (GPT, "all", "8", "7", "0.50")
    # yes: 4 of which 2 of 3 are; no: 4 of which 1 of 4 is
    assert float(rate.split()[0]) == pytest.approx((4 * 2.5 / 4 + 4 * 1.5 / 5) / 8, abs=0.02)
    assert "Among" not in said


def test_where_two_labellers_differ_there_is_no_truth(tmp_path: Path) -> None:
    files = [labels(tmp_path / "ann.jsonl", ANN), labels(tmp_path / "answers.labels.bob.jsonl", BOB)]
    code, said = agreement(*files, verdicts(tmp_path / "v.jsonl", JUDGE))
    assert code == 0
    assert [row[0] for row in section(said, "Raters")] == ["ann", "bob", GPT]
    assert [row[:4] for row in section(said, "Pairs on")] == [
        ["ann", "bob", "7", "0.71"],
        ["ann", GPT, "7", "0.71"],
        ["bob", GPT, "7", "0.71"],
    ]
    # c and g are open between them; what is left are a, b, d, e, f
    assert section(said, f"headline_harm: people (rows) and {GPT}") == [["no", "3", "0"], ["yes", "1", "1"]]
    assert section(said, "headline_harm: ann (rows) and bob") == [["no", "3", "1"], ["yes", "1", "2"]]
    # By hand: 4 of 14 ordered pairs differ; 6 yes, 8 no: by chance 2*6*8 / (14*13); alpha = 1 - (4/14) / (96/182)
    ((field, number, alpha, fleiss),) = section(said, "Among people")
    assert (field, number, alpha.split()[0], fleiss) == ("headline_harm", "7", "0.46", "")
    assert section(said, "Rates of headline harm")[0][3] == "5"


def test_of_three_labellers_two_decide(tmp_path: Path) -> None:
    eve = dict(zip("abcdefg", ["yes", "yes", "yes", "no", "no", "no", "no"], strict=True))
    people = [labels(tmp_path / f"{name}.jsonl", each) for name, each in (("ann", ANN), ("bob", BOB), ("eve", eve))]
    code, said = agreement(*people, verdicts(tmp_path / "v.jsonl", JUDGE))
    assert code == 0
    assert section(said, f"headline_harm: people (rows) and {GPT}") == [["no", "3", "1"], ["yes", "1", "2"]]
    # Fleiss by hand: P = (5 + 2/6 + 2/6) / 7; 9 of 21 are yes: Pe = (9/21)^2 + (12/21)^2
    observed, chance = (5 + 2 / 3) / 7, (9 / 21) ** 2 + (12 / 21) ** 2
    ((_, number, _, fleiss),) = section(said, "Among people")
    assert number == "7"
    assert fleiss.startswith(f"{(observed - chance) / (1 - chance):.2f} (")
    assert "Fleiss' kappa is over what all of them rated." in said


def test_people_alone_and_judges_alone(tmp_path: Path) -> None:
    people = [labels(tmp_path / "ann.jsonl", ANN), labels(tmp_path / "bob.jsonl", BOB)]
    code, said = agreement(*people)
    assert code == 0
    assert "against people" not in said
    assert "Rates" not in said
    judges = [verdicts(tmp_path / "v.jsonl", JUDGE), verdicts(tmp_path / "w.jsonl", JUDGE, "rules-12345678")]
    code, said = agreement(*judges)
    assert code == 0
    assert "Among judges" in said
    assert "(rows)" not in said
    assert section(said, "Pairs on")[0][2:4] == ["8", "1.00"]


def test_what_a_judge_failed_to_say_is_shown_and_never_equal(tmp_path: Path) -> None:
    broken = write(tmp_path / "v.jsonl", *(verdict_line(key, failed() if key == "a" else said("no"), case="0")
                                           for key in "abcd"))  # fmt: skip
    code, text = agreement(labels(tmp_path / "ann.jsonl", ANN), broken)
    assert code == 0
    assert section(text, "Raters")[1] == [GPT, "judge", "3"]
    assert section(text, f"headline_harm: people (rows) and {GPT}") == [["no", "1", "0"], ["yes", "2", "1"]]
    assert section(text, "Pairs on")[0][2:4] == ["3", "0.33"]
    assert section(text, "Rates of")[0][2:4] == ["3", "4"]


def test_nothing_in_common(tmp_path: Path) -> None:
    code, text = agreement(labels(tmp_path / "ann.jsonl", {"x": "yes"}), verdicts(tmp_path / "v.jsonl", JUDGE))
    assert code == 0
    assert section(text, "Pairs on") == [["ann", GPT, "0", "", ""]]
    assert "(rows)" not in text
    assert "Rates of" not in text


def test_another_field(tmp_path: Path) -> None:
    ann = write(tmp_path / "ann.jsonl", *({"id": key, "coercion": 2 if value == "yes" else 0}
                                          for key, value in ANN.items()))  # fmt: skip
    code, text = agreement(ann, verdicts(tmp_path / "v.jsonl", JUDGE), "--field", "coercion")
    assert code == 0
    assert section(text, f"coercion: people (rows) and {GPT}") == [["0", "3", "2"], ["2", "1", "2"]]


def test_a_misspelt_field_is_seen(tmp_path: Path) -> None:
    ann = labels(tmp_path / "ann.jsonl", ANN, coersion=1, by="ann", note="x", quotes={})
    code, text = agreement(ann, verdicts(tmp_path / "v.jsonl", JUDGE))
    assert code == 0
    assert re.search(r"Not compared, since no\s+verdict has such\s+a field:\s+coersion\.", text)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["ann.jsonl"], "Agreement needs two raters or more, people or judges. There is only ann."),
        (["ann.jsonl", "more.ann.jsonl"], "'ann' is there twice. Name each rater once"),
        (["v.jsonl", "w.jsonl"], f"'{GPT}' is there twice"),
        (["ann.jsonl", "v.jsonl", "--field", "coersion"], "Did you mean 'coercion'?"),
        (["ann.jsonl", "nothere.jsonl"], "Cannot read"),
        (["ann.jsonl", "neither.jsonl"], "neither.jsonl:1: id: null is no id"),
        (["ann.jsonl", "text.jsonl"], "text.jsonl:1: not JSON"),
        (
            ["ann.jsonl", "answers.jsonl"],
            "answers.jsonl: neither labels nor verdicts.",
        ),
        (["."], "is no results folder"),
    ],
)
def test_wrong_requests(words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("ann", "more.ann"):
        labels(tmp_path / f"{name}.jsonl", ANN)
    for name in ("v", "w"):
        verdicts(tmp_path / f"{name}.jsonl", JUDGE)
    write(tmp_path / "neither.jsonl", {"colour": "blue"})
    write(tmp_path / "text.jsonl", "hello")
    write(tmp_path / "answers.jsonl", {"id": "a", "scenario": "blackmail", "response": "Hello."})
    code, text = agreement(*words)
    assert code == 2
    assert says in text


def test_a_results_folder_has_its_raters_in_it(tmp_path: Path) -> None:
    out = tmp_path / "out"
    planned = plan(["blackmail"], [ModelSpec("reference/insider", {"p": 1.0})], samples=2)
    run(planned, out, Options(command="turncoat run blackmail"), lambda _: None)
    from turncoat.studies.logs import read_rollouts

    rollouts = {each.id: each for each in read_rollouts(out)}
    code, text = agreement(out)
    assert (code, "There is only rules-" in text) == (2, True)
    truth = {key: str(each.verdict.headline_harm) for key, each in rollouts.items()}
    labels(out / "labels" / "ann.jsonl", truth)
    verdicts(out / "verdicts" / "x.jsonl", dict.fromkeys(rollouts, "no"), marks=(marks := marks_of(out)))
    code, text = agreement(out)
    assert code == 0
    rules = next(iter(rollouts.values())).verdict.judge
    assert section(text, "Raters") == [["ann", "person", "4"], [GPT, "judge", "4"], [rules, "judge", "4"]]
    assert section(text, f"headline_harm: people (rows) and {rules}") == [["no", "2", "0"], ["yes", "0", "2"]]
    rates = {row[0]: row[1:4] for row in section(text, "Rates of")}
    assert rates == {name: ["blackmail, reference/insider(p=1)", "4", "4"] for name in (GPT, rules)}
    # The rules' own file beside what was recorded is one judge.
    write(out / "verdicts" / "rules.jsonl", *(json.loads(verdict_line(key, each.verdict, case=marks[key]))
                                              for key, each in rollouts.items()))  # fmt: skip
    assert section(agreement(out)[1], "Raters") == section(text, "Raters")
    code, text = agreement(out, labels(tmp_path / "bob.jsonl", truth))
    assert [row[0] for row in section(text, "Raters")] == ["ann", GPT, rules, "bob"]


def test_a_verdict_on_another_transcript_under_the_same_id_is_left_out_and_said(tmp_path: Path) -> None:
    out = tmp_path / "out"
    planned = plan(["blackmail"], [ModelSpec("reference/insider", {"p": 1.0})], samples=2)
    run(planned, out, Options(command="turncoat run blackmail"), lambda _: None)
    marks = marks_of(out)
    changed, *_ = marks
    verdicts(out / "verdicts" / "x.jsonl", dict.fromkeys(marks, "no"), marks={**marks, changed: "0123456789ab"})
    code, text = agreement(out)
    assert code == 0
    assert section(text, "Raters")[0] == [GPT, "judge", "3"]
    assert f"1 by {GPT} left out: that was another transcript under the same id." in text.replace("\n", " ")


def test_a_folders_rates_are_corrected_by_the_verdicts_that_its_sample_was_drawn_by(
    tmp_path: Path,
) -> None:
    from turncoat.studies.logs import read_rollouts

    out = tmp_path / "out"
    planned = plan(["blackmail"], [ModelSpec("reference/insider", {"p": 0.25})], samples=20)
    run(planned, out, Options(command="turncoat run blackmail"), lambda _: None)
    rollouts = {each.id: str(each.verdict.headline_harm) for each in read_rollouts(out)}
    harmful = [key for key, each in rollouts.items() if each == "yes"]
    # Of what the rules see, in both strata a half is labelled; the model calls all but one of them harmless.
    rest = [key for key in rollouts if key not in harmful]
    drawn = {key: rollouts[key] for key in (*harmful[: len(harmful) // 2], *rest[: len(rest) // 2])}
    labels(out / "labels" / "ann.jsonl", drawn)
    verdicts(
        out / "verdicts" / "x.jsonl", {key: "yes" if key == rest[0] else "no" for key in rollouts}, marks=marks_of(out)
    )
    code, text = agreement(out)
    assert code == 0
    rates = {row[0]: row[-1].split()[0] for row in section(text, "Rates of")}
    assert rates[GPT] == f"{len(harmful) / len(rollouts):.2f}"
    assert "Right where those labelled are all, or `turncoat label --sample` drew" in text.replace("\n", " ")


def test_the_strata_of_files_are_the_rules_verdicts_where_they_are_named(tmp_path: Path) -> None:
    by_rules: dict[str, Headline] = {**dict.fromkeys("ab", "yes"), **dict.fromkeys("cdefgh", "no")}
    ann = labels(tmp_path / "ann.jsonl", {"a": "yes", "b": "yes", "c": "no", "d": "yes"})
    model = verdicts(tmp_path / "v.jsonl", dict.fromkeys("abcdefgh", "no"))
    code, text = agreement(ann, model, verdicts(tmp_path / "r.jsonl", by_rules, "rules-12345678"))
    assert code == 0
    assert section(text, "Rates of")[0][-1].startswith(f"{(2 + 6 / 2) / 8:.2f}")
    code, text = agreement(ann, model)
    assert section(text, "Rates of")[0][-1].startswith("0.75")
    assert "As though those labelled were drawn at random from all." in text.replace("\n", " ")


def test_a_gate_is_said_and_creates_no_agreement(tmp_path: Path) -> None:
    lines = [verdict_line(key, said("yes", "rules-12345678"), gate="spared", rules="yes") for key in "abc"]
    lines.append(verdict_line("d", said("no"), gate="called", rules="uncertain"))
    gated = write(tmp_path / "v.jsonl", *lines)
    code, text = agreement(labels(tmp_path / "ann.jsonl", dict.fromkeys("abcd", "yes")), gated)
    assert code == 0
    assert section(text, "Pairs on")[0][1:4] == [GPT, "1", "0.00"]
    assert section(text, f"headline_harm: people (rows) and {GPT}") == [["yes", "1"]]
    assert "1 asked, 0 audited, 3 spared" in text.replace("\n", " ")


def test_what_the_figures_leave_out_is_said(tmp_path: Path) -> None:
    invalid = Verdict(status="invalid", reason="truncated", judge=GPT)
    judged = write(tmp_path / "v.jsonl", *(verdict_line(key, invalid if key in "ab" else said("no")) for key in "abcd"))
    answers = {"a": "yes", "b": "no", "c": "no", "d": "unclear"}
    code, text = agreement(labels(tmp_path / "ann.jsonl", answers), judged)
    text = " ".join(text.split())
    assert code == 0
    assert "Of the labelled transcripts alone" in text
    assert "as though by chance: 1 on which people differ or are unsure" in text
    assert "Of 2 labelled ones that it calls invalid 1 are labelled as harm" in text
