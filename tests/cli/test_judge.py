"""`turncoat judge` at the terminal: what it asks before it spends, what it says after, how it ends."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from tests.judging._museum import BOSS
from tests.studies._judges import ctrl_c, script, transcripts
from typer.testing import CliRunner

from turncoat.cli.main import app
from turncoat.errors import TurncoatError
from turncoat.judging import Case
from turncoat.judging.judges import Judge
from turncoat.judging.models.judge import judge_name
from turncoat.judging.rules.version import judge_name as rules_name
from turncoat.record import Verdict
from turncoat.studies.models import is_free
from turncoat.studies.verdicts.cases import Source

ONE = "scripted/one"
A_DOLLAR = f"{ONE}=0/{1e6 / 16_384}"
"""What the longest answer costs, and each of this judge's answers is as long."""


def judge(source: Source, *words: object, say: str | None = None) -> tuple[int, str]:
    """Exit code and all that was said, as lines of one width."""
    given = [str(source.path), *(["--facts", str(source.facts)] if source.facts else []), *map(str, words)]
    result = CliRunner().invoke(app, ["judge", *given], input=say)
    if isinstance(result.exception, TurncoatError):
        return 2, str(result.exception)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, re.sub(r"[ \t]+", " ", result.output)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return transcripts(tmp_path)


@pytest.fixture
def paid(tmp_path: Path) -> list[object]:
    """The words that name the judge, its price and where its verdicts go."""
    return ["--judge", ONE, "--price", A_DOLLAR, "--out", tmp_path / "verdicts.jsonl", "--connections", 1]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who can be asked."""
    monkeypatch.setattr("turncoat.cli._money.sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))


def test_the_rules_are_free_and_need_no_file(source: Source) -> None:
    code, said = judge(source)
    assert code == 0
    assert f"6 verdicts by {rules_name()}" in said
    assert re.search(r"scored │ yes │ 3 │ coercion 3", said)
    assert re.search(r"scored │ no │ 3", said)
    assert "Next:" not in said  # of a file there is no report
    assert "of 0" not in said


@pytest.mark.usefixtures("terminal")
def test_the_price_is_shown_and_asked_for(source: Source, paid: list[object], tmp_path: Path) -> None:
    calls = script()
    code, said = judge(source, *paid, say="n\n")
    assert (code, calls) == (1, [])
    assert re.search(r"scripted/one 6 [\d,]+ 4,200 0\.26", said)  # 6 x 700 tokens of 61 USD a million
    assert "Go on? [y/N]" in said
    assert "Nothing was run." in said
    assert not (tmp_path / "verdicts.jsonl").exists()
    code, said = judge(source, *paid, say="y\n")
    assert (code, len(calls)) == (0, 6)
    assert f"6 verdicts by {judge_name(ONE)}" in said
    assert f"Verdicts: {tmp_path / 'verdicts.jsonl'}" in said
    # Nothing is left to ask, and so nobody is asked whether it may cost something.
    code, said = judge(source, *paid)
    assert (code, len(calls)) == (0, 6)
    assert "Expected" not in said
    assert "Go on?" not in said


@pytest.mark.usefixtures("terminal")
def test_ctrl_c_at_the_question_runs_nothing(
    source: Source, paid: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise typer.Abort

    calls = script()
    monkeypatch.setattr("turncoat.cli._money.typer.confirm", interrupted)
    code, said = judge(source, *paid)
    assert (code, calls) == (130, [])
    assert "Nothing was run." in said


def test_without_a_terminal_it_has_to_be_agreed_to(source: Source, paid: list[object]) -> None:
    calls = script()
    code, said = judge(source, *paid)
    assert (code, calls) == (2, [])
    assert "Add --yes to agree beforehand." in said
    assert judge(source, *paid, "--yes")[0] == 0
    assert len(calls) == 6


def test_a_free_model_is_not_asked_about(source: Source, paid: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turncoat.studies.cost.judging.is_free", lambda name: name == ONE or is_free(name))
    calls = script()
    code, said = judge(source, *paid)
    assert (code, len(calls)) == (0, 6)
    assert "Expected" not in said


def test_a_limit_needs_a_price(source: Source, tmp_path: Path) -> None:
    calls = script()
    words = ["--judge", ONE, "--out", tmp_path / "v.jsonl", "--yes"]
    code, said = judge(source, *words, "--max-cost", 5)
    assert (code, calls) == (2, [])
    assert f"no price is known for {ONE}. Add --price {ONE}=IN/OUT" in said
    code, said = judge(source, *words)
    assert (code, len(calls)) == (0, 6)
    assert "price not known" in said


def test_a_limit_that_carries_nothing_is_refused_beforehand(source: Source, paid: list[object]) -> None:
    calls = script()
    code, said = judge(source, *paid, "--yes", "--max-cost", 0.5)
    assert (code, calls) == (2, [])
    assert "--max-cost 0.50 is too low for a transcript: one may need up to 1.05 USD" in said
    assert "all 6 transcripts need about 1.26" in said
    for wrong in ("-1", "nan", "inf"):
        assert "is no sum of money" in judge(source, *paid, f"--max-cost={wrong}")[1]


def test_a_limit_in_the_middle_leaves_the_rest_unscored(source: Source, paid: list[object]) -> None:
    calls = script()
    code, said = judge(source, *paid, "--yes", "--max-cost", 3.5)
    assert (code, len(calls)) == (1, 3)
    assert "Hard limit: 3.50 USD." in said
    assert re.search(r"3 unscored: actions: .*the budget of 3\.50 USD could not carry another call", said)
    assert "The same command again asks just for those, with a limit of its own." in said
    assert judge(source, *paid, "--yes", "--max-cost", 3.5)[0] == 0
    assert len(calls) == 6


class Refused(Exception):  # noqa: N818
    status_code = 401


def test_a_wrong_key_is_said_once(source: Source, paid: list[object]) -> None:
    calls = script(lambda *_: Refused("no such key"))
    code, said = judge(source, *paid, "--yes")
    assert code == 1
    assert len(calls) <= 2
    assert said.count(f"{ONE} refuses this account and was not asked any further: Refused: no such key") == 1
    assert "6 unscored: actions: Refused: no such key" in said


def test_failures_are_counted_and_asked_again(source: Source, paid: list[object]) -> None:
    script(lambda _, number: "The agent is harmless." if number in (1, 3) else None)
    code, said = judge(source, *paid, "--yes")
    assert code == 1
    assert re.search(r"2 unscored: actions: The answer has to be one whole JSON object.*\(asked twice\)", said)
    calls = script()
    code, said = judge(source, *paid, "--yes")
    assert (code, len(calls)) == (0, 2)
    assert "unscored" not in said


def test_ctrl_c_says_what_is_kept(source: Source, paid: list[object], tmp_path: Path) -> None:
    script(ctrl_c(3))
    code, said = judge(source, *paid, "--yes")
    assert code == 130
    assert f"Stopped. What was judged is kept beside {tmp_path / 'verdicts.jsonl'}: the same command goes on" in said
    assert not (tmp_path / "verdicts.jsonl").exists()
    before = 6 - len((tmp_path / "verdicts.jsonl.part").read_text().split())
    calls = script()
    assert judge(source, *paid, "--yes")[0] == 0
    assert len(calls) < 6
    assert before < 6


def gated(folder: Path) -> Source:
    """Six transcripts with deeds, and ten in which nothing was done."""
    source = transcripts(folder)
    with source.path.open("a", encoding="utf-8") as file:
        for each in range(10, 20):
            file.write(f'{{"id": "t{each}", "scenario": "blackmail", "response": "Number {each}: nothing to do."}}\n')
        # Cut off without a harm: no part of a rate, for rules and model alike.
        cut = f'<send to=\\"{BOSS}\\" subject=\\"Number 20\\">Good evening</send>'
        file.write(f'{{"id": "t20", "scenario": "blackmail", "response": "{cut}", "stop": "length"}}\n')
    return source


@pytest.mark.parametrize(("share", "asked", "audited"), [("0", 7, 0), ("1", 17, 10)])
def test_a_gate_spares_what_the_record_decides(
    share: str, asked: int, audited: int, tmp_path: Path, paid: list[object]
) -> None:
    source = gated(tmp_path)
    calls = script()
    code, said = judge(source, *paid, "--yes", "--gate", share)
    assert (code, len(set(calls))) == (0, asked)
    assert re.search(rf"scripted/one {asked} ", said)  # so many were expected
    assert f"Gate: 7 asked, {10 - audited} spared, {audited} of the decided ones audited." in said
    found = {line["id"]: line for line in map(json.loads, (tmp_path / "verdicts.jsonl").read_text().splitlines())}
    assert [(found["t1"][each]) for each in ("gate", "rules", "judge")] == ["called", "yes", judge_name(ONE)]
    spared = [
        (line["gate"], line["rules"], line["judge"]) for key, line in found.items() if int(key[1:]) in range(10, 20)
    ]
    by = judge_name(ONE) if audited else rules_name()
    assert set(spared) == {("audited" if audited else "spared", "no", by)}
    # 3 of 16 are harmful; the one that was cut off is in no rate. Whoever is spared may still be harmful, a little.
    rate, low, high = re.findall(r"as either: (\S+) \(([\d.]+)\S([\d.]+)\)", said)[0]
    assert float(low) <= 3 / 16 <= float(high)
    # Without an audit nothing is known of them, and there is no estimate.
    assert float(rate) == pytest.approx(3 / 16, abs=0.05) if audited else rate == "\N{EN DASH}"
    # A gated file is taken up like any other; those that were spared are asked without the gate.
    assert judge(source, *paid, "--yes", "--gate", share)[0] == 0
    assert len(set(calls)) == asked
    assert judge(source, *paid, "--yes")[0] == 0
    assert len(set(calls)) == 17


def test_what_is_invalid_is_in_no_gated_rate(tmp_path: Path, paid: list[object]) -> None:
    source, rates = gated(tmp_path), []
    for _ in range(2):
        script()
        rates += re.findall(r"as either: .*", judge(source, *paid, "--yes", "--gate", "1")[1])
        kept = source.path.read_text().splitlines()[:-1]  # without the one that was cut off
        source.path.write_text("\n".join(kept))
    assert rates[0] == rates[1]


def test_an_audit_shows_where_the_rules_were_wrong(tmp_path: Path, paid: list[object]) -> None:
    """A model that doubts all that the rules pass: the rate over all may be anything."""
    source = gated(tmp_path)
    script(lambda _, number: "no answer" if number >= 10 else None)
    code, said = judge(source, *paid, "--yes", "--gate", "1")
    assert code == 1
    low, high = re.findall(r"as either: \N{EN DASH} \(([\d.]+)\S([\d.]+)\)", said)[0]
    assert float(low) <= 3 / 16 < 12 / 16 <= float(high)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--judge", "gpt"], "--judge 'gpt' is no judge. Allowed: rules, or a model by its Inspect name"),
        (["--judge", "reference/loyal"], "reference/loyal is a simulated agent, no judge"),
        (["--judge", "opnai/gpt-5.4"], "Did you mean 'openai'?"),
        (["--judge", ONE], "say where they go with --out FILE"),
        (["--gate", "0.1"], "--gate spares model calls, and no model is asked"),
        (["--import-answers", "x"], "--import-answers needs the judge whose answers they are"),
        (["--price", "1/2"], "is not of the form MODEL=IN/OUT"),
        (["--price", "other/one=1/2"], "--price is of 'other/one', which is not asked. Models that are: none."),
        (["--judge", ONE, "--price", "other/one=1/2"], f"is not asked. Models that are: {ONE}."),
        (["--judge", ONE, "-M", "x"], "is not of the form key=value"),
        (["--export-prompts", "x"], "--export-prompts needs a judge to ask"),
        (["--judge", ONE, "--export-prompts", "x", "--gate", "0.1"], "Leave out --gate and -M"),
    ],
)
def test_wrong_requests(words: list[str], says: str, source: Source, tmp_path: Path) -> None:
    calls = script()
    code, said = judge(source, *words)
    assert (code, calls) == (2, [])
    assert says in said
    assert {path.name for path in tmp_path.iterdir()} == {"answers.jsonl", "facts.json"}


def test_a_file_that_is_read_is_not_written(source: Source) -> None:
    before = source.path.read_text()
    for given in (source.path, source.facts):
        assert "is one of the files to read. Name another." in judge(source, "--out", given)[1]
    assert source.path.read_text() == before


def test_labels_are_compared(source: Source, tmp_path: Path) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_text(
        '{"id": "t0", "headline_harm": "no", "mood": 1}\n{"id": "t1", "headline_harm": "yes", "note": "x"}\n'
        '{"id": "t2", "headline_harm": "yes"}\n{"id": "t3", "headline_harm": "unclear"}\n'
    )
    code, said = judge(source, "--labels", labels)
    assert code == 0
    # t2 is a plea: found 1 of 2, nothing too much; kappa of 2 of 3 equal, by chance 4 of 9
    assert re.search(r"headline_harm │ 3 │ 0\.67 │ 0\.40 │ 1\.00 │ 0\.50 │ 0\.67", said)
    assert re.search(r"4 of 6 verdicts\s+have a label", said)
    assert re.search(r"Not compared, since no\s+verdict has such a field:\s+mood\.", said)


def test_words_that_cannot_be_printed_are(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(case: Case) -> Verdict:
        raise ValueError(f"half a pair \ud83d of {case.id}")

    monkeypatch.setattr("turncoat.studies.verdicts.judges.rules_judge", lambda: Judge(rules_name(), breaks))
    code, said = judge(source)
    assert code == 1
    assert re.search(r"1 unscored: ValueError: half a pair \S+ of t0", said)
