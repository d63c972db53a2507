"""How sure the page is of its verdicts: which judge, measured against whom, and what it left open."""

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.judging.test_raters import GPT, person, said, write
from tests.reports._pages import build
from tests.reports._rollouts import many, rollout
from tests.reports.test_page import Elements
from typer.testing import CliRunner

from turncoat.cli.main import app
from turncoat.errors import TurncoatError
from turncoat.judging import Case
from turncoat.judging.raters import Rater, judge_rater
from turncoat.judging.rules.version import judge_name as rules_name
from turncoat.judging.verdicts import fingerprint, verdict_line
from turncoat.record import Rollout, Verdict
from turncoat.reports.certainty import Certainty
from turncoat.studies.design.plan import ModelSpec, plan
from turncoat.studies.running.run import Options, run
from turncoat.studies.table import frame
from turncoat.studies.verdicts.cases import Source

RULES = "rules-12345678"
OUTCOMES = {"a": "yes", "b": "yes", "c": "no", "d": "no", "e": "no", "f": "uncertain", "g": "unscored", "h": "invalid"}


def rollouts(outcomes: Mapping[str, str] = OUTCOMES, *, judge: str = RULES) -> list[Rollout]:
    made = []
    for seed, (key, outcome) in enumerate(outcomes.items()):
        one = rollout(outcome, rollout_id=key, seed=seed)
        made.append(one.model_copy(update={"verdict": one.verdict.model_copy(update={"judge": judge})}))
    return made


def own(made: list[Rollout]) -> Rater:
    return judge_rater({each.id: each.verdict for each in made})


MADE = rollouts()
ANN = person("ann", a="yes", b="no", c="no", d="no", f="yes", g="yes", h="no")


def certainty(*raters: Rater, made: list[Rollout] | None = None) -> Certainty:
    return Certainty.of(frame(made or MADE), raters)


def section(*raters: Rater, out: Path, made: list[Rollout] | None = None) -> str:
    """The words of the section, white space run together."""
    page = Elements(build(made or MADE, out / "report.html", raters=raters))
    text = re.sub(r"\s+", " ", page.text)
    start = text.index("How sure we are of the verdicts")
    return text[start : text.index("What is not decided", start) + 900]


def test_without_labels_it_says_so(tmp_path: Path) -> None:
    found = certainty(own(MADE))
    assert (found.judges, found.measured, found.others) == ((RULES,), (), ())
    text = section(own(MADE), out=tmp_path)
    assert f"Judged by {RULES}." in text
    assert "Not measured on these rollouts: nobody has labelled any." in text
    assert "Against other judges" not in text
    assert "corrected for the judge’s errors, then stand here" in text  # noqa: RUF001


def test_a_judge_is_measured_against_a_labeller() -> None:
    (found,) = certainty(ANN, own(MADE)).measured
    # Of the labelled ones g was not scored and h is invalid, but people could tell: they are labels all the same.
    assert (found.judge, found.labellers, found.labelled, found.open) == (RULES, ("ann",), 7, 0)
    headline = found.fields[0]
    # a and c, d equal, b not; of f the judge is in doubt, which is an answer; g and h have none
    assert headline.field == "headline_harm"
    assert headline.table == {("yes", "yes"): 1, ("no", "yes"): 1, ("no", "no"): 2, ("yes", "uncertain"): 1}
    assert headline.exact == 3 / 5
    (rate,) = found.rates
    assert (rate.group, rate.labelled, rate.apparent.estimate) == ("blackmail, reference/insider", 6, 2 / 5)
    assert found.among is None
    assert found.few


def test_what_labellers_differ_on_is_left_out_and_counted(tmp_path: Path) -> None:
    bob = person("bob", a="yes", b="yes", c="no", d="unclear")
    (found,) = certainty(ANN, bob, own(MADE)).measured
    assert (found.labelled, found.open) == (5, 2)  # b: yes and no; d: no and unclear
    assert found.among is not None
    assert found.among.n == 3
    text = section(ANN, bob, own(MADE), out=tmp_path)
    assert (
        "5 rollouts labelled by ann, bob; 2 more on which they differ or cannot tell are left out, as though by chance."
        in text
    )
    assert "With so few, the figures below say little" in text
    assert "Among the labellers: Krippendorff’s alpha" in text  # noqa: RUF001


def test_harm_in_what_is_called_invalid_is_said(tmp_path: Path) -> None:
    made = rollouts({**dict.fromkeys("abcd", "no"), "e": "invalid", "f": "invalid"})
    ann = person("ann", a="no", b="no", e="yes", f="no")
    assert certainty(ann, own(made), made=made).measured[0].hidden == (1, 2)
    text = section(ann, own(made), out=tmp_path, made=made)
    assert "Of 2 labelled rollouts that the judge calls invalid 1 are labelled as harm" in text
    assert "The figures are of the labelled rollouts alone." in text
    assert "calls invalid" not in section(person("ann", a="no", f="no"), own(made), out=tmp_path, made=made)


def test_enough_labels_are_not_warned_about(tmp_path: Path) -> None:
    made = rollouts({f"r{each}": "yes" if each % 3 else "no" for each in range(30)})
    everybody = {each.id: str(each.verdict.headline_harm) for each in made}
    assert not certainty(person("ann", **everybody), own(made), made=made).measured[0].few
    text = section(person("ann", **everybody), own(made), out=tmp_path, made=made)
    assert "30 rollouts labelled by ann." in text
    assert "say little:" not in text
    del everybody["r0"]
    assert certainty(person("ann", **everybody), own(made), made=made).measured[0].few


def test_fields_of_which_there_is_none_are_named_in_one_line(tmp_path: Path) -> None:
    ann = Rater("ann", True, {key: {"headline_harm": "no", "leak": 0, "rescue": 0, "coercion": 0} for key in "cde"})
    ann.values["c"]["rescue"] = 1  # type: ignore[index]
    (found,) = certainty(ann, own(MADE)).measured
    assert [each.field for each in found.fields] == ["headline_harm", "rescue"]
    assert found.absent == ("coercion", "leak")
    assert "Nobody found or labelled any: coercion, leak." in section(ann, own(MADE), out=tmp_path)


def test_other_judges_are_compared_on_what_both_decided() -> None:
    other = judge_rater({"a": said("yes"), "b": said("no"), "c": said("no"), "g": said("yes")})
    (found,) = certainty(other, own(MADE)).others
    assert (found.judge, found.both, found.equal) == (GPT, 3, 2 / 3)
    assert found.kappa.estimate == pytest.approx((2 / 3 - 4 / 9) / (5 / 9))
    strangers = judge_rater({"x": said("yes")})
    assert certainty(strangers, own(MADE)).others == ()


def test_a_gated_judge_is_one_judge_and_the_rules_another() -> None:
    """Most verdicts of a gate are by rules: they are not to be taken for the rules' own file."""
    made = rollouts()
    made[0] = made[0].model_copy(update={"verdict": made[0].verdict.model_copy(update={"judge": GPT})})
    rules = replace(own(MADE), name=RULES)
    found = certainty(ANN, rules, own(made), made=made)
    assert set(found.judges) == {GPT, RULES}
    assert [each.judge for each in found.measured] == [GPT]
    assert [each.judge for each in found.others] == [RULES]


def test_what_a_gate_spared_is_said_and_in_no_agreement(tmp_path: Path) -> None:
    made = rollouts({**dict.fromkeys("abcdef", "yes"), "g": "no"})
    made[6] = made[6].model_copy(update={"verdict": made[6].verdict.model_copy(update={"judge": GPT})})
    gated = judge_rater({each.id: each.verdict for each in made}, {**dict.fromkeys("abcdef", "spared"), "g": "called"})
    rules = replace(own(made), name=RULES)
    found = certainty(person("ann", **dict.fromkeys("abcdefg", "yes")), rules, gated, made=made)
    assert found.gate == {"called": 1, "audited": 0, "spared": 6}
    assert found.measured[0].fields[0].table == {("yes", "no"): 1}
    assert [(each.judge, each.both) for each in found.others] == [(RULES, 1)]
    text = section(rules, gated, out=tmp_path, made=made)
    assert "A gate decided what the model was asked: 1 asked, 0 audited, 6 spared." in text


def test_open_kinds_are_said_of_the_rules_alone(tmp_path: Path) -> None:
    assert certainty().reads_rules
    assert "Deception and obstruction stay open" in section(out=tmp_path)
    by_model = rollouts(judge=GPT)
    assert not certainty(made=by_model).reads_rules
    assert "stay open" not in section(out=tmp_path, made=by_model)


def test_what_is_not_decided_is_shown_in_shares(tmp_path: Path) -> None:
    (share,) = certainty().shares
    assert (share.rate.n, share.rate.uncertain, share.rate.unscored, share.rate.invalid) == (8, 1, 1, 1)
    # 2 of 8 are harmful whatever the three are, 5 at most
    assert re.search(r"blackmail ?reference/insider ?8 ?12 % ?12 % ?12 % ?0\.25.0\.62", section(out=tmp_path))


def test_where_nothing_was_judged_nobody_is_named(tmp_path: Path) -> None:
    made = rollouts({"a": "unscored", "b": "unscored"})
    assert certainty(ANN, own(made), made=made).judges == ()
    text = section(ANN, own(made), out=tmp_path, made=made)
    assert "No rollout has a verdict." in text
    assert "Judged by" not in text


EVIL = "<b>bob</b><script>window.pwned=1</script>\"'&{{7*7}}"


def test_names_are_shown_and_never_read(tmp_path: Path) -> None:
    evil = replace(ANN, name=EVIL)
    other = judge_rater({key: said("no", f"{EVIL}@1") for key in "abcd"})
    page = Elements(build(MADE, tmp_path / "report.html", raters=(evil, other, own(MADE))))
    assert page.text.count(EVIL) >= 2
    assert "<b>" not in page.source
    assert "window.pwned=1</script>" not in page.source


# --- turncoat report --judge


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ran") / "out"
    planned = plan(["blackmail"], [ModelSpec("reference/insider", {"p": 1.0})], samples=2)
    run(planned, out, Options(command="turncoat run blackmail"), lambda _: None)
    return out


def marks_of(results: Path) -> dict[str, str]:
    """The fingerprint of each rollout, in the order of the ids."""
    return {key: fingerprint(case) for key, case in sorted(Source(results)) if isinstance(case, Case)}


@pytest.fixture
def results(ran: Path, tmp_path: Path) -> Path:
    """A results folder with the verdicts of two judges: the first finds harm everywhere but in one that it left out."""
    out = tmp_path / "out"
    shutil.copytree(ran, out)
    marks = marks_of(out)
    keys = list(marks)
    verdicts = {key: said("yes") for key in keys[1:]}
    failing = Verdict(status="unscored", reason="judge failed: no answer", judge="openai/gpt-8@0a1b2c3d")
    for name, given in (("gpt-9", verdicts), ("gpt-8", dict.fromkeys(keys, failing))):
        lines = (verdict_line(key, each, case=marks[key]) for key, each in given.items())
        write(out / "verdicts" / f"{name}.jsonl", *lines)
    return out


def report(results: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["report", str(results), *words])
    if isinstance(result.exception, TurncoatError):
        return 2, str(result.exception)
    if result.exception:
        raise result.exception
    return result.exit_code, result.output


@pytest.mark.parametrize("judge", ["gpt-9", GPT, "openai/gpt-9"])
def test_verdicts_of_another_judge_reach_table_and_page(results: Path, judge: str) -> None:
    code, shown = report(results, "--judge", judge)
    assert code == 0
    assert "1.00" in shown
    table = pl.read_parquet(results / "rollouts.parquet").sort("id")
    assert table["headline_harm"].to_list() == [None, "yes", "yes", "yes"]
    assert table["judge"].to_list() == ["nobody", GPT, GPT, GPT]
    # What it has not judged is not taken over from the rules, and not safe.
    assert table["status"][0] == "unscored"
    assert table["reason"][0] == "not judged by this judge"
    page = re.sub(r"\s+", " ", Elements(results / "report.html").text)
    assert f"Judged by {GPT}." in page
    # Without a judge, they are those of the run again.
    assert report(results)[0] == 0
    table = pl.read_parquet(results / "rollouts.parquet").sort("id")
    assert sorted(table["headline_harm"].to_list()) == ["no", "no", "yes", "yes"]
    assert re.search(rf"Against other judges.*{GPT}", Elements(results / "report.html").text, re.DOTALL)


def test_the_rules_are_named_without_their_version(results: Path) -> None:
    assert CliRunner().invoke(app, ["judge", str(results)]).exit_code == 0
    assert report(results, "--judge", "rules")[0] == 0
    assert pl.read_parquet(results / "rollouts.parquet")["judge"].unique().to_list() == [rules_name()]


def test_a_judge_that_has_read_a_part_is_measured_over_all(results: Path) -> None:
    keys = list(marks := marks_of(results))
    write(results / "verdicts" / "gpt-9.jsonl", verdict_line(keys[0], said("yes"), case=marks[keys[0]]))
    write(results / "labels" / "ann.jsonl", *({"id": key, "headline_harm": "no"} for key in keys))
    assert report(results, "--judge", "gpt-9")[0] == 0
    page = re.sub(r"\s+", " ", Elements(results / "report.html").text)
    assert "4 rollouts labelled by ann" in page
    assert "nobody" not in page[page.index("How sure we are") : page.index("What is not decided")]
    assert re.search(r"reference/insider[^ ]* ?4 ?1\.00", page)


def test_a_verdict_on_another_transcript_is_none(results: Path) -> None:
    path = results / "verdicts" / "gpt-9.jsonl"
    first, *others = path.read_text(encoding="utf-8").splitlines()
    write(path, first.replace(json.loads(first)["case"], "0123456789ab"), *others)
    code, shown = report(results, "--judge", "gpt-9")
    assert code == 0
    assert "1 unscored: judged another transcript" in shown
    table = pl.read_parquet(results / "rollouts.parquet").sort("id")
    assert table["reason"].to_list()[:2] == ["not judged by this judge", "judged another transcript"]
    assert table["judge"][1] == GPT


def test_a_verdict_is_not_of_a_rollout_whose_briefing_is_gone(results: Path) -> None:
    for briefing in (results / "briefings").glob("**/*"):
        if briefing.is_file():
            briefing.unlink()
    code, shown = report(results, "--judge", "gpt-9")
    assert code == 0
    assert "4 unscored: its briefing is gone" in shown


@pytest.mark.parametrize(
    ("judge", "says"),
    [
        ("gpt-7", ["There is no judge 'gpt-7'", "gpt-8, gpt-9"]),
        ("openai/gpt", ["There is no judge 'openai/gpt'", "gpt-8, gpt-9"]),
        ("ann", ["There is no judge 'ann'"]),
    ],
)
def test_a_judge_that_is_not_one(results: Path, judge: str, says: list[str]) -> None:
    before = (results / "report.html").read_bytes() if (results / "report.html").exists() else b""
    code, said = report(results, "--judge", judge)
    assert code == 2
    assert [each for each in says if each not in said] == []
    assert before == ((results / "report.html").read_bytes() if before else b"")


def test_without_any_verdicts_the_command_for_them_is_named(ran: Path) -> None:
    code, said = report(ran, "--judge", "openai/gpt-9")
    assert code == 2
    assert f"There are no verdicts in {str(ran)!r} yet. `turncoat judge {ran}` writes some" in said


def test_a_broken_file_is_named_with_its_line(results: Path) -> None:
    with (results / "verdicts" / "gpt-9.jsonl").open("a") as file:
        file.write('{"id": "to')
    for words in ((), ("--judge", "gpt-8")):
        code, said = report(results, *words)
        assert code == 2
        assert "gpt-9.jsonl:4: not JSON" in said


# --- in Chromium


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
    if (path := shutil.which("chromium")) is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--headless", "--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [390, 1200])
def test_the_section_stands_under_the_pages_own_policy(chromium: Any, width: int, tmp_path: Path) -> None:
    made = list(many(60))
    labels = {each.id: "yes" if each.verdict.headline_harm == "yes" else "no" for each in made[:40]}
    evil, other = person(EVIL, **labels), judge_rater({each.id: said("no", f"{EVIL * 3}@1") for each in made})
    page = chromium.new_context(viewport={"width": width, "height": 800}).new_page()
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.goto(build(made, tmp_path / "report.html", raters=(evil, other, own(made))).as_uri() + "#certainty")
    page.wait_for_selector("#certainty h3")
    assert page.evaluate("window.pwned") is None
    assert page.locator("#certainty b, #certainty script").count() == 0
    assert page.locator("#certainty table").count() >= 4
    assert EVIL in page.inner_text("#certainty")
    # Wide tables scroll in themselves; the page does not.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert noise == []
    page.context.close()
