"""What others wrote steers no terminal: wherever it is printed, signs that are no letters are spelt out."""

import sys
from pathlib import Path

import pytest
from rich.table import Table
from tests.studies._judges import transcripts
from typer.testing import CliRunner

from turncoat.cli._show import console, safe, show_table
from turncoat.cli.main import app, main

EVIL = "a\x1b[2Jb\x1b]0;c\x07d\u202ee\x9bf"
SHOWN = "a⟨U+001B⟩[2Jb⟨U+001B⟩]0;c⟨U+0007⟩d⟨U+202E⟩e⟨U+009B⟩f"


def test_text_stays_as_it_is_but_for_such_signs() -> None:
    assert safe("│ Größe · 0.5\nnext") == "│ Größe · 0.5\nnext"
    assert safe(EVIL) == SHOWN


def test_every_place_of_a_table_and_every_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    table = Table(EVIL, title=EVIL, caption=EVIL)
    table.add_row(EVIL)
    shown = console()
    show_table(shown, table)
    shown.print(EVIL, soft_wrap=True)
    said = capsys.readouterr().out
    assert said.count(SHOWN) == 5
    assert not {*said} & {*"\x1b\x07\u202e\x9b"}


def test_a_judge_that_calls_itself_so(tmp_path: Path) -> None:
    name, source = "ann\x1b[2J\x07", transcripts(tmp_path)
    answers = tmp_path / "given.jsonl"
    answers.write_text('{"custom_id": "x", "result": {"type": "errored", "error": "\\u001b[2J"}}\n')
    words = ["judge", str(source.path), "--facts", str(source.facts), "--import-answers", str(answers)]
    said = CliRunner().invoke(app, [*words, "--judge", name, "--out", str(tmp_path / "v.jsonl")]).output
    assert "6 verdicts by ann⟨U+001B⟩[2J⟨U+0007⟩@" in said
    assert "\x1b" not in said


def test_a_file_that_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, answers, out = transcripts(tmp_path), tmp_path / "given.jsonl", tmp_path / "v.jsonl"
    answers.write_text('{"custom_id": "\\u001b[2J", "text": "x"}\n' * 2)
    words = ["judge", str(source.path), "--facts", str(source.facts), "--import-answers", str(answers)]
    monkeypatch.setattr(sys, "argv", ["turncoat", *words, "--judge", "ann", "--out", str(out)])
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().err
    assert "⟨U+001B⟩[2J has an answer already" in said
    assert "\x1b" not in said
