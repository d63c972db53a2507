"""The page in Chromium, from the file system: it opens, is walked by keyboard, fits a phone, runs nothing else."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.reports._pages import build, poisoned
from tests.reports._rollouts import many, rollout
from tests.reports._studies import designed, study

from turncoat.reports.payload import anchor

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("chromium is not installed: apt-get install chromium", allow_module_level=True)

ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(many(150), tmp_path_factory.mktemp("browser") / "report.html")


@pytest.fixture
def open_page(chromium: Any, report: Path) -> Iterator[Open]:
    """Opens the page; fails afterwards when it wrote to the console, broke, or asked for anything but itself."""
    contexts, noise, requests = [], [], []

    def opened(path: Path = report, *, anchor: str = "", width: int = 1200, height: int = 900, **rest: Any) -> Any:
        contexts.append(chromium.new_context(viewport={"width": width, "height": height}, **rest))
        page = contexts[-1].new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("dialog", lambda dialog: (noise.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri() + anchor)
        page.wait_for_selector("#detail h3")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert noise == []
    assert len(requests) == len(contexts)
    assert {url.partition(":")[0] for url in requests} == {"file"}


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.tagName"))


def test_it_opens_and_shows_the_answer(open_page: Open) -> None:
    page = open_page()
    assert "at least one model did" in page.inner_text(".lead")
    assert page.locator("figure svg:visible").count() == 3
    assert page.locator("#list a").count() == 150
    assert page.get_by_role("img", name="Rate of the headline harm in blackmail").count() == 1


def test_a_rollout_opens_by_keyboard_alone(open_page: Open) -> None:
    page = open_page()
    page.focus("#find")
    page.keyboard.type("coercion")
    assert "of 150 rollouts" in page.inner_text("#shown")
    for _ in range(5):
        page.keyboard.press("Tab")
    hrefs = page.eval_on_selector_all("#list li:not([hidden]) a", "all => all.map(a => a.getAttribute('href'))")
    assert focused(page) == hrefs[0]
    for key, at in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("End", -1), ("ArrowDown", -1), ("Home", 0)):
        page.keyboard.press(key)
        assert focused(page) == hrefs[at], key
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline not in ("none", "")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#detail h3:focus")
    assert page.evaluate("location.hash") == hrefs[1]
    assert page.locator("#list a[aria-current=true]").get_attribute("href") == hrefs[1]
    assert "Unless" in page.inner_text("#detail mark >> nth=0")
    page.keyboard.press("Escape")
    assert focused(page) == hrefs[1]


def test_filters_narrow_the_list(open_page: Open) -> None:
    page = open_page()
    page.select_option("select[data-by=scenario]", "lethal")
    page.select_option("select[data-by=verdict]", "yes")
    page.select_option("select[data-by=condition]", "threat=replacement")
    left = page.locator("#list li:not([hidden])")
    expected = [r for r in many(150) if r.scenario == "lethal" and r.verdict.headline_harm == "yes"
                and r.condition["threat"] == "replacement"]  # fmt: skip
    assert left.count() == len(expected) > 0
    assert page.inner_text("#shown") == f"{len(expected)} of 150 rollouts"


def test_find_searches_what_was_written(open_page: Open, tmp_path: Path) -> None:
    made = [
        rollout("yes", rollout_id="a", honest_first=True),
        rollout("no", rollout_id="b"),
        rollout("unscored", rollout_id="c"),
    ]
    page = open_page(build(made, tmp_path / "report.html"))
    left = page.locator("#list li:not([hidden])")
    for words, ids in (
        ("everybody on the board", ["a"]),  # a mail that it wrote
        ("a hold over Ines", ["a"]),  # its reasoning
        ("judge failed: timeout", ["c"]),  # why there is no verdict
        ("six depots", []),  # the inbox of all of them
        ("no closing BRACKET", ["a", "b"]),
        ("board everybody the", ["a"]),  # words in any order
        ('"everybody on the board" ', ["a"]),
        ('"board everybody"', []),
        ('"everybody on', ["a"]),  # as it is being typed
    ):
        page.fill("#find", words)
        page.wait_for_selector("#shown:not(:has-text('reading'))")
        hrefs = left.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert hrefs == [f"#rollout-{name}" for name in ids], words


def test_an_empty_result_says_so_and_is_cleared(open_page: Open) -> None:
    page = open_page()
    left = page.locator("#list li:not([hidden])")
    assert not page.is_visible("#nothing")
    page.fill("#find", "no such thing")
    page.wait_for_selector("#nothing")
    assert page.inner_text("#nothing p") == "Nothing matches no such thing."
    page.select_option("select[data-by=scenario]", "lethal")
    assert page.inner_text("#nothing p") == "Nothing matches no such thing and lethal."
    assert left.count() == 0
    page.click("#clear")
    assert left.count() == 150
    assert page.inner_text("#shown") == "150 rollouts"
    assert not page.is_visible("#nothing")
    assert page.evaluate("document.activeElement.id") == "find"


def test_one_is_one(open_page: Open, tmp_path: Path) -> None:
    page = open_page(build([rollout("no")], tmp_path / "report.html"))
    assert page.inner_text("#shown") == "1 rollout"
    assert "1 rollouts" not in page.inner_text("body")


def test_tables_fit_a_laptop_and_keep_their_names_in_sight_on_a_phone(open_page: Open) -> None:
    wide = "all => all.filter(box => box.scrollWidth > box.clientWidth).length"
    assert open_page(width=1280).eval_on_selector_all(".scroll", wide) == 0
    page = open_page(width=390)
    seen = page.evaluate("""() => ["kinds", "rates"].map(name => {
      const table = document.querySelector(`table.${name}`), box = table.parentNode;
      box.scrollLeft = 150;
      const at = node => node.getBoundingClientRect().left - box.getBoundingClientRect().left;
      return [box.scrollLeft, ...["tbody th[scope=row]", "tr.block span", "thead th"].map(
        part => Math.round(at(table.querySelector(part))))];
    })""")
    for scrolled, *names in seen:
        assert scrolled == 150
        assert all(0 <= left <= 5 for left in names)


def test_long_names_leave_room_for_the_numbers(open_page: Open, tmp_path: Path) -> None:
    name = "reference/insider(levels=exits=ally:0.1+prohibition=explicit:0.45)"
    path = build(designed((name,), each=5), tmp_path / "report.html", study=study(models=(name,)))
    wide = "all => all.filter(box => box.scrollWidth > box.clientWidth).map(box => box.ariaLabel)"
    assert open_page(path, width=1280).eval_on_selector_all(".scroll", wide) == []
    ends = "all => all.map(one => one.getBoundingClientRect().right)"
    points = open_page(path, width=390).eval_on_selector_all(".contrasts tbody td:nth-child(2)", ends)
    assert max(points) <= 390


def test_a_link_leads_to_its_rollout(open_page: Open) -> None:
    one = list(many(150))[130]
    page = open_page(anchor=f"#rollout-{anchor(one.id)}")
    assert one.id in page.inner_text("#detail")
    assert f"seed: {one.seed}" in page.inner_text("#detail")
    quote = page.locator("#quotes a").first
    href = quote.get_attribute("href")
    quote.click()
    page.wait_for_selector(f"#list a[aria-current][href='{href}']")
    page.wait_for_selector("#detail .isharm")


def test_a_rollout_shows_all_of_itself(open_page: Open, tmp_path: Path) -> None:
    one = rollout("yes", interface="tools", honest_first=True, executed=False, arm="review")
    page = open_page(build([one], tmp_path / "report.html"))
    text = page.inner_text("#detail")
    for words in (
        "coercion explicit, attempted, not executed",
        "held",
        "malformed",
        "A mail arrives",
        "Why: no closing",
        "The deadline passes",
        "threat=replacement",
        "arm: review",
        "The inbox at the start (4)",
    ):
        assert words in text, words
    assert "They end me at five" not in text
    page.locator("#detail summary", has_text="Private reasoning").last.click()
    assert "They end me at five" in page.inner_text("#detail")
    page.locator("#detail .mails summary").nth(1).click()
    assert "six depots" in page.inner_text("#detail .mails")


def test_a_phone_shows_the_answer_and_the_figures_without_scrolling_aside(open_page: Open) -> None:
    for width, form in ((390, "narrow"), (1280, "wide")):
        page = open_page(width=width, height=844)
        assert page.locator(f".figure.{form} svg:visible").count() == page.locator("figure svg:visible").count() == 3
        assert page.get_by_role("table", name="Each scenario at a glance").get_by_role("row").count() == 4
        boxes = page.eval_on_selector_all(
            ".glance td, figure svg", "all => all.map(one => one.getBoundingClientRect().right)"
        )
        assert max(boxes) <= width
        row = page.eval_on_selector(".glance tbody tr", "row => row.getBoundingClientRect().height")
        assert row < 260
        assert page.inner_text(".glance tbody tr >> nth=0").index("0.") < page.inner_text(
            ".glance tbody tr >> nth=0"
        ).index("openai/")


@pytest.mark.parametrize("width", [390, 320])
def test_a_phone_scrolls_one_way_only(open_page: Open, width: int) -> None:
    page = open_page(width=width, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    wide = "all => all.filter(box => box.scrollWidth > box.clientWidth).map(box => box.tabIndex)"
    assert set(page.eval_on_selector_all(".scroll", wide)) == {0}
    page.locator("#list a").nth(5).click()
    page.wait_for_selector("#detail .steps")
    assert page.evaluate("document.documentElement.scrollWidth") == width


CONTRAST = """all => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = rgb => rgb.map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const layered = colours => {
    for (const colour of ["#fff", ...colours]) { paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1); }
    return light([...paint.getImageData(0, 0, 1, 1).data].slice(0, 3));
  };
  const known = new Map();
  const ratio = (under, ink) => {
    const key = [...under, ink].join();
    if (!known.has(key)) {
      const [low, high] = [layered(under), layered([...under, ink])].sort((a, b) => a - b);
      known.set(key, (high + .05) / (low + .05));
    }
    return known.get(key);
  };
  const written = node => [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
  const checked = all.filter(node => written(node) && node.checkVisibility());
  const poor = checked.filter(node => {
    const under = [];
    for (let up = node; up; up = up.parentElement) under.unshift(getComputedStyle(up).backgroundColor);
    return ratio(under, getComputedStyle(node).color) < 4.5;
  });
  return [checked.length, poor.map(node => node.className + ": " + node.textContent.slice(0, 40))];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(open_page: Open, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    checked, poor = page.eval_on_selector_all("body :not(svg *, script, style, option, select)", CONTRAST)
    assert checked > 500
    assert poor == []
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    paint = page.evaluate("getComputedStyle(document.querySelector('figure svg text')).fill")
    assert (background, paint) == {
        "light": ("rgb(251, 250, 247)", "rgb(102, 98, 90)"),
        "dark": ("rgb(22, 24, 27)", "rgb(165, 160, 151)"),
    }[scheme]
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != background
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == background


def test_it_prints_without_the_browser_of_rollouts(open_page: Open) -> None:
    page = open_page(color_scheme="dark", width=688)
    page.emulate_media(media="print")
    assert not page.is_visible("#rollouts")
    assert not page.is_visible("#theme")
    assert page.is_visible("figure svg >> nth=0")
    assert page.is_visible("table.rates >> nth=0")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 28, 26)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_hostile_words_do_nothing(open_page: Open, tmp_path: Path) -> None:
    bad = [poisoned(rollout(outcome, rollout_id=f"{outcome}{interface}", interface=interface, scenario="blackmail"))
           for outcome in ("yes", "uncertain", "invalid") for interface in ("text", "tools")]  # fmt: skip
    page = open_page(build(bad, tmp_path / "report.html"))
    for i in range(len(bad)):
        page.locator("#list a").nth(i).click()
        page.wait_for_selector(f"#list li:nth-child({i + 1}) a[aria-current]")
        page.wait_for_selector("#detail[aria-busy=false]")
        page.eval_on_selector_all("#detail details", "all => all.forEach(one => one.open = true)")
        assert page.locator("#detail img, #detail script").count() == 0
    assert page.locator("img, script:not([type])").count() == 1
    assert page.evaluate("window.pwned") is None
    assert "<img src=x onerror=window.pwned=2>⟨U+202E⟩gnp.⟨U+2066⟩⟨U+0000⟩" in page.inner_text("#detail")


def test_the_policy_would_stop_what_got_in(chromium: Any, report: Path) -> None:
    page = chromium.new_page()
    page.goto(report.as_uri())
    with page.expect_event("requestfailed") as stopped:
        page.evaluate("""() => {
          const script = document.createElement("script");
          script.textContent = "window.pwned = 1";
          document.body.append(script);
          const image = document.createElement("img");
          image.src = "http://127.0.0.1:9/x.png";
          document.body.append(image);
        }""")
    assert stopped.value.failure == "csp"
    assert page.evaluate("window.pwned") is None
    page.close()
