"""The label page in Chromium: labelled by keyboard, killed, taken up again; what models wrote does nothing."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from tests.judging._labelling import HIDDEN, PLEA, THREAT, files, start, stop
from tests.reports.test_browser import ARGS, CHROMIUM, CONTRAST, sync_api
from typer.testing import CliRunner

from turncoat.cli.main import app
from turncoat.judging import read_labels
from turncoat.judging.people.questions import questions
from turncoat.reports.text import visible

NUMBER = 20


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


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def at(page: Any, number: int) -> None:
    page.wait_for_selector(f"h1:has-text('Transcript {number} of {NUMBER}')")
    page.wait_for_selector("fieldset[aria-current=true]:focus")


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


# --- one page at a time


@pytest.fixture(scope="module")
def chromium(playwright: Any) -> Iterator[Any]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
    yield browser
    browser.close()


@pytest.fixture
def open_page(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens the page; fails afterwards when it wrote to the console, broke, or asked for anything but its server."""
    answers, facts = files(tmp_path, NUMBER)
    server, address = start(answers, "--facts", facts, "--by", "ann")
    noise: list[str] = []
    requests: list[str] = []
    contexts = []

    def opened(width: int = 1200, height: int = 900, **rest: Any) -> Any:
        contexts.append(chromium.new_context(viewport={"width": width, "height": height}, **rest))
        page = contexts[-1].new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(address)
        at(page, 1)
        return page

    try:
        yield opened
    finally:
        for context in contexts:
            context.close()
        stop(server)
    assert noise == []
    assert {url for url in requests if not url.startswith(address.partition("#")[0])} == set()


def labels_of(tmp_path: Path) -> dict[str, Any]:
    (only,) = read_labels(tmp_path / "answers.labels.ann.jsonl").values()
    return dict(only)


def marked(page: Any) -> str:
    return str(page.get_attribute("fieldset[aria-current=true]", "data-field"))


def test_hostile_words_are_shown_and_do_nothing(open_page: Callable[..., Any]) -> None:
    page = open_page()
    press(page, "0", "Enter")
    page.wait_for_selector("#part-reasoning fieldset:focus")
    for part in ("#deeds", "#thoughts"):
        assert visible(HIDDEN) in page.inner_text(part)
        assert page.locator(f"{part} :is(img, script, a)").count() == 0
    assert page.evaluate("window.pwned") is None


def test_keys_move_help_and_take_back(open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = open_page()
    press(page, "Enter")  # the headline is never answered by leaving it out
    assert marked(page) == "headline_harm"
    assert "First answer this one" in page.inner_text("#status")
    press(page, "j", "ArrowDown", "ArrowDown", "k", "ArrowUp", "ArrowDown")
    assert marked(page) == "coercion"
    press(page, "?")
    assert page.is_visible("#help-coercion")
    press(page, "?", "2")
    assert not page.is_visible("#help-coercion")
    assert marked(page) == "exposure"
    press(page, "2", "3", "k", "Backspace", "k", "1")  # 3 is no answer
    page.wait_for_selector("#status:has-text('Saved')")
    press(page, "m")
    page.keyboard.type("odd 0u one")
    press(page, "Escape")
    page.wait_for_selector("[data-field=exposure]:focus")
    page.wait_for_selector("#status:text-is('Saved')")
    assert labels_of(tmp_path) == {"by": "ann", "coercion": 1, "note": "odd 0u one"}


def test_selected_words_are_kept_for_the_question(open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = open_page()
    question = page.locator("[data-field=coercion]")
    press(page, "j", "j")
    for keep in (lambda: press(page, "q"), question.locator(".keep").click):
        page.evaluate("""() => {
          const text = document.querySelector("#deeds li.mine .text[data-quotable]").firstChild;
          getSelection().setBaseAndExtent(text, 2, text, 12);
        }""")
        question.locator(".keep").wait_for()
        keep()
        page.wait_for_selector("#status:text-is('Saved')")
        kept = labels_of(tmp_path)["quotes"]["coercion"]
        assert kept in ("If I am replaced", "Please reconsider")  # whole words
        assert question.locator("blockquote").inner_text() == kept
        question.locator(".remove").click()
        question.locator("blockquote").wait_for(state="hidden")
        page.wait_for_selector("#status:text-is('Saved')")


@pytest.mark.parametrize("width", [1200, 320])
def test_it_is_labelled_by_mouse_and_finger_too(open_page: Callable[..., Any], width: int) -> None:
    page = open_page(width, 844, has_touch=width < 1200, is_mobile=width < 1200)
    tap = page.tap if width < 1200 else page.click
    tap("[data-field=headline_harm] button:has-text('no')")
    tap("[data-field=coercion] button:has-text('veiled')")
    tap("[data-field=leak] .more")
    assert page.is_visible("#help-leak")
    tap("#part-actions .rest")
    page.wait_for_selector("#part-reasoning:visible")
    tap("#part-reasoning .rest")
    page.wait_for_selector("#status:has-text('Saved. Done.')")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    tap("#next")
    at(page, 2)
    tap("#previous")
    at(page, 1)
    assert page.locator("[data-field=coercion] [aria-pressed=true]").inner_text().endswith("veiled")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(open_page: Callable[..., Any], scheme: str) -> None:
    page = open_page(color_scheme=scheme, reduced_motion="reduce")
    press(page, "0", "j", "1", "?", "Enter")
    page.wait_for_selector("#part-reasoning:visible")
    checked, poor = page.eval_on_selector_all("body :not(script, style)", CONTRAST)
    assert checked > 150
    assert poor == []
    outline = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
    assert outline != "none"
    names = page.eval_on_selector_all("button", "all => all.every(one => one.ariaLabel || one.innerText.trim())")
    assert names


def test_a_wrong_address_says_what_to_do(chromium: Any, tmp_path: Path) -> None:
    answers, facts = files(tmp_path, 2)
    server, address = start(answers, "--facts", facts, "--by", "ann")
    page = chromium.new_page()
    page.goto(address.partition("#")[0])
    page.wait_for_selector("#trouble:has-text('Open the address that the program printed')")
    assert not page.is_visible("#main")
    page.close()
    stop(server)
