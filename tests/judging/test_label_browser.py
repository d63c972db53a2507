"""The label page in Chromium: keys, mouse and finger; light, dark and small; what models wrote does nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.judging._labelling import HIDDEN, NUMBER, at, files, press, start, stop
from tests.reports.test_browser import ARGS, CHROMIUM, CONTRAST, sync_api

from turncoat.judging import read_labels
from turncoat.reports.text import visible


@pytest.fixture(scope="module")
def playwright() -> Iterator[Any]:
    with sync_api.sync_playwright() as running:
        yield running


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
    return {name: value for name, value in only.items() if name != "case"}


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
    page.wait_for_selector("#status:has-text('Saved. Done. But the headline harm and coercion contradict each other')")
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
