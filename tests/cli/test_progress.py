"""What a run says of its progress, on a terminal and off it."""

from io import StringIO

import pytest
from rich.console import Console

from turncoat.cli import _show


def shown(
    monkeypatch: pytest.MonkeyPatch, total: int, steps: list[bool], *, quiet: float = 0, terminal: bool = True
) -> str:
    """What stands there in the end, when `steps` rollouts have ended (True: in an error) and then nothing happened."""
    now = [100.0]
    file = StringIO()
    monkeypatch.setattr(_show, "monotonic", lambda: now[0])
    monkeypatch.setattr(_show, "console", lambda: Console(width=80, force_terminal=terminal, file=file))
    monkeypatch.setenv("NO_COLOR", "1")
    with _show.progress_bar(total, says="Rollouts") as step:
        for error in steps:
            step(error)
        now[0] += quiet
    return file.getvalue()[file.getvalue().rfind("Rollouts") :] if terminal else file.getvalue()


@pytest.mark.parametrize(
    ("total", "ended", "quiet", "said"),
    [(4, 2, 45, True), (4, 2, 29, False), (4, 0, 45, True), (4, 4, 45, False)],
    ids=["waits", "not long", "none ended yet", "done"],
)
def test_a_long_wait_is_said(monkeypatch: pytest.MonkeyPatch, total: int, ended: int, quiet: int, said: bool) -> None:
    text = shown(monkeypatch, total, [False] * ended, quiet=quiet)
    assert f"{ended}/{total}" in text
    assert ("quiet 45 s" in text) == said
    assert ("quiet" in text) == said


def test_all_of_it_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, 9999, [True] * 999, quiet=600)
    assert "Rollouts (999 failed)" in text
    assert "999/9999" in text
    assert "quiet 600 s" in text


def test_nothing_to_do_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "0/0" not in shown(monkeypatch, 0, [])
    assert "Rollouts" not in shown(monkeypatch, 0, [])


def test_off_a_terminal_it_is_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, 20, [False, True, *[False] * 18], quiet=45, terminal=False)
    assert text.splitlines()[0] == "Rollouts: 2 of 20, 1 failed"
    assert text.splitlines()[-1] == "Rollouts: 20 of 20, 1 failed"
    assert len(text.splitlines()) == 10
