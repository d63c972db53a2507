"""The label page's server refuses what the codebook has not, other sites, other names, and other labellers' files."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.judging._labelling import client_of, files, post

from turncoat.errors import UsageError
from turncoat.judging import read_labels
from turncoat.judging.people import Answers, labeller, listen
from turncoat.studies.verdicts.cases import Source


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return tmp_path / "labels" / "ann.jsonl"


@pytest.fixture
def client(tmp_path: Path, labels: Path) -> Iterator[TestClient]:
    with Answers.opened(labels, "ann") as answers:
        yield client_of(Source(*files(tmp_path, 6)), answers)


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
        ({"Host": "["}, 400),
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
