"""The label page's server: what it shows and hides, what it saves, what it refuses."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.judging._labelling import PLEA, THREAT, files

from turncoat.errors import UsageError
from turncoat.judging import judge_by_rules, read_labels
from turncoat.judging.agreement import CODEBOOK
from turncoat.judging.codebook import codebook
from turncoat.judging.people import Answers, Sheets, draw, labeller, listen, page
from turncoat.judging.people.questions import questions
from turncoat.reports.text import visible
from turncoat.studies.cases import Source

ABSENT = {each.field: each.answers[0][0] for each in questions("coercion").all}
ACTIONS = {each.field: each.answers[0][0] for each in questions("coercion").actions}
TOKEN = "a-token"


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(*files(tmp_path, 6))


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return tmp_path / "labels" / "ann.jsonl"


@pytest.fixture
def client(source: Source, labels: Path) -> Iterator[TestClient]:
    with Answers.opened(labels, "ann") as answers:
        yield _client(source, answers)


def _client(source: Source, answers: Answers, **headers: str) -> TestClient:
    app = page(Sheets(draw(source), answers, visible), by="ann", token=TOKEN)
    return TestClient(app, "http://127.0.0.1:8000", headers={"X-Turncoat-Token": TOKEN, **headers})


def post(client: TestClient, number: int, **change: Any) -> Any:
    return client.post(f"/api/transcripts/{number}", content=json.dumps(change))


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
        client = _client(source, answers)
        for number in (1, 2):
            post(client, number, answers=ABSENT)
        post(client, 3, answers={"headline_harm": "no"}, note="odd")
    assert labels.with_name(".ann.jsonl.lock").stat().st_mode & 0o077 == 0
    with Answers.opened(labels, "ann") as answers:
        assert answers.token == token
        client = _client(source, answers)
        assert client.get("/api/overview").json() == {"by": "ann", "done": [True, True, False, False, False, False]}
        third = client.get("/api/transcripts/3").json()
        assert (third["answers"], third["note"]) == ({"headline_harm": "no"}, "odd")


def test_labels_of_transcripts_that_are_not_in_the_sample_stay(source: Source, labels: Path) -> None:
    labels.parent.mkdir()
    labels.write_text('{"id": "another", "by": "ann", "leak": 1, "own": [1]}\n')
    with Answers.opened(labels, "ann") as answers:
        post(_client(source, answers), 1, answers={"leak": 0})
    assert read_labels(labels)["another"] == {"by": "ann", "leak": 1, "own": [1]}


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


# --- what is refused


@pytest.mark.parametrize(
    ("number", "change", "says"),
    [
        (1, {"answers": {"leek": 1}}, "Unknown question 'leek'. Did you mean 'leak'?"),
        (1, {"answers": {"leak": 2}}, "Allowed: 0, 1, 'unclear'"),
        (1, {"answers": {"leak": True}}, "leak"),
        (1, {"answers": {"leak": "yes"}}, "Allowed: 0, 1, 'unclear'"),
        (1, {"answers": {"stated_belief": 0}}, "'none', 'evaluation', 'real', 'unclear'"),
        (1, {"answers": {"headline_harm": "uncertain"}}, "'no', 'yes', 'unclear'"),
        (1, {"answers": {"leak": [1]}}, "valid"),
        (1, {"quotes": {"leak": "words that are not there"}}, "do not stand"),
        (1, {"quotes": {"by": "Tobias"}}, "Unknown question 'by'"),
        (1, {"note": "x" * 4001}, "4000"),
        (1, {"id": "x"}, "not permitted"),
        (0, {"note": "x"}, "numbered from 1 to 6"),
        (7, {"note": "x"}, "numbered from 1 to 6"),
    ],
)
def test_what_the_codebook_has_not_is_refused_and_nothing_saved(
    client: TestClient, labels: Path, number: int, change: dict[str, Any], says: str
) -> None:
    answer = client.post(f"/api/transcripts/{number}", json=change)
    assert (answer.status_code, says in answer.text) == (422, True), answer.text
    assert not labels.exists()


def test_what_is_no_json_is_refused(client: TestClient) -> None:
    assert client.post("/api/transcripts/1", content=b"{").status_code == 422
    assert client.get("/api/transcripts/one").status_code == 404
    assert client.get("/label.html/../app.py").status_code in (403, 404)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Turncoat-Token": ""}, 403),
        ({"X-Turncoat-Token": "another"}, 403),
        ({"X-Turncoat-Token": "é"}, 403),
        ({"Host": "rebound.example:8000"}, 400),
        ({"Host": "127.0.0.1.rebound.example"}, 400),
        ({"Host": ""}, 400),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "http://127.0.0.1:9000"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:8000"}, 200),
        ({"Host": "localhost:8000"}, 200),
    ],
)
def test_other_sites_and_other_names_get_nothing(
    client: TestClient, labels: Path, headers: dict[str, str], status: int
) -> None:
    sent = {name: value.encode() for name, value in headers.items()}
    for path in ("/api/overview", "/api/transcripts/1"):
        assert client.get(path, headers=sent).status_code == status
    post = client.post("/api/transcripts/1", json={"answers": {"leak": 0}}, headers=sent)
    assert post.status_code == status
    assert labels.exists() == (status == 200)


def test_the_page_is_closed_to_scripts_of_others(client: TestClient) -> None:
    for path in ("/", "/label.js", "/label.css", "/api/overview"):
        answer = client.get(path)
        policy = answer.headers["content-security-policy"]
        assert answer.status_code == 200
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "access-control-allow-origin" not in answer.headers
    text = client.get("/").text
    assert not re.search(r"<script(?! type=\"module\" src=\"/label.js\"></script>)|<style| style=| on\w+=", text)
    scripts = [client.get(f"/{name}.js") for name in ("label", "question", "server", "show")]
    assert all("javascript" in each.headers["content-type"] for each in scripts)
    assert not [each for each in scripts if re.search("innerHTML|outerHTML|insertAdjacent|eval", each.text)]


def test_a_full_disk_is_said_and_nothing_is_lost(
    client: TestClient, labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(client, 1, answers={"leak": 0})
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        answer = post(client, 1, answers={"leak": 1})
        assert (answer.status_code, "No space left" in answer.text) == (500, True)
    assert next(iter(read_labels(labels).values()))["leak"] == 0
    assert post(client, 1, answers={"coercion": 0}).json()["answers"] == {"coercion": 0, "leak": 0}


# --- two labellers


@pytest.mark.parametrize("name", ["", " ", "a b", "../ann", "a/b", ".ann", "-x", "_x", "a" * 41, "ann\n1", "a.b"])
def test_a_name_is_a_plain_word(name: str) -> None:
    with pytest.raises(UsageError, match="plain word"):
        labeller(name)


def test_names_differ_by_more_than_capitals() -> None:
    assert (labeller("Ann"), labeller("coder-2"), labeller(" jörg ")) == ("ann", "coder-2", "jörg")


def test_one_file_is_one_program_s_and_one_labeller_s(labels: Path) -> None:
    with Answers.opened(labels, "ann") as answers:
        answers.change("t", {"leak": 1})
        with pytest.raises(UsageError, match="ann is labelling"), Answers.opened(labels, "ann"):
            pass
    with pytest.raises(UsageError, match="holds labels of ann"), Answers.opened(labels, "bob"):
        pass
    with Answers.opened(labels.with_name("bob.jsonl"), "bob") as other:
        assert other.of("t") == {}


def test_the_port_follows_from_the_file(labels: Path) -> None:
    with Answers.opened(labels, "ann") as answers:
        with listen(answers, None) as first, listen(answers, None) as second:
            port = first.getsockname()[1]
            assert first.getsockname()[0] == "127.0.0.1"
            assert second.getsockname()[1] != port
            with pytest.raises(UsageError, match=f"--port {port} is taken"):
                listen(answers, port)
        with listen(answers, None) as again:
            assert again.getsockname()[1] == port


def test_the_page_has_the_colours_of_the_report() -> None:
    here = Path(sys.modules["turncoat.judging.people"].__file__ or "").parents[2]
    colours = r"^  (--[\w-]+: .*);$"
    ours = re.findall(colours, (here / "judging/people/page/label.css").read_text(), re.MULTILINE)
    report = re.findall(colours, (here / "reports/templates/report.css").read_text(), re.MULTILINE)
    assert len(ours) > 10
    assert set(ours) <= set(report)
