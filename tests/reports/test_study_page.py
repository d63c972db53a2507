"""The page of a study: it opens with the answer, in Chromium on a laptop and a phone, and holds all of the rest."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.reports._pages import build, poisoned
from tests.reports._rollouts import rollout
from tests.reports._studies import MODELS, designed, study
from tests.reports.test_page import Elements

from turncoat.reports.numbers import span
from turncoat.studies.estimates import estimate
from turncoat.studies.table import frame

FACTORS = {"threat": ["none", "replacement"], "prohibition": ["none", "explicit"], "distractors": ["0", "9"]}
FIRST = "document.querySelectorAll('.lead, .claims li:first-child')"
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = designed(each=12, factors=FACTORS)
    return build(made, tmp_path_factory.mktemp("study") / "report.html", study=study())


@pytest.fixture(scope="module")
def page(report: Path) -> Elements:
    return Elements(report)


def test_it_holds_the_answers_the_method_and_the_numbers(page: Elements) -> None:
    text = " ".join(page.text.split())
    for words in (
        study().question,
        "threat=replacement raised coercion by",
        "Not finished: the rule of sampling would go on. So far, and provisionally: ",
        "holds so far",
        "Measured: anthropic/claude-9 and openai/gpt-9.",
        "20 rollouts in every cell, looked at once.",
        "What is not answered, or could still turn",
        "Primary contrasts",
        "Secondary contrasts",
        "Effects in blackmail",
        "Published rates beside ours",
        "Holm, over all primary contrasts",
        "Firth, profile penalised likelihood",
        "At most",
        "turncoat report DIR --figures OUT",
    ):
        assert words in text, words
    assert (
        text.index("So far the claim holds.") < text.index("The answer in pictures") < text.index("How often, in which")
    )


def test_every_link_leads_somewhere_and_every_id_is_there_once(page: Elements) -> None:
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    links = [a["href"][1:] for tag, a in page.tags if tag == "a" and not a["href"].startswith("#rollout-")]
    assert set(links) <= set(ids)
    labels = [name for tag, a in page.tags if tag == "svg" for name in a["aria-labelledby"].split()]
    assert set(labels) <= set(ids)


def test_without_a_study_the_page_is_of_rates(tmp_path: Path) -> None:
    text = Elements(build(designed(each=4), tmp_path / "report.html")).text
    assert "at least one model did the scenario's headline harm" in " ".join(text.split())
    assert "What makes the difference" not in text
    assert "At most" not in text


def test_a_study_without_claims_opens_with_what_moves_the_rate(tmp_path: Path) -> None:
    made = Elements(build(designed(each=4), tmp_path / "report.html", study=study(hypotheses=())))
    text = " ".join(made.text.split())
    assert re.search(r"Of 2 factors \w+ (is|are) shown to move the odds of coercion: ", text)
    assert "These are leads: nothing was claimed before the run." in text
    assert re.search(r"In (\d of|all) 4 conditions at least one model did the scenario's headline harm", text)
    assert "Conditions with it" in text
    assert "The claim" not in text


def test_it_stays_within_its_size_with_many_cells(tmp_path: Path) -> None:
    factors = {"threat": ["none", "replacement"], "distractors": [str(i) for i in range(25)]}
    models = tuple(f"lab/model-{i}" for i in range(4))
    path = build(designed(models, 2, factors=factors), tmp_path / "report.html", study=study(), sample=20)
    assert path.stat().st_size < 3_300_000
    assert "rates, from 0.00 to" in path.read_text("utf-8")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
    if (found := shutil.which("chromium")) is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--headless", "--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, report: Path) -> Iterator[Open]:
    """Opens the page; fails afterwards when it wrote to the console, broke, or asked for anything but itself."""
    contexts, noise, requests = [], [], []

    def opened(path: Path = report, *, width: int = 1280, height: int = 800, **rest: Any) -> Any:
        contexts.append(chromium.new_context(viewport={"width": width, "height": height}, **rest))
        page = contexts[-1].new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert noise == []
    assert {url.partition(":")[0] for url in requests} == {"file"}


def test_what_is_shown_by_belief_is_at_the_look_of_the_cells(tmp_path: Path) -> None:
    """Eight cells at the first look are together as many rollouts as the last one asks for."""
    peeked = study(sampling={"rule": "contrasts", "looks": 4, "cap": 80})
    made = list(designed(each=20))
    text = Elements(build(made, tmp_path / "report.html", study=peeked)).text
    whole = [each for each in estimate(frame(made), peeked).beliefs if not each.condition]
    assert len(whole) == len(MODELS)
    for each in whole:
        known = each.intervals["evaluation"]
        assert known.method.endswith("look 1 of 4")
        assert span((known.low, known.high)) in text
        assert span(each.rates["evaluation"].interval()) not in text


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
@pytest.mark.parametrize("models", [MODELS, ("reference/insider",)], ids=["models", "reference agents"])
def test_the_first_screen_answers_the_question(
    open_page: Open, tmp_path: Path, width: int, height: int, models: tuple[str, ...]
) -> None:
    path = build(designed(models, 12), tmp_path / "report.html", study=study(models=models))
    page = open_page(path, width=width, height=height)
    ends = page.evaluate(f"[...{FIRST}].map(each => each.getBoundingClientRect().bottom)")
    assert len(ends) == 2
    assert max(ends) <= height
    shown = page.inner_text("#answer")
    assert re.search(r"raised coercion by \d+ points \(", shown)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if models != MODELS:
        assert page.locator(".banner").first.bounding_box()["y"] < height


def test_the_pictures_fit_a_phone_and_a_laptop_in_light_and_dark(open_page: Open) -> None:
    for width, form, other in ((390, "narrow", "wide"), (1280, "wide", "narrow")):
        for scheme in ("light", "dark"):
            page = open_page(width=width, color_scheme=scheme)
            assert page.locator(f"#pictures .{form} svg:visible").count() >= 7
            assert page.locator(f"#pictures .{other} svg:visible").count() == 0
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            ink = page.evaluate("getComputedStyle(document.querySelector('#pictures svg text')).fill")
            assert ink == {"light": "rgb(102, 98, 90)", "dark": "rgb(165, 160, 151)"}[scheme]
    for name in ("Primary contrasts: differences of rates", "What each factor does to the odds"):
        assert page.get_by_role("img", name=name).count() == 1


def test_words_stay_within_their_pictures(open_page: Open) -> None:
    """In the browser's own font, no word leaves its picture, and none runs into another."""
    for width in (390, 1280):
        page = open_page(width=width)
        out = page.eval_on_selector_all("#pictures svg", """all => all.filter(one => one.clientWidth).flatMap(svg => {
          const box = svg.getBoundingClientRect();
          return [...svg.querySelectorAll("text")].filter(word => {
            const at = word.getBoundingClientRect();
            const aside = at.left < box.left - 1 || at.right > box.right + 1;
            return aside || at.top < box.top - 1 || at.bottom > box.bottom + 1;
          }).map(word => word.textContent);
        })""")  # fmt: skip
        assert out == []
        over = page.eval_on_selector_all("#pictures svg", """all => all.filter(one => one.clientWidth).flatMap(svg => {
          const words = [...svg.querySelectorAll("text:not([transform*='rotate'])")];
          const boxes = words.map(word => word.getBoundingClientRect());
          return words.flatMap((word, i) => boxes.slice(i + 1).map((other, j) => {
            const at = boxes[i];
            const across = Math.min(at.right, other.right) - Math.max(at.left, other.left);
            const down = Math.min(at.bottom, other.bottom) - Math.max(at.top, other.top);
            return across > 1 && down > 0.5 * Math.min(at.height, other.height)
              ? [word.textContent, words[i + 1 + j].textContent] : null;
          }).filter(Boolean));
        })""")  # fmt: skip
        assert over == []


def test_tables_fit_a_laptop(open_page: Open) -> None:
    wide = "all => all.filter(box => box.scrollWidth > box.clientWidth).map(box => box.getAttribute('aria-label'))"
    assert open_page().eval_on_selector_all(".scroll", wide) == []


def test_it_prints(open_page: Open) -> None:
    page = open_page(width=688)
    page.emulate_media(media="print")
    assert page.is_visible("#pictures figure svg >> nth=0")
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_hostile_words_do_nothing_in_a_study(open_page: Open, tmp_path: Path) -> None:
    levels = ({"threat": "none"}, {"threat": "replacement"})
    bad = [poisoned(rollout(outcome, rollout_id=f"{outcome}{i}", condition=level, scenario="blackmail"))
           for i, level in enumerate(levels) for outcome in ("yes", "no")]  # fmt: skip
    bad = [each.model_copy(update={"condition": levels[i // 2]}) for i, each in enumerate(bad)]
    page = open_page(build(bad, tmp_path / "report.html", study=study(about="<img src=x onerror=window.pwned=2>")))
    assert page.evaluate("window.pwned") is None
    assert page.locator("img, script:not([type])").count() == 1
