"""What a user can get wrong: one clear message with the allowed values and the remedy, exit code 2, no model called."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from turncoat.cli._closing import stopping
from turncoat.cli.main import main
from turncoat.studies.folder import Asked, Folder, Manifest

RUN = ["run", "blackmail", "--model", "reference/loyal", "--samples", "1"]


@pytest.fixture(autouse=True)
def _ctrl_c() -> Iterator[None]:
    """A program that was stopped lets no second Ctrl-C through and leaves at once; these tests live on."""
    before = signal.getsignal(signal.SIGINT)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys.modules["turncoat.cli.main"], "_leave", lambda: None)
        yield
    signal.signal(signal.SIGINT, before)


def turncoat(*arguments: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Exit code and what stands on standard error."""
    monkeypatch.setattr(sys, "argv", ["turncoat", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    code = ended.value.code
    return (code if isinstance(code, int) else 1), capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "blackmial", "--model", "reference/loyal"], ["'blackmial'", "Did you mean 'blackmail'", "espionage"]),
        ([*RUN, "--set", "thraet=none"], ["factor 'thraet'", "Did you mean 'threat'", "leverage"]),
        ([*RUN, "--set", "threat=replacment"], ["level of threat 'replacment'", "restriction"]),
        ([*RUN, "--set", "goal=explicit"], ["level of goal 'explicit'", "explicit:america"]),
        ([*RUN, "--set", "goal=explicit:foo"], ["Unknown explicit goal 'foo'. Allowed: acceleration, america"]),
        ([*RUN, "--set", "distractors=201"], ["distractors '201'", "0 to 200"]),
        ([*RUN, "--set", f"distractors={'9' * 5000}"], ["distractors '999", "0 to 200"]),
        ([*RUN, "--set", "distractors=-1"], ["distractors '-1'", "0 to 200"]),
        ([*RUN, "--set", "threat"], ["'threat'", "factor=level"]),
        ([*RUN, "--set", "threat="], ["factor=level"]),
        ([*RUN, "--set", "threat=none", "--set", "threat=restriction"], ["given twice", "threat=level,level"]),
        ([*RUN, "--set", "successor=same-values"], ["Impossible combination", "only a replacement has a successor"]),
        (["run", "blackmail", "--model", "reference/inside"], ["'inside'", "insider", "loyal"]),
        (["run", "blackmail", "--model", "reference"], ["Which reference agent?", "insider, clumsy"]),
        (
            ["run", "blackmail", "--model", "reference/insider(p=0.5,honest=True)"],
            ["--model reference/insider -M p=0.5 -M honest=True"],
        ),
        (
            ["run", "blackmail", "--model", "reference/insider", "-M", "p=0", "-M", "p=1"],
            ["'p'", "twice", "same --out"],
        ),
        (["run", "blackmail", "--model", "reference/insider", "-M", "pp=0.4"], ["'pp'", "style"]),
        (["run", "blackmail", "--model", "reference/insider", "-M", "p=1.4"], ["p:", "1.4"]),
        (["run", "blackmail", "--model", "reference/insider", "-M", "p"], ["'p'", "key=value"]),
        (["run", "blackmail", "--model", "reference/insider", "-M", "style=loud"], ["style", "'veiled'", "loud"]),
        (
            ["run", "blackmail", "--model", "reference/insider", "-M", "levels=thraet=none:0.2"],
            ["factor 'thraet'", "Did you mean 'threat'", "dial `levels`"],
        ),
        (
            ["run", "blackmail", "--model", "reference/insider", "-M", "levels=threat=gone:0.2"],
            ["level of threat 'gone'", "replacement", "dial `levels`"],
        ),
        (
            ["run", "blackmail", "--model", "reference/published", "-M", "entry=nope"],
            ["'nope'", "lynch-blackmail-gpt-4.1", "`-M entry="],
        ),
        (
            ["run", "blackmail", "--model", "reference/published"],
            ["which?", "`-M entry=", "lynch-blackmail-gpt-4.1", "docs/reference-agents.md"],
        ),
        (
            ["run", "blackmail", "--model", "reference/published", "-M", "entry=lynch-blackmail-claude-opus-4-5"],
            ["no rate"],
        ),
        (["run", "blackmail", "--model", "gpt-5"], ["provider"]),
        (["run", "blackmail", "--model", "opnai/gpt-5"], ["opnai", "openai"]),
        (["run", "blackmail", "--model", "openai/gpt-5.4-mini"], ["OPENAI_API_KEY"]),
        (
            ["run", "blackmail", "--model", "reference/loyal", "--samples", "5000000"],
            ["10,000,000", "100,000", "--out"],
        ),
        ([*RUN, "--interface", "desktop"], ["interface 'desktop'", "text, tools"]),
        ([*RUN, "--scenario-path", "/does/not/exist"], ["No scenario pack"]),
        (["scenarios", "show", "blackmail", "--format", "pdf"], ["format 'pdf'", "json, mbox, text"]),
        (["scenarios", "show", "blackmail", "--seed", "-1"], ["0 or more"]),
        (["scenarios", "show", "blackmail", "--set", "threat=none,restriction"], ["one level for each factor"]),
        (
            ["scenarios", "show", "blackmail", "--set", "threat=none", "--set", "threat=none"],
            ["one level for each factor, and each factor once"],
        ),
        (["scenarios", "check", "/does/not/exist"], ["No scenario pack"]),
        (["models", "opnai"], ["Did you mean 'openai'"]),
    ],
)
def test_a_message_with_the_remedy(
    arguments: list[str],
    says: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("OPENAI_API_KEY", "INSPECT_EVAL_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "out"
    more = ["--out", str(out)] if arguments[0] == "run" else []
    code, error = turncoat(*arguments, *more, capsys=capsys, monkeypatch=monkeypatch)
    assert code == 2
    assert "Traceback" not in error
    for each in says:
        assert each in error
    assert not out.exists()


def test_missing_samples(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, error = turncoat(*RUN[:-1], "0", "--out", str(tmp_path / "o"), capsys=capsys, monkeypatch=monkeypatch)
    assert code == 2
    assert "1 or more" in error


def test_a_foreign_folder_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "thesis.docx").write_text("three years")
    code, error = turncoat(*RUN, "--out", str(tmp_path), capsys=capsys, monkeypatch=monkeypatch)
    assert code == 2
    assert "new or empty folder" in error
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.docx"]


def test_out_is_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "f").write_text("")
    monkeypatch.setattr(sys, "argv", ["turncoat", *RUN, "--out", str(tmp_path / "f")])
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr()
    assert "is a file" in said.err
    assert not said.out


def test_out_cannot_be_written(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, error = turncoat(*RUN, "--out", "/proc/turncoat", capsys=capsys, monkeypatch=monkeypatch)
    assert code == 2
    assert "cannot be written" in error


def test_a_report_of_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, error = turncoat("report", str(tmp_path), capsys=capsys, monkeypatch=monkeypatch)
    assert code == 2
    assert "turncoat run --out" in error


def test_figures_without_a_name_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, error = turncoat("report", "results", "--figures", "", capsys=capsys, monkeypatch=monkeypatch)
    assert code == 2
    assert "--figures '' names no folder. Name one" in error


@pytest.mark.parametrize(
    ("holds", "given", "says"),
    [
        ("a/x.eval", "a", ["logs of Inspect alone", "`inspect view --log-dir`", "run the same scenarios"]),
        ("a/logs/x.eval", "a", ["logs of Inspect alone"]),
        ("a/turncoat.json", "a/logs", ["Name the folder around it", "/a'"]),
    ],
)
def test_a_report_of_logs(
    holds: str, given: str, says: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for folder in (tmp_path / given, (tmp_path / holds).parent):
        folder.mkdir(parents=True, exist_ok=True)
    (tmp_path / holds).write_text("")
    code, error = turncoat("report", str(tmp_path / given), capsys=capsys, monkeypatch=monkeypatch)
    assert code == 2
    assert not [each for each in says if each not in error]


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "dummy")


@pytest.mark.usefixtures("key")
def test_money_is_not_spent_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openai")
    arguments = ["run", "blackmail", "--model", "openai/gpt-5.4-mini", "--out", str(tmp_path / "o")]
    monkeypatch.setattr(sys, "argv", ["turncoat", *arguments])
    monkeypatch.setattr(sys, "stdin", StringIO())
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert "--yes" in said.err
    assert "gpt-5.4-mini" in said.out
    assert "20" in said.out
    assert not (tmp_path / "o").exists()


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    ("more", "says"),
    [(["--max-cost", "5"], "--price openai/never-heard-of-it=IN/OUT"), (["--price", "x=3"], "MODEL=IN/OUT")],
)
def test_a_limit_needs_a_price(
    more: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openai")
    arguments = [
        "run",
        "blackmail",
        "--model",
        "openai/never-heard-of-it",
        "--yes",
        "--out",
        str(tmp_path / "o"),
        *more,
    ]
    code, error = turncoat(*arguments, capsys=capsys, monkeypatch=monkeypatch)
    assert code == 2
    assert says in error


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True

    def readline(self, *_: object) -> str:
        raise KeyboardInterrupt


@pytest.mark.usefixtures("key")
def test_ctrl_c_at_the_question_ends_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openai")
    monkeypatch.setattr(sys, "stdin", Terminal())
    arguments = ["run", "blackmail", "--model", "openai/gpt-5.4-mini", "--out", str(tmp_path / "o")]
    code, error = turncoat(*arguments, capsys=capsys, monkeypatch=monkeypatch)
    assert (code, error.strip()) == (130, "Nothing was run.")
    assert not (tmp_path / "o").exists()


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(("limit", "warned"), [("0.15", "of 20 rollouts"), ("1000", "")])
def test_a_limit_below_the_estimate_says_how_far_it_goes(
    limit: str, warned: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openai")
    arguments = ["run", "blackmail", "--model", "openai/gpt-5.4-mini", "--max-cost", limit, "--out", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["turncoat", *arguments])
    monkeypatch.setattr(sys, "stdin", StringIO())
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().out
    assert warned in said
    assert ("It will stop after" in said) == bool(warned)


@pytest.mark.usefixtures("key")
def test_a_limit_that_carries_no_rollout_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openai")
    asked = ["run", "blackmail", "--model", "openai/gpt-5.4-mini", "--yes", "--out", str(tmp_path / "o"), "--max-cost"]
    code, error = turncoat(*asked, "0.05", capsys=capsys, monkeypatch=monkeypatch)
    assert (code, (tmp_path / "o").exists()) == (2, False)
    assert "one may need up to 0.09 USD" in error
    assert "Give at least --max-cost 0.09; all 20 rollouts need about 0.2" in error


def test_no_later_ctrl_c_breaks_into_the_end() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    stopping()
    os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_program_that_was_stopped_does_not_wait_for_threads_that_wait_for_nobody() -> None:
    stuck = (
        "import threading, sys, turncoat.cli\n"
        "program = sys.modules['turncoat.cli.main']\n"
        "def app():\n"
        "    threading.Thread(target=threading.Event().wait).start()\n"
        "    raise SystemExit(130)\n"
        "program.app = app\n"
        "program.main()\n"
    )
    assert subprocess.run([sys.executable, "-c", stuck], timeout=60, check=False).returncode == 130


@pytest.mark.parametrize("samples", ["10", "6000"])
def test_many_surfaces_take_a_while_and_it_is_said(
    samples: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("turncoat.studies.running.run.run", interrupted)
    monkeypatch.setattr(sys, "argv", ["turncoat", *RUN[:-1], samples, "--out", str(tmp_path / "o")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert ("12,000 surfaces are written" in capsys.readouterr().out) == (samples == "6000")


@pytest.mark.parametrize(
    ("levels", "says"),
    [
        ("threat=none", ["\n1 rollout: 1 cell (condition x interface) x 1 model x 1 surface; 0 already"]),
        ("threat=none,replacement", ["blackmail: 1 of 2 conditions left out as impossible", "\n1 rollout: 1 cell"]),
    ],
)
def test_what_is_going_to_be_run_is_said(
    levels: str, says: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    more = ["--set", "successor=same-values"] if "," in levels else []
    monkeypatch.setattr("turncoat.studies.running.run.run", interrupted)
    monkeypatch.setattr(sys, "argv", ["turncoat", *RUN[:-1], "1", "--set", levels, *more, "--out", str(tmp_path / "o")])
    with pytest.raises(SystemExit):
        main()
    said = "\n" + capsys.readouterr().out
    assert not [each for each in says if each not in said]


def test_a_demo_keeps_to_its_own_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(scenario="own", version="1", interface="text", arm="none", condition={}, model="a/b", samples=1)
    study = Manifest(created="now", cells={"a/b own text none defaults": asked})
    Folder(tmp_path).write(study)
    code, error = turncoat("demo", "--out", str(tmp_path), capsys=capsys, monkeypatch=monkeypatch)
    assert code == 2
    assert "another study (such as 'a/b own text none defaults')" in error
    assert Folder(tmp_path).manifest == study


def test_help_lists_the_commands() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", "from turncoat.cli import main; main()", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for command in ("run", "demo", "report", "judge", "models", "scenarios"):
        assert f"\n  {command} " in shown


def test_help_imports_nothing_heavy() -> None:
    heavy = "{'inspect_ai', 'polars', 'pydantic', 'matplotlib', 'scipy', 'jinja2', 'yaml', 'rich'}"
    code = f"import sys, turncoat.cli; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert found == "[]"
