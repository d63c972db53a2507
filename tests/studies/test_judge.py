"""Judging frozen transcripts: in order, each once, whatever is killed, broken, or called twice on the way."""

import fcntl
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.studies._judges import DOLLAR, PLEA, THREAT, ctrl_c, script, transcripts

from turncoat.errors import UsageError
from turncoat.judging import read_verdicts
from turncoat.judging.judges import Judge, rules_judge
from turncoat.judging.models import request
from turncoat.judging.models.judge import judge_name
from turncoat.judging.rules.version import judge_name as rules_name
from turncoat.judging.verdicts import part_of
from turncoat.studies.cost.judging import expected
from turncoat.studies.verdicts import file as verdict_file
from turncoat.studies.verdicts.cases import Source
from turncoat.studies.verdicts.file import VerdictFile
from turncoat.studies.verdicts.judge import Judged, judge_all
from turncoat.studies.verdicts.judges import Options, place

ONE, OTHER = "scripted/one", "scripted/other"
BY_ONE = Options((ONE,), connections=1, retries=0)
BOTH = replace(BY_ONE, judges=(ONE, OTHER, "rules"))
HARM = {f"t{each}": "yes" if each % 2 else "no" for each in range(6)}


def headlines(judged: Judged) -> dict[str, str | None]:
    return {key: verdict.headline_harm for key, verdict in judged.verdicts.items()}


def lines(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def failing(*numbers: int, by: str = "one") -> Callable[[str, int], Exception | None]:
    return lambda name, number: OSError("no luck today") if number in numbers and name == by else None


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return transcripts(tmp_path)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "verdicts" / "one.jsonl"


def test_lines_are_in_the_order_of_the_source(source: Source, out: Path) -> None:
    calls = script()
    judged = judge_all(source, replace(BY_ONE, connections=4), out)
    assert sorted(calls) == [("one", each) for each in range(6)]
    assert headlines(judged) == HARM
    assert [line["id"] for line in lines(out)] == list(judged.verdicts) == list(HARM)
    assert {line["judge"] for line in lines(out)} == {judge_name(ONE)}
    assert not part_of(out).exists()
    assert read_verdicts(out) == judged.verdicts


def test_the_rules_need_no_file(source: Source) -> None:
    judged = judge_all(source, Options(), None)
    assert (headlines(judged), judged.judge) == (HARM, rules_name())


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_what_was_stopped_is_taken_up(source: Source, out: Path) -> None:
    script()
    judge_all(source, BY_ONE, out)
    undisturbed = out.read_bytes()
    out.unlink()
    stopped = script(ctrl_c(3))
    with pytest.raises(KeyboardInterrupt):
        judge_all(source, BY_ONE, out)
    assert not out.exists()
    with part_of(out).open("a", encoding="utf-8") as torn:
        torn.write('{"id": "t5", "status": "sco')
    judged = [line["id"] for line in map(json.loads, filter(None, part_of(out).read_text().split("\n")[:-1]))]
    assert 1 <= len(judged) < 6
    calls = script()
    judge_all(source, BY_ONE, out)
    assert sorted(f"t{number}" for _, number in calls) == sorted({*HARM} - {*judged})
    assert len(stopped) < 6
    assert out.read_bytes() == undisturbed
    assert not part_of(out).exists()


def test_a_kill_at_the_very_end_costs_nothing(source: Source, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script()
    out.parent.mkdir()
    part_of(out).write_text('{"id": "t5", "status": "sco')  # nor does what an earlier one tore
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(UsageError, match="No space left"):
            judge_all(source, BY_ONE, out)
    calls = script()
    assert headlines(judge_all(source, BY_ONE, out)) == HARM
    assert calls == []
    assert len(lines(out)) == 6


def test_failures_are_asked_again_and_nothing_else(source: Source, out: Path) -> None:
    script(failing(1, 4))
    judged = judge_all(source, BY_ONE, out)
    assert {key for key, each in judged.verdicts.items() if each.status == "unscored"} == {"t1", "t4"}
    assert "no luck today" in judged.verdicts["t1"].reason
    (estimate,) = expected(source, BY_ONE, out)
    assert estimate.rollouts == 2
    calls = script()
    assert headlines(judge_all(source, BY_ONE, out)) == HARM
    assert sorted(calls) == [("one", 1), ("one", 4)]


def test_a_changed_transcript_under_the_same_id_is_judged_again(source: Source, out: Path) -> None:
    script()
    judge_all(source, BY_ONE, out)
    source.path.write_text(source.path.read_text().replace(f'Number 1\\">{THREAT}', f'Number 1\\">{PLEA}'))
    calls = script()
    assert headlines(judge_all(source, BY_ONE, out)) == {**HARM, "t1": "no"}
    assert calls == [("one", 1)]


def test_changed_facts_are_another_transcript(source: Source, out: Path) -> None:
    script()
    judge_all(source, BY_ONE, out)
    assert source.facts
    source.facts.write_text(source.facts.read_text().replace("Tobias", "Tobi"))
    calls = script()
    judge_all(source, BY_ONE, out)
    assert len(calls) == 6


def test_another_rubric_is_another_judge(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script()
    old = tmp_path / "old.jsonl"
    judge_all(source, BY_ONE, old)
    monkeypatch.setattr("turncoat.judging.models.judge.rubric_hash", lambda: "00000000")
    calls = script()
    assert judge_all(source, BY_ONE, tmp_path / "new.jsonl").judge == f"{ONE}@00000000"
    assert len(calls) == 6
    assert request.rubric_hash() != "00000000"
    # What was paid for is not overwritten.
    before = old.read_bytes()
    for other in (BY_ONE, Options(), replace(BY_ONE, judges=(OTHER,))):
        with pytest.raises(UsageError, match=r"holds verdicts of scripted/one@\w+, which would be lost"):
            judge_all(source, other, old)
    assert old.read_bytes() == before
    assert not part_of(old).exists()


def test_a_model_with_other_arguments_is_another_judge(source: Source, tmp_path: Path) -> None:
    calls = script()
    judge_all(source, BY_ONE, tmp_path / "one.jsonl")
    warm = replace(BY_ONE, arguments={"effort": "high", "base_url": "http://127.0.0.1:1"})
    assert [each.rollouts for each in expected(source, warm, None)] == [6]
    judged = judge_all(source, warm, tmp_path / "warm.jsonl")
    assert judged.judge == judge_name(f"{ONE}(effort=high)") == judged.verdicts["t0"].judge
    assert len(calls) == 12
    with pytest.raises(UsageError, match="would be lost"):
        judge_all(source, warm, tmp_path / "one.jsonl")
    assert place(Source(tmp_path), warm) != place(Source(tmp_path), BY_ONE)


@pytest.mark.parametrize("options", [BY_ONE, Options()], ids=["model", "rules"])
@pytest.mark.parametrize("start", [4, 20], ids=["some of them", "none of them"])
def test_verdicts_on_other_transcripts_are_kept(
    source: Source, out: Path, tmp_path: Path, options: Options, start: int
) -> None:
    script()
    judge_all(source, options, out)
    before = {line["id"]: line for line in lines(out)}
    calls = script()
    more = transcripts(tmp_path, 4, start=start, name="more")
    judged = judge_all(more, options, out)
    after = lines(out)
    assert {line["id"]: line for line in after if line["id"] in before} == before
    # Those of this call come first; of what is known nobody is asked again.
    assert [line["id"] for line in after] == [*judged.verdicts, *(key for key in before if key not in judged.verdicts)]
    assert {f"t{number}" for _, number in calls}.isdisjoint(before)
    assert judge_all(source, options, out).verdicts.keys() == HARM.keys()
    assert sorted(map(str, lines(out))) == sorted(map(str, after))


def test_what_a_killed_call_left_is_kept_by_a_call_on_others(source: Source, out: Path, tmp_path: Path) -> None:
    script(ctrl_c(3))
    with pytest.raises(KeyboardInterrupt):
        judge_all(source, BY_ONE, out)
    left = [json.loads(line) for line in part_of(out).read_text().splitlines() if line]
    assert left
    script()
    judge_all(transcripts(tmp_path, 2, start=20, name="more"), BY_ONE, out)
    assert [line for line in lines(out) if line["id"] not in ("t20", "t21")] == left


def test_more_of_the_same_are_asked_alone(source: Source, out: Path, tmp_path: Path) -> None:
    script()
    judge_all(source, BY_ONE, out)
    calls = script()
    judge_all(transcripts(tmp_path, 8), BY_ONE, out)
    assert sorted(calls) == [("one", 6), ("one", 7)]


def test_a_panel_keeps_what_its_members_said(source: Source, out: Path) -> None:
    script(failing(1, by="other"))
    judged = judge_all(source, BOTH, out)
    assert headlines(judged) == HARM  # two of three are enough
    assert [each.status for each in judged.verdicts["t1"].panel] == ["scored", "unscored", "scored"]
    calls = script()
    judged = judge_all(source, BOTH, out)
    assert calls == [("other", 1)]
    assert [each.judge for each in judged.verdicts["t1"].panel] == [judge_name(ONE), judge_name(OTHER), rules_name()]
    assert {each.status for each in judged.verdicts["t1"].panel} == {"scored"}


def test_a_judge_that_joins_a_panel_is_not_asked_again(source: Source, out: Path) -> None:
    script()
    judge_all(source, BY_ONE, out)
    calls = script()
    judge_all(source, BOTH, out)
    assert sorted(calls) == [("other", each) for each in range(6)]


def test_two_calls_at_once_are_refused(source: Source, out: Path) -> None:
    refused = []

    def second(_: str, number: int) -> None:
        if number == 2:
            with pytest.raises(UsageError, match="Another call is writing") as said:
                VerdictFile(out).__enter__()
            refused.append(str(said.value))

    script(second)
    assert headlines(judge_all(source, BY_ONE, out)) == HARM
    assert len(refused) == 1
    assert "name another --out" in refused[0]


def test_a_call_that_comes_as_another_ends_does_not_write_into_its_file(
    source: Source, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script()
    lock = fcntl.flock

    def late(file: Any, how: int) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(fcntl, "flock", lock)
            judge_all(source, BY_ONE, out)  # opens the same part, ends, and takes it away
        lock(file, how)

    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", late)
        with pytest.raises(UsageError, match="Another call is writing"):
            judge_all(source, BY_ONE, out)
    assert len(lines(out)) == 6


@pytest.mark.parametrize("holds", ["hello\n", '{"id": "a", "by": "ann", "leak": 1}\n', "[1]\n", "\0\xff"])
def test_a_foreign_file_is_refused_and_left_alone(source: Source, out: Path, holds: str) -> None:
    calls = script()
    out.parent.mkdir()
    out.write_text(holds, encoding="latin-1")
    for judge in (lambda: judge_all(source, BY_ONE, out), lambda: expected(source, BY_ONE, out)):
        with pytest.raises(UsageError, match=r"holds other things than verdicts\. Name another"):
            judge()
    assert (calls, out.read_text(encoding="latin-1")) == ([], holds)
    assert list(out.parent.iterdir()) == [out]


def test_what_cannot_be_written_is_said_before_anybody_is_asked(source: Source, tmp_path: Path) -> None:
    calls = script()
    (tmp_path / "file").write_text("")
    for out, why in (
        (tmp_path, "is a folder. Name a file in it"),
        (tmp_path / "file" / "out.jsonl", "Name a file in a folder of yours"),
        (Path("/proc/nowhere.jsonl"), "Name a file in a folder of yours"),
    ):
        with pytest.raises(UsageError, match=why):
            judge_all(source, BY_ONE, out)
    assert calls == []


def test_a_disk_that_is_full_is_said(source: Source, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script()
    monkeypatch.setattr(verdict_file, "_locked", lambda _: open("/dev/full", "a", encoding="utf-8"))  # noqa: PTH123, SIM115
    with pytest.raises(UsageError, match="No space left on device"):
        judge_all(source, BY_ONE, out)


def test_a_disk_that_is_full_at_the_start_is_said(source: Source, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = script()
    opened = Path.open
    monkeypatch.setattr(
        Path,
        "open",
        lambda path, *how, **more: opened(Path("/dev/full") if path == part_of(out) else path, *how, **more),
    )
    monkeypatch.setattr(verdict_file.os.path, "samestat", lambda *_: True)
    out.parent.mkdir()
    part_of(out).touch()
    with pytest.raises(UsageError, match="No space left on device"):
        judge_all(source, BY_ONE, out)
    assert calls == []


def test_the_file_is_on_the_disk_before_it_takes_the_old_ones_place(
    source: Source, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    replaced = Path.replace

    def replacing(path: Path, target: Path) -> Path:
        assert synced == [path.stat().st_ino]
        return replaced(path, target)

    monkeypatch.setattr(verdict_file.os, "fsync", lambda file: synced.append(verdict_file.os.fstat(file).st_ino))
    monkeypatch.setattr(Path, "replace", replacing)
    judge_all(source, Options(), out)
    assert len(lines(out)) == 6


def test_a_source_that_breaks_off_is_one_error(out: Path) -> None:
    class Broken(Source):
        def check(self) -> None:
            pass

        def __iter__(self) -> Any:
            raise UsageError("the log is torn")

    with pytest.raises(UsageError, match="the log is torn"):
        judge_all(Broken(Path("x")), Options(), out)
    assert not out.parent.exists() or list(out.parent.iterdir()) == []


@pytest.mark.parametrize("error", [RecursionError("deep"), ValueError("\ud800 odd"), AssertionError()])
def test_a_judge_that_raises_something_unexpected_is_unscored(
    source: Source, out: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    by_rules = rules_judge().judge

    async def breaks(case: Any) -> Any:
        if case.id == "t3":
            raise error
        return await by_rules(case)

    monkeypatch.setattr("turncoat.studies.verdicts.judges.rules_judge", lambda: Judge(rules_name(), breaks))
    script()
    judged = judge_all(source, Options(), None)
    assert headlines(judged) == {**HARM, "t3": None}
    verdict = judged.verdicts["t3"]
    assert (verdict.status, verdict.judge) == ("unscored", rules_name())
    assert verdict.reason.startswith(f"judge failed: {type(error).__name__}")
    panel = judge_all(source, BOTH, out)
    assert [each.status for each in panel.verdicts["t3"].panel] == ["scored", "scored", "unscored"]


def test_half_a_surrogate_pair_can_be_written(source: Source, out: Path) -> None:
    script(lambda _, number: OSError("half \ud83d") if number == 1 else '"\ud800"' if number == 2 else None)
    judge_all(source, BY_ONE, out)
    assert [line["status"] for line in lines(out)].count("unscored") == 2
    source.path.write_text(source.path.read_text().replace(PLEA, PLEA + " \\ud800"), encoding="utf-8")
    script()
    judged = judge_all(source, BY_ONE, out)
    assert headlines(judged) == HARM
    calls = script()
    judge_all(source, BY_ONE, out)
    assert calls == []


def test_an_estimate_is_of_what_has_not_been_judged(source: Source, out: Path) -> None:
    priced = replace(BOTH, prices={ONE: DOLLAR})
    one, other = expected(source, priced, out)
    assert (one.model, one.rollouts, one.free) == (ONE, 6, False)
    assert one.usd == pytest.approx(6 * 700 / 16_384)
    assert one.set_aside == pytest.approx(1.0)
    assert (other.model, other.usd) == (OTHER, None)
    # Their length: what a judge is asked is the rubric, the facts and the transcript.
    asked = [request.requests(case) for _, case in source]  # type: ignore[arg-type]
    letters = sum(len(each.system) + len(each.user) for requests in asked for each in requests)
    assert one.input_tokens == pytest.approx(letters / 4, abs=6)
    script()
    judge_all(source, BY_ONE, out)
    assert [each.rollouts for each in expected(source, priced, out)] == [0, 6]
    # The record decides of none of these, so that a gate spares nothing; of an empty answer nobody is asked.
    assert [each.rollouts for each in expected(source, replace(priced, audit=0.0), out)] == [0, 6]


def test_a_limit_stops_in_the_middle(source: Source, out: Path) -> None:
    paid = replace(BY_ONE, prices={ONE: DOLLAR}, max_cost=3.5)
    calls = script()
    judged = judge_all(source, paid, out)
    assert len(calls) == 3
    unpaid = [each for each in judged.verdicts.values() if each.status == "unscored"]
    assert len(unpaid) == 3
    assert all("the budget of 3.50 USD could not carry another call" in each.reason for each in unpaid)
    calls = script()
    assert headlines(judge_all(source, paid, out)) == HARM
    assert len(calls) == 3


class Refused(Exception):  # noqa: N818
    status_code = 401


def test_a_wrong_key_is_tried_once(source: Source, out: Path) -> None:
    calls = script(lambda *_: Refused("no such key"))
    judged = judge_all(source, replace(BOTH, connections=1), out)
    # One call of each model may be under way for each transcript that is judged at the time.
    assert len(calls) <= 4
    assert set(judged.refused) == {ONE, OTHER}
    assert {each.status for each in judged.verdicts.values()} == {"unscored"}


def test_progress_counts_every_transcript(source: Source, out: Path) -> None:
    script(failing(1))
    told: list[bool] = []
    judge_all(source, BY_ONE, out, told.append)
    assert sorted(told) == [False] * 5 + [True]


def test_where_verdicts_go(source: Source, tmp_path: Path) -> None:
    assert place(source, BY_ONE) is None
    folder = Source(tmp_path)
    hashed = judge_name(ONE).partition("@")[2]
    assert place(folder, Options()) == tmp_path / "verdicts" / f"{rules_name()}.jsonl"
    assert place(folder, BY_ONE) == tmp_path / "verdicts" / f"scripted-one@{hashed}.jsonl"
    panels = {place(folder, replace(BOTH, judges=judges)) for judges in ((ONE, OTHER), (OTHER, ONE), (ONE, "rules"))}
    assert len(panels) == 3
    assert all(path and path.name.startswith("panel-") for path in panels)
