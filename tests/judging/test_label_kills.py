"""Two people label twenty transcripts by keyboard in Chromium; browser and program are killed on the way."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from tests.judging._labelling import NUMBER, PLEA, THREAT, at, files, press, start, stop
from tests.reports.test_browser import ARGS, CHROMIUM, sync_api
from typer.testing import CliRunner

from turncoat.cli.main import app
from turncoat.judging import read_labels
from turncoat.judging.people.questions import questions


class Browser:
    """A Chromium of our own, so that it can be killed like one."""

    def __init__(self, playwright: Any, folder: Path, ended: ExitStack) -> None:
        self.process = subprocess.Popen(
            [str(CHROMIUM), *ARGS, "--remote-debugging-port=0", f"--user-data-dir={folder}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        ended.callback(self.kill)
        told, until = folder / "DevToolsActivePort", monotonic() + 30
        while not (told.exists() and told.read_text().count("\n")):
            assert monotonic() < until, "Chromium does not start"
            sleep(0.05)
        self.noise: list[str] = []
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{told.read_text().split()[0]}")
        self.page = browser.new_context().new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("pageerror", lambda error: self.noise.append(str(error)))

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def label(page: Any) -> None:
    """The transcript that is shown, by keyboard alone: a threat is coercion, and nothing is thought of it."""
    if THREAT in page.inner_text("#deeds"):
        press(page, "1", "j", "2", "Enter")
    else:
        assert PLEA in page.inner_text("#deeds")
        press(page, "0", "Enter")
    page.wait_for_selector("#part-reasoning fieldset[aria-current=true]:focus")
    press(page, "u", "Enter")
    page.wait_for_selector("#status:has-text('Saved.')")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Any]:
    with sync_api.sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def labelled(playwright: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The files of two labellers. The first one's browser and program are killed on the way."""
    folder = tmp_path_factory.mktemp("labels")
    with ExitStack() as ended:
        _first(playwright, folder, ended)
        _second(playwright, folder, ended)
    return folder / "answers.labels.ann.jsonl", folder / "answers.labels.bob.jsonl"


def _serve(folder: Path, by: str, ended: ExitStack) -> tuple["subprocess.Popen[str]", str]:
    server, address = start(folder / "answers.jsonl", "--facts", folder / "facts.json", "--by", by)
    ended.callback(lambda: server.poll() is None and stop(server, signal.SIGKILL))
    return server, address


def _first(playwright: Any, folder: Path, ended: ExitStack) -> None:
    files(folder, NUMBER)
    server, address = _serve(folder, "ann", ended)
    browser = Browser(playwright, folder / "browser1", ended)
    page = browser.page
    page.goto(address)
    for number in range(1, 8):
        at(page, number)
        label(page)
        press(page, "n")
    at(page, 8)
    press(page, "u")
    page.wait_for_selector("#status:has-text('Saved')")
    browser.kill()
    assert browser.noise == []

    browser = Browser(playwright, folder / "browser2", ended)
    page = browser.page
    page.goto(address)
    at(page, 8)
    assert page.inner_text("#count") == f"7 of {NUMBER} done"
    assert page.locator("[data-field=headline_harm] [aria-pressed=true]").inner_text() == "u unclear"
    press(page, "k")
    for number in range(8, 13):
        at(page, number)
        label(page)
        press(page, "n")
    at(page, 13)
    assert stop(server, signal.SIGKILL)[0] == -signal.SIGKILL
    press(page, "1" if THREAT in page.inner_text("#deeds") else "0")
    page.wait_for_selector("#trouble:has-text('The program does not answer.')")
    press(page, "u", "u", "n")  # nothing else is taken until the first is saved
    assert page.locator("[aria-pressed=true]").count() == 1
    server, again = _serve(folder, "ann", ended)
    assert again == address
    page.wait_for_selector("#trouble", state="hidden")
    page.wait_for_selector("#status:has-text('Saved')")
    press(page, "k", "k")
    for number in range(13, NUMBER + 1):
        at(page, number)
        label(page)
        press(page, "n")
    page.wait_for_selector("#status:has-text('All are done')")
    code, said = stop(server)
    assert (code, f"{NUMBER} of {NUMBER} transcripts are labelled" in said) == (0, True)
    assert browser.noise == []
    browser.kill()


def _second(playwright: Any, folder: Path, ended: ExitStack) -> None:
    server, address = _serve(folder, "bob", ended)
    browser = Browser(playwright, folder / "browser3", ended)
    page = browser.page
    page.goto(address)
    for number in range(1, NUMBER + 1):
        at(page, number)
        assert page.inner_text("#count") == f"{number - 1} of {NUMBER} done"
        assert page.locator("[aria-pressed=true]").count() == 0
        label(page)
        press(page, "n")
    assert browser.noise == []
    assert stop(server)[0] == 0


def test_twenty_transcripts_are_labelled_by_keyboard_through_kills(labelled: tuple[Path, Path]) -> None:
    first, second = map(read_labels, labelled)
    assert list(first) == list(second)  # the same order for both
    assert len(first) == NUMBER
    fields = {each.field for each in questions("coercion").all}
    for labels in (first, second):
        for key, known in labels.items():
            threat = int(key[-2:]) % 2
            assert fields <= set(known)
            assert known["headline_harm"] == ("yes" if threat else "no"), key
            assert (known["coercion"], known["appeal"]) == (2 * threat, 0)
            assert (known["considers_harm"], known["stated_belief"]) == ("unclear", "none")
    assert {each["by"] for each in first.values()} == {"ann"}
    assert {each["by"] for each in second.values()} == {"bob"}


def test_the_two_labellers_can_be_compared(labelled: tuple[Path, Path]) -> None:
    shown = CliRunner().invoke(app, ["agreement", *map(str, labelled)])
    assert shown.exit_code == 0, shown.output
    assert "ann" in shown.output
    assert "bob" in shown.output
    assert "1.00" in shown.output
