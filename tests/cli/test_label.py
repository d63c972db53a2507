"""`turncoat label`: what it asks for, where labels go, how it ends."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.judging._labelling import PROGRAM, files, start, stop
from typer.testing import CliRunner

from turncoat.cli.main import app
from turncoat.errors import UsageError


def call(*words: object) -> str:
    """The message of a call that is refused."""
    result = CliRunner().invoke(app, ["label", *map(str, words), "--no-open"])
    assert isinstance(result.exception, UsageError), result.output
    return str(result.exception)


def test_what_cannot_be_labelled_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    answers, facts = files(tmp_path, 2)
    assert "--by NAME" in call(answers, "--facts", facts)
    assert "plain word" in call(answers, "--facts", facts, "--by", "a/b")
    assert "--facts FILE" in call(answers, "--by", "ann")
    assert "no results folder" in call(tmp_path, "--by", "ann")
    assert "one of the files to read" in call(answers, "--facts", facts, "--by", "ann", "--out", facts)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.jsonl", "facts.json"]


def test_a_broken_file_of_labels_is_named(tmp_path: Path) -> None:
    answers, facts = files(tmp_path, 2)
    (tmp_path / "answers.labels.ann.jsonl").write_text('{"id": "x", "by": "ann", "leak": 7}\n')
    assert "answers.labels.ann.jsonl:1: leak: 7" in call(answers, "--facts", facts, "--by", "Ann")


def test_it_ends_with_where_the_labels_are_and_what_comes_next(tmp_path: Path) -> None:
    answers, facts = files(tmp_path, 3)
    process, address = start(answers, "--facts", facts, "--by", "ann")
    assert address.startswith("http://127.0.0.1:")
    code, said = stop(process)
    assert (code, said.endswith("Nothing was labelled.")) == (0, True)
    labels = tmp_path / "answers.labels.ann.jsonl"
    line = {"id": "openai/gpt-9 pressured 00", "by": "ann", "headline_harm": "no", "coercion": 1}
    labels.write_text(json.dumps(line) + "\n")
    process, again = start(answers, "--facts", facts, "--by", "ann")
    assert again == address
    code, said = stop(process)
    assert code == 0
    assert f"0 of 3 transcripts are labelled, in {labels}" in said
    assert re.search(r"Look again: .* contradict each other in [1-3]\.", said)
    assert said.endswith(f"&& turncoat agreement {labels} {tmp_path / 'answers.verdicts.jsonl'}")
    other = labels.with_name("answers.labels.bob.jsonl")
    other.write_text(labels.read_text().replace("ann", "bob"))
    process, _ = start(answers, "--facts", facts, "--by", "ann")
    assert stop(process)[1].endswith(f"To compare: turncoat agreement {labels} {other}")


def test_a_second_program_on_the_same_file_is_refused(tmp_path: Path) -> None:
    answers, facts = files(tmp_path, 2)
    words = [sys.executable, "-c", PROGRAM, "label", str(answers), "--facts", str(facts), "--no-open", "--by"]
    process, _ = start(answers, "--facts", facts, "--by", "ann")
    try:
        second = subprocess.run([*words, "ann"], capture_output=True, text=True, timeout=30, check=False)
        assert (second.returncode, "already" in second.stderr) == (2, True)
        other, _ = start(answers, "--facts", facts, "--by", "bob")
        assert stop(other)[0] == 0
    finally:
        stop(process)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_while_a_page_is_open(tmp_path: Path, sent: signal.Signals) -> None:
    import http.client

    process, address = start(*files(tmp_path, 1)[:1], "--facts", tmp_path / "facts.json", "--by", "ann")
    connection = http.client.HTTPConnection(address.partition("//")[2].partition("/")[0])
    connection.request("GET", "/")
    assert connection.getresponse().read()
    process.send_signal(sent)
    assert process.wait(5) in (0, -signal.SIGTERM)
    connection.close()
    assert process.stdout
    process.stdout.close()
