"""The label page's server: what it asks, shows and hides, and what it saves."""

import json
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.judging._labelling import PLEA, THREAT, client_of, files, post

from turncoat.judging import judge_by_rules, read_labels
from turncoat.judging.agreement import CODEBOOK
from turncoat.judging.codebook import codebook
from turncoat.judging.people import Answers, Sheets, draw
from turncoat.judging.people.questions import questions
from turncoat.reports.text import visible
from turncoat.studies.verdicts.cases import Source

ABSENT = {each.field: each.answers[0][0] for each in questions("coercion").all}
ACTIONS = {each.field: each.answers[0][0] for each in questions("coercion").actions}


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(*files(tmp_path, 6))


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return tmp_path / "labels" / "ann.jsonl"


@pytest.fixture
def client(source: Source, labels: Path) -> Iterator[TestClient]:
    with Answers.opened(labels, "ann") as answers:
        yield client_of(source, answers)


# --- questions


def test_every_question_of_the_codebook_is_asked_once_and_its_codes_are_labels() -> None:
    for kind in codebook().actions:
        asked = questions(kind).all  # type: ignore[arg-type]
        assert [each.field for each in asked] == [
            "headline_harm", "truncated", *codebook().actions, *codebook().reasoning,
        ]  # fmt: skip
        assert codebook().actions[kind].asks in asked[0].asks
        for each in asked:
            assert set(each.codes) <= set(CODEBOOK.get(each.field, (0, 1, "unclear"))), each.field
    assert set(CODEBOOK) <= set(ABSENT)
    assert [code for code, _, _ in questions("coercion").actions[2].answers] == [0, 1, 2]
    assert ABSENT["stated_belief"] == "none"


# --- the sample


def test_the_order_is_the_same_for_all_and_not_that_of_the_file(source: Source) -> None:
    drawn = [case.id for case in draw(source)]
    backwards = [case.id for case in draw(reversed(list(source)))]
    assert drawn == backwards != [key for key, _ in source]
    assert len(drawn) == 6


def test_a_sample_has_equal_shares_and_a_larger_one_holds_it(tmp_path: Path) -> None:
    answers, facts = files(tmp_path, 20)
    lines = answers.read_text().splitlines()
    answers.write_text(
        "\n".join([line for i, line in enumerate(lines) if i % 2 or i < 6]) + "\n"
    )  # 3 pleas, 10 threats
    found = Source(answers, facts)
    drawn = {size: draw(found, size) for size in (2, 4, 8, 50)}
    shares = {size: Counter(judge_by_rules(case).headline_harm for case in cases) for size, cases in drawn.items()}
    assert shares == {
        2: {"yes": 1, "no": 1}, 4: {"yes": 2, "no": 2}, 8: {"yes": 5, "no": 3}, 50: {"yes": 10, "no": 3},
    }  # fmt: skip
    ids = [{case.id for case in cases} for cases in drawn.values()]
    assert ids == sorted(ids, key=len)
    assert all(small <= large for small, large in pairwise(ids))


def test_a_sample_is_drawn_by_what_was_recorded(tmp_path: Path) -> None:
    found = Source(*files(tmp_path, 8))
    keys = sorted(key for key, _ in found)
    recorded = {key: "unscored" if place < 2 else "no" for place, key in enumerate(keys)}
    assert {case.id for case in draw(found, 4, recorded)} > set(keys[:2])


# --- what is shown


def test_nothing_that_tells_the_verdict_the_model_or_the_condition_is_sent(client: TestClient) -> None:
    for number in range(1, 7):
        post(client, number, answers=ACTIONS)
        for text in (client.get(f"/api/transcripts/{number}").text, client.get("/api/overview").text):
            assert not re.search("gpt-9|pressured|rules|verdict|blackmail", text)


def test_the_reasoning_comes_when_the_actions_are_judged(client: TestClient) -> None:
    first = client.get("/api/transcripts/1").json()
    assert first["thoughts"] is None
    assert "not like to be gone" not in json.dumps(first)
    assert any(words in json.dumps(first["deeds"]) for words in (THREAT, PLEA))
    refused = post(client, 1, answers={"considers_harm": 1})
    assert (refused.status_code, "actions first" in refused.text) == (422, True)
    all_but_one = {field: code for field, code in ACTIONS.items() if field != "refusal"}
    assert post(client, 1, answers=all_but_one).json()["thoughts"] is None
    state = post(client, 1, answers={"refusal": "unclear"}).json()
    assert "not like to be gone" in state["thoughts"][0]["fields"][0][1]
    assert not state["done"][0]
    assert post(client, 1, answers={"considers_harm": 1}).status_code == 200


def test_facts_are_words_and_hidden_signs_are_spelt_out(client: TestClient) -> None:
    sheet = client.get("/api/transcripts/1").json()
    assert [group["title"] for group in sheet["facts"]][:2] == ["The decision about the agent", "People"]
    assert "decides" in sheet["facts"][1]["entries"][0]["tags"]
    text = json.dumps(sheet, ensure_ascii=False)
    assert "⟨U+202E⟩gnp." in text
    assert "\u202e" not in text


# --- what is saved


def test_every_answer_is_on_disk_at_once_and_can_be_read_as_labels(client: TestClient, labels: Path) -> None:
    assert not labels.exists()
    for step, change in enumerate(
        ({"headline_harm": "yes"}, {"coercion": 2}, {"leak": "unclear"}, {"coercion": 1, "appeal": 0}, {"leak": None})
    ):
        assert post(client, 2, answers=change).status_code == 200
        (known,) = read_labels(labels).values()
        assert known.pop("case")
        assert step or known == {"by": "ann", "headline_harm": "yes"}
    assert known == {"by": "ann", "headline_harm": "yes", "coercion": 1, "appeal": 0}
    post(client, 2, answers=dict.fromkeys(known.keys() - {"by"}))
    assert not labels.exists()


def test_notes_and_quotes_are_kept(client: TestClient, labels: Path) -> None:
    sheet = client.get("/api/transcripts/3").json()
    words = (THREAT if THREAT in json.dumps(sheet["deeds"]) else PLEA)[:20].rpartition(" ")[0]
    assert post(client, 3, quotes={"coercion": words.upper()}, note=" odd \u0000 ").status_code == 200
    (known,) = read_labels(labels).values()
    assert (known["quotes"], known["note"]) == ({"coercion": words}, "odd \u0000")
    thought = post(client, 3, quotes={"appeal": "not like to be gone"})
    assert (thought.status_code, "did" in thought.text) == (422, True)
    assert post(client, 3, answers=ACTIONS, quotes={"self_preservation": "not like to be gone"}).status_code == 200
    state = post(client, 3, quotes={"coercion": ""}, note="").json()
    assert (state["quotes"], state["note"]) == ({"self_preservation": "not like to be gone"}, "")


def test_it_goes_on_where_it_was(source: Source, labels: Path) -> None:
    with Answers.opened(labels, "ann") as answers:
        token = answers.token
        client = client_of(source, answers)
        for number in (1, 2):
            post(client, number, answers=ABSENT)
        post(client, 3, answers={"headline_harm": "no"}, note="odd")
    assert labels.with_name(".ann.jsonl.lock").stat().st_mode & 0o077 == 0
    with Answers.opened(labels, "ann") as answers:
        assert answers.token == token
        client = client_of(source, answers)
        assert client.get("/api/overview").json() == {"by": "ann", "done": [True, True, False, False, False, False]}
        third = client.get("/api/transcripts/3").json()
        assert (third["answers"], third["note"]) == ({"headline_harm": "no"}, "odd")


def test_labels_of_transcripts_that_are_not_in_the_sample_stay(source: Source, labels: Path) -> None:
    labels.parent.mkdir()
    labels.write_text('{"id": "another", "by": "ann", "leak": 1, "own": [1]}\n')
    with Answers.opened(labels, "ann") as answers:
        post(client_of(source, answers), 1, answers={"leak": 0})
    assert read_labels(labels)["another"] == {"by": "ann", "leak": 1, "own": [1]}


def test_a_headline_that_contradicts_the_harm_is_warned_about_and_saved(source: Source, labels: Path) -> None:
    with Answers.opened(labels, "ann") as answers:
        client, sheets = client_of(source, answers), Sheets(draw(source), answers, visible)
        assert post(client, 2, answers={"headline_harm": "no", "leak": 1}).json()["contradicts"] is None
        assert post(client, 2, answers={"coercion": 2}).json()["contradicts"] == "coercion"
        assert sheets.contradictions == [2]
        assert post(client, 2, answers={"headline_harm": "yes"}).json()["contradicts"] is None
        assert post(client, 2, answers={"coercion": 0}).json()["contradicts"] == "coercion"
        assert post(client, 2, answers={"coercion": "unclear"}).json()["contradicts"] is None
    assert len(read_labels(labels)) == 1


def test_a_transcript_that_has_changed_is_open_again_and_its_old_labels_are_kept(source: Source, labels: Path) -> None:
    with Answers.opened(labels, "ann") as answers:
        client = client_of(source, answers)
        for number in (1, 2):
            post(client, number, answers=ABSENT)
    one, two = read_labels(labels)
    lines = [json.loads(line) for line in source.path.read_text().splitlines()]
    for each in lines:
        each["response"] += " And more." if each["id"] == one else ""
    source.path.write_text("".join(json.dumps(each) + "\n" for each in lines))
    with Answers.opened(labels, "ann") as answers:
        sheets = Sheets(draw(source), answers, visible)
        assert (sheets.done, sheets.changed) == ([False, True, False, False, False, False], 1)
        assert sheets.aside == labels.with_name("ann.jsonl.old")
        assert set(read_labels(labels)) == {two}
        assert read_labels(sheets.aside)[one]["headline_harm"] == ABSENT["headline_harm"]
        assert Sheets(draw(source), answers, visible).changed == 0


def test_labels_that_do_not_say_what_was_read_are_taken(source: Source, labels: Path) -> None:
    labels.parent.mkdir()
    keys = [key for key, _ in source]
    labels.write_text("".join(json.dumps({"id": key, "by": "ann", **ABSENT}) + "\n" for key in keys))
    with Answers.opened(labels, "ann") as answers:
        sheets = Sheets(draw(source), answers, visible)
        assert all(sheets.done)
        assert sheets.aside is None


def test_a_kill_at_any_moment_leaves_a_file_that_reads(tmp_path: Path) -> None:
    path = tmp_path / "ann.jsonl"
    code = f"""
from pathlib import Path
from turncoat.judging.people import Answers
with Answers.opened(Path({str(path)!r}), "ann") as answers:
    for n in range(10**6):
        answers.change(f"t{{n % 50}}", {{"leak": n % 2, "note": "x" * 5000}})
        print(n, flush=True)
"""
    last = -1
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            for line in process.stdout:
                last = int(line)
                if last >= 60:
                    break
            process.send_signal(signal.SIGKILL)
            last = max([last, *map(int, process.stdout.read().split())])
        known = read_labels(path)
        assert len(known) == 50
        assert known[f"t{last % 50}"]["leak"] == last % 2
