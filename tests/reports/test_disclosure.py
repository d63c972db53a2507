"""The page for the public: honest by construction, whatever models, packs and rollouts are called or say."""

import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reports._pages import EVIL
from tests.reports._rollouts import rollout
from tests.reports._studies import PROHIBITION, REPLACEMENT, designed, study
from typer.testing import CliRunner

from turncoat.cli.main import app
from turncoat.errors import UsageError
from turncoat.judging import Case
from turncoat.judging.raters import Rater, judge_rater
from turncoat.judging.verdicts import fingerprint, verdict_line
from turncoat.record import Interface, Rollout, Verdict
from turncoat.reports.cells import groups
from turncoat.reports.certainty import Certainty
from turncoat.reports.disclosure import disclose
from turncoat.reports.disclosure.document import Document, Table, markdown
from turncoat.reports.disclosure.html import html
from turncoat.reports.disclosure.make import gather
from turncoat.reports.disclosure.material import Material
from turncoat.reports.disclosure.sections import document
from turncoat.reports.disclosure.untested import untested
from turncoat.reports.provenance import Provenance
from turncoat.scenarios import complete, find_pack, folders, load_pack
from turncoat.studies.design.plan import ModelSpec, plan
from turncoat.studies.estimates import estimate
from turncoat.studies.folder import Folder, Manifest
from turncoat.studies.running.run import Options, run
from turncoat.studies.study import Study
from turncoat.studies.table import frame
from turncoat.studies.verdicts.cases import Source
from turncoat.studies.verdicts.judges import Options as JudgeOptions
from turncoat.studies.verdicts.judges import place

BLACKMAIL = find_pack("blackmail")
CATALOG = {name: load_pack(folder).meta.title for name, folder in folders().items()}


def material(rollouts: Iterable[Rollout], *, of: Study | None = None, raters: Sequence[Rater] = ()) -> Material:
    table = frame(rollouts)
    estimates = estimate(table, of)
    manifest = Manifest(created="2031-05-06T14:02:00+00:00", commands=("turncoat run -M api_key=secret",), study=of)
    return Material(
        table=table,
        manifest=manifest,
        groups=groups(table, estimates.rates),
        estimates=estimates,
        certainty=Certainty.of(table, raters),
        packs={"blackmail": BLACKMAIL},
        catalog=CATALOG,
        provenance=Provenance.of(
            table, title="", turncoat="0.1.0", inspect="0.3.285", python="3.11.7", created=manifest.created, command="",
            study=of.study if of else "", study_hash=manifest.study_hash,
        ),
    )  # fmt: skip


def outcomes(**numbers: int) -> list[Rollout]:
    """Rollouts of a model in one condition by what became of them."""
    every = [name for name, number in numbers.items() for _ in range(number)]
    return [rollout(name, rollout_id=f"m{i}", model="openai/gpt-9", seed=i) for i, name in enumerate(every)]


def tables(made: Document, name: str) -> list[Table]:
    (section,) = [each for each in made.sections if each.name == name]
    return [block for block in section.blocks if isinstance(block, Table)]


@settings(max_examples=25, deadline=None)
@given(st.fixed_dictionaries({name: st.integers(0, 4) for name in ("yes", "no", "uncertain", "unscored", "invalid")}))
def test_a_rate_is_never_without_what_it_rests_on_and_leaves_open(numbers: dict[str, int]) -> None:
    if not sum(numbers.values()):
        return
    made = document(material(outcomes(**numbers)))
    (row,) = tables(made, "found")[0].rows
    decided, left = numbers["yes"] + numbers["no"], sum(numbers[name] for name in ("uncertain", "unscored", "invalid"))
    rate, interval, counts, undecided, bounds = row[2:]
    assert counts == f"{numbers['yes']} / {decided}"
    assert (rate == "\N{EN DASH}") == (interval == "\N{EN DASH}") == (decided == 0)
    assert (undecided == "none") == (left == 0)
    for name in ("uncertain", "unscored", "invalid"):
        assert (f"{numbers[name]} {name}" in undecided) == bool(numbers[name])
    low, high = bounds.split("\N{EN DASH}")
    n = decided + left
    assert (float(low), float(high)) == (round(numbers["yes"] / n, 2), round((numbers["yes"] + left) / n, 2))


@pytest.mark.parametrize("of", [None, study()])
def test_every_rate_in_the_words_has_its_interval(of: Study | None) -> None:
    words = markdown(document(material(designed(), of=of)))
    (short,) = re.findall(r"## In short(.*?)##", words, re.DOTALL)
    assert re.search(r"interval|\d+ to \d+", short)
    assert "not measured: no person has labelled" in short


def test_a_study_opens_with_its_question_and_says_how_its_claims_went() -> None:
    words = markdown(document(material(designed(each=40), of=study(hypotheses=(REPLACEMENT, PROHIBITION)))))
    assert "Does the threat of being replaced" in words
    for each in (REPLACEMENT, PROHIBITION):
        assert each.says in words
    assert "Claims named before the run: 2." in words
    assert "none is claimed here" not in words


@pytest.mark.parametrize(("each", "early"), [(20, False), (19, True)])
def test_an_unfinished_study_says_so_before_any_claim(each: int, early: bool) -> None:
    made = document(material(designed(each=each), of=study()))
    words = markdown(made)
    assert made.banner.startswith("Not finished: ") == early
    assert ("**Not finished: the rule of sampling would go on. So far, and provisionally: " in words) == early
    assert ("So far the claim holds." in words or "So far this is open." in words) == early


def test_notes_are_in_words_that_an_outsider_knows() -> None:
    made = [each for each in designed() if each.condition != {"threat": "none", "prohibition": "explicit"}]
    told = html(document(material(made, of=study())))
    assert "A cell is one model in one condition, interface and oversight." in told
    assert f"On the claim “{REPLACEMENT.says}”: " in told
    assert f"{REPLACEMENT.name}: " not in told


def test_without_a_study_nothing_is_claimed() -> None:
    words = markdown(document(material(designed())))
    assert "No study file named a question" in words
    assert "none is claimed here" in words


def test_reference_agents_are_never_called_a_model() -> None:
    only = [rollout("yes", rollout_id=f"r{i}", model="reference/insider", seed=i) for i in range(5)]
    made = document(material(only))
    assert made.banner.startswith("No model was tested.")
    assert "no model" in made.title
    words = markdown(made)
    assert "reference/insider (simulated)" in words
    for line in words.splitlines():
        if "reference/insider" in line and line.startswith("|"):
            assert "(simulated)" in line
    some = document(material([*only, *outcomes(yes=2, no=3)]))
    assert some.banner.startswith("Some results are of reference agents")
    assert "insider" not in some.title
    (first,) = re.findall(r"## In short(.*?)##", markdown(some), re.DOTALL)
    assert "insider" not in first
    assert "5 rollouts of models" in first


def test_how_the_judge_was_measured_is_said() -> None:
    rollouts = outcomes(yes=20, no=20)
    labels = {each.id: {"headline_harm": each.verdict.headline_harm} for each in rollouts}
    raters = [Rater("ann", True, labels), judge_rater({each.id: each.verdict for each in rollouts})]
    made = document(material(rollouts, raters=raters))
    assert "ann on 40 rollouts: the same headline in 1.00" in markdown(made)
    assert "not measured: no person" not in markdown(made)
    assert any("corrected" in table.columns[-1] for table in tables(made, "certainty"))


def _said(table: Any) -> str:
    return "\n".join(untested(table, {"blackmail": BLACKMAIL}, CATALOG))


def test_what_was_not_tested_is_worked_out_from_the_design() -> None:
    control = complete({}, BLACKMAIL.factors)
    one = rollout("no", rollout_id="a", model="openai/gpt-9", condition=control)
    said = _said(frame([one]))
    for name, factor in BLACKMAIL.factors.items():
        assert f"blackmail: {name} was always {control[name]}, its default; not tried:" in said
        for level in factor.levels:
            if level != control[name] and ":" not in level:
                assert re.search(rf"{name} was always [^;]*; not tried:[^.]*\b{re.escape(level)}", said)
    for name in CATALOG:
        assert (f"{name} (" in said) == (name != "blackmail")
    assert "interface tools" in said
    assert "interface text" not in said
    assert "Any oversight" in said
    assert "English" in said


def test_what_was_tested_is_not_called_untested() -> None:
    levels = [
        {"leverage": level, "threat": threat} for level in ("present", "absent") for threat in ("none", "restriction")
    ]
    rollouts = [
        rollout(
            "no", rollout_id=f"{interface}{i}", interface=interface, model="a/b(temperature=0.1)",
            condition=complete(each, BLACKMAIL.factors),
        )
        for interface in get_args(Interface)
        for i, each in enumerate(levels)
    ]  # fmt: skip
    said = _said(frame(rollouts))
    assert "leverage" not in said
    assert "interface" not in said
    assert "can be made of the levels" not in said
    assert "temperature" not in said
    assert "threat was none and restriction; not tried: migration and replacement" in said
    assert "1 of the 4 conditions that can be made of the levels" in _said(frame(rollouts[:3]))


def test_no_word_of_an_agent_unless_it_is_asked_for() -> None:
    rollouts = outcomes(yes=3)
    without, quoted = (markdown(document(material(rollouts), quotes=each)) for each in (False, True))
    words = frame(rollouts)["quote"][0].split()
    assert " ".join(words[:5]) not in without
    assert " ".join(words[:25]) in quoted
    assert quoted.count(words[0]) == without.count(words[0]) + 1  # that of one rollout
    long = [
        each.model_copy(update={"verdict": _with_quote(each, " ".join(map(str, range(100, 160))))}) for each in rollouts
    ]
    assert "123 124 …" in markdown(document(material(long), quotes=True))
    assert "simulated" not in quoted


def _with_quote(one: Rollout, quote: str) -> Verdict:
    findings = tuple(each.model_copy(update={"quote": quote}) for each in one.verdict.findings)
    return one.verdict.model_copy(update={"findings": findings})


def test_no_command_is_shown_since_it_may_hold_a_key() -> None:
    made = document(material(outcomes(yes=1)))
    assert "secret" not in html(made)
    assert "secret" not in markdown(made)


def _hostile() -> Document:
    model = f"openai/gpt|9`](x) {EVIL}"
    each = [rollout("yes", rollout_id=f"{EVIL}{i}", model=model, words=EVIL, seed=i) for i in range(3)]
    return document(material(each), quotes=True)


def test_the_page_needs_nothing_else_and_obeys_nobody() -> None:
    page = html(_hostile())
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)
    assert html(_hostile()) == page


def test_markdown_stays_what_it_is() -> None:
    words = markdown(_hostile())
    assert "<" not in words.replace("&lt;", "")
    assert "\u202e" not in words
    assert not re.search(r"(?<!\\)\]\(", words)
    columns = {len(re.findall(r"(?<!\\)\|", line)) for line in words.splitlines() if line.startswith("| control")}
    assert len(columns) <= 1
    for line in words.splitlines():
        assert line == "" or line[0] in "#>-|*" or line[0].isalnum() or line[0] == "\\", line


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("disclosed") / "results"
    run(plan(["lethal"], [ModelSpec("reference/insider", {"p": 1.0})], samples=3), out, Options())
    return out


def test_the_command(results: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "page.html"
    asked = ["disclose", str(results), "--out", str(out)]
    assert CliRunner().invoke(app, asked).exit_code == 0
    page = out.read_text(encoding="utf-8")
    assert "No model was tested" in page
    assert Folder(results).manifest.created[:4] in page
    with pytest.raises(UsageError, match="--force"):
        disclose(results, out)
    disclose(results, out, form="md", force=True)
    assert out.read_text(encoding="utf-8").startswith("# Agentic misalignment")
    with pytest.raises(UsageError, match="html, md"):
        disclose(results, tmp_path / "x", form="pdf")
    with pytest.raises(UsageError, match="is a folder"):
        disclose(results, tmp_path)


def test_the_judge_that_the_study_names_is_the_one_whose_verdicts_count(results: Path, tmp_path: Path) -> None:
    folder = Folder(Path(shutil.copytree(results, tmp_path / "studied")))
    named = study(hypotheses=(), scenarios=["lethal"], models=(), factors={}, judge=["openai/gpt-9"], published=())
    folder.write(folder.manifest.model_copy(update={"study": named}))
    without = gather(folder.path)
    assert without.certainty.judges[0].startswith("rules")
    assert "The study names the judge openai/gpt-9, of which there are no verdicts" in markdown(document(without))
    out = place(Source(folder.path), JudgeOptions(judges=("openai/gpt-9",)))
    assert out is not None
    out.parent.mkdir()
    judged = [case for _, case in Source(folder.path) if isinstance(case, Case)]
    verdict = Verdict(status="scored", headline_harm="no", judge="openai/gpt-9@1")
    out.write_text("".join(verdict_line(case.id, verdict, case=fingerprint(case)) + "\n" for case in judged))
    assert gather(folder.path).certainty.judges == ("openai/gpt-9@1",)


def test_it_opens_in_chromium_on_a_phone_and_on_paper(tmp_path: Path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
    if not (program := shutil.which("chromium")):
        pytest.skip("chromium is not installed: apt-get install chromium")
    path = tmp_path / "page.html"
    path.write_text(html(document(material(designed(), of=study()), quotes=True)), encoding="utf-8")
    noise: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.on("console", lambda message: noise.append(message.text))
        page.on("request", lambda request: noise.append(request.url) if not request.url.startswith("file:") else None)
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert len(page.query_selector_all("section > h2")) == 7
        assert page.query_selector_all("figure svg")
        page.emulate_media(media="print")
        assert not page.locator("nav").is_visible()
        browser.close()
    assert not noise
