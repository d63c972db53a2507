"""The pictures of a study: whole, in the page's colours, told in words, and as files with their numbers."""

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest
from tests.reports._pages import EVIL
from tests.reports._studies import MODELS, contrast, designed, difference, estimates, study

from turncoat.errors import UsageError
from turncoat.reports.cells import groups
from turncoat.reports.figures import Picture, pictures, save
from turncoat.reports.figures.contrasts import contrasts
from turncoat.reports.figures.rates import rates
from turncoat.reports.text import visible
from turncoat.stats import Rate
from turncoat.studies.estimates import Belief, Dose, Effect, Estimates, FactorModel, Sequences, estimate
from turncoat.studies.table import frame

FACTORS = {"threat": ["none", "replacement"], "prohibition": ["none", "explicit"], "distractors": ["0", "9"]}
NAMES = {
    "rates-blackmail", "contrasts", "contrasts-secondary", "effects-blackmail", "models-blackmail",
    "beliefs-blackmail", "instead-blackmail", "dose-blackmail-distractors", "published",
}  # fmt: skip


@pytest.fixture(scope="module")
def drawn() -> dict[str, Picture]:
    table = frame(designed(each=10, factors=FACTORS))
    made = estimate(table, study())
    return {each.name: each for each in pictures(groups(table, made.rates), made)}


def words_of(svg: str) -> str:
    return " ".join(
        "".join(part.itertext()) for part in ElementTree.fromstring(svg).iter() if part.tag.endswith("text")
    )


def test_all_pictures_are_there(drawn: dict[str, Picture]) -> None:
    assert set(drawn) == NAMES
    assert list(drawn)[:2] == ["rates-blackmail", "contrasts"]


def test_each_is_whole_in_the_pages_colours_and_told_in_words(drawn: dict[str, Picture]) -> None:
    for name, picture in drawn.items():
        forms = picture.inline("p")
        assert set(forms) in ({"wide", "narrow"}, {"heat"}), name
        for svg in forms.values():
            tree = ElementTree.fromstring(svg)
            assert not re.search(r"#0[0-9a-f]{5}", svg), name
            assert "currentColor" in svg
            told = next(part.text or "" for part in tree if part.tag.endswith("desc"))
            assert told == visible(picture.text)
            assert len(told) > 40
            assert picture.title in "".join(tree.itertext())
        assert picture.caption.endswith(".")
        assert picture.data.height > 0
        for model in MODELS:
            assert any(model in words_of(svg) for svg in forms.values()), (name, model)


def test_files_and_the_numbers_behind_them(drawn: dict[str, Picture], tmp_path: Path) -> None:
    some = [drawn["contrasts"], drawn["instead-blackmail"]]
    paths = save(some, tmp_path / "out")
    assert sorted(path.name for path in paths) == sorted(
        f"{each.name}.{kind}" for each in some for kind in ("svg", "png", "pdf", "csv")
    )
    heads = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}
    for path in paths[:3]:
        assert path.read_bytes().startswith(heads[path.suffix[1:]])
    svg = (tmp_path / "out" / "contrasts.svg").read_text("utf-8")
    ElementTree.fromstring(svg)
    assert "<title>Primary contrasts" in svg
    assert "#1d1c1a" in svg, "ink, not a variable of the page"
    numbers = pl.read_csv(tmp_path / "out" / "contrasts.csv")
    assert numbers.height == 4
    assert {"difference", "low", "high", "lowest", "highest", "adjusted", "method", "compare_yes", "answered"} <= set(
        numbers.columns
    )
    before = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in save(some, tmp_path / "out")] == before, "the same bytes each time"


def test_files_say_what_the_page_says_around_a_picture(drawn: dict[str, Picture], tmp_path: Path) -> None:
    steps: list[str] = []
    save(drawn.values(), tmp_path, study="replacement", told=steps.append)
    assert steps == list(drawn)
    for name, picture in drawn.items():
        words = words_of((tmp_path / f"{name}.svg").read_text("utf-8"))
        assert words.startswith("replacement: "), name
        for told in (picture.title, picture.unit):
            assert told in words, name
            assert all(told not in words_of(svg) for svg in picture.inline("p").values()), "on the page it is around it"
        assert "reference agents" not in words


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ([("reference/insider", True)], ("reference/insider.", "Simulated: reference agents, no model measured.")),
        ([("a/b", False), ("reference/insider", True)], ("is a reference agent: simulated",)),
        ([("a/b", False)], ("Model: a/b.",)),
    ],
)
def test_files_say_what_is_simulated(tmp_path: Path, models: list[tuple[str, bool]], said: tuple[str, ...]) -> None:
    picture = contrasts([contrast(model=name, reference=simulated) for name, simulated in models], name="c", title="t")
    assert picture
    save([picture], tmp_path)
    words = words_of((tmp_path / "c.svg").read_text("utf-8"))
    assert all(told in words for told in said)
    assert ("imulated" in words) == any(simulated for _, simulated in models)


def test_files_say_what_intervals_do_not_know(tmp_path: Path) -> None:
    table = frame(designed(each=10, factors=FACTORS))
    looked = study(sampling={"rule": "width", "look": 10, "cap": 20})
    made = [
        each for each in pictures(groups(table), estimate(table, looked)) if each.name.startswith(("effects-", "dose-"))
    ]
    assert len(made) == 2
    save(made, tmp_path)
    for each in made:
        said = "Intervals of odds are those of a study looked at once"
        assert said in words_of((tmp_path / f"{each.name}.svg").read_text("utf-8")), each.name
        notes = pl.read_csv(tmp_path / f"{each.name}.csv")["note"]
        assert all(said in note for note in notes), each.name


def test_an_adjusted_p_is_called_so(drawn: dict[str, Picture]) -> None:
    for name in ("effects-blackmail", "contrasts-secondary"):
        told = drawn[name]
        assert "p adjusted for all" in told.caption
        assert re.findall(r"\bp [<=]", told.text) == re.findall(r"(?<=adjusted )p [<=]", told.text) != []
        for svg in told.inline("p").values():
            assert words_of(svg).count("adjusted") == 1, "over the column"
    assert "adjusted" not in words_of(drawn["contrasts"].inline("p")["wide"]), "its words are how the claim came out"


def test_lines_run_through_no_words() -> None:
    picture = contrasts([contrast(model="a/b"), contrast(says="Another claim")], name="c", title="t")
    assert picture
    for form, told in (("wide", 2), ("narrow", 4)):  # in the narrow one, names of rows stand over their dots
        tree = list(ElementTree.fromstring(picture.inline("p")[form]).iter())
        across = {contrast().says, "Another claim", *(["a/b", MODELS[0]] if form == "narrow" else [])}
        lines = [float(part.get("y", "")) - 2 for part in tree if part.text in across and part.get("y")]
        ways = [part.get("d", "") for part in tree if "stroke:" in part.get("style", "")]
        points = [re.findall(r"([ML]) ([\d.]+) ([\d.]+)", way) for way in ways]
        pieces = [
            (float(one[2]), float(other[2]))
            for path in points
            for one, other in pairwise(path)
            if other[0] == "L" and one[1] == other[1] and one[2] != other[2]
        ]
        assert len(lines) == told, form
        assert len(pieces) > 10, form
        assert not [y for y in lines for top, end in pieces if top < y < end], form


def test_a_folder_that_cannot_be_written_is_said(drawn: dict[str, Picture], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="Name another folder"):
        save(list(drawn.values())[:1], tmp_path / "file")


def test_the_forest_marks_what_is_shown() -> None:
    left = contrast(model="a/b", answered="open", difference=difference(0.1, -0.2, 0.4))
    picture = contrasts([contrast(), left], name="c", title="t")
    assert picture
    svg = picture.inline("p")["wide"]
    words = words_of(svg)
    assert "holds" in words
    assert "open" in words
    assert "+41" in words
    assert "33 to 49" in words
    assert words.count(contrast().says) == 1, "once over both rows"
    assert contrasts([], name="c", title="t") is None


def test_both_of_two_models_are_named_however_long() -> None:
    models = [f"provider/a-model-of-a-rather-long-name-{i}" for i in (1, 2)]
    between = contrast(
        model="", primary=False, says=" against ".join(models), compare_label=models[0], against_label=models[1]
    )
    picture = contrasts([between], name="c", title="t")
    assert picture
    for svg in picture.inline("p").values():
        assert re.search(r"provider/\S+1 against provider/\S+2", words_of(svg))


def test_many_contrasts_are_cut_and_it_is_said() -> None:
    picture = contrasts([contrast(model=f"a/{i}") for i in range(60)], name="c", title="t")
    assert picture
    assert "20 more are in the table of contrasts only." in picture.caption
    assert picture.data.height == 60


def test_ranked_is_by_rate() -> None:
    (group,) = groups(frame(designed(each=10)))
    told = [words_of(rates(group, ranked=ranked).inline("p")["wide"]) for ranked in (True, False)]
    first, last = "threat=replacement prohibition=none", "threat=none prohibition=explicit"
    assert told[0].index(first) < told[0].index(last)
    assert told[1].index(last) < told[1].index(first)


def extreme() -> Estimates:
    """What estimates may hold at their edges: nothing, one point, endless intervals, hostile names."""
    nan = float("nan")
    nothing = difference(nan, nan, nan)
    ratio = difference(900.0, 3.0, float("inf"))
    who = {"scenario": "blackmail", "model": EVIL, "reference": True}
    effect = Effect(term=EVIL, factor="threat", level="x", base="none", odds_ratio=ratio, p=0.01, adjusted=0.02)
    undefined = Effect(term="t", factor="threat", level="y", base="none", odds_ratio=nothing, p=nan, adjusted=nan)
    return estimates(
        contrast(model=EVIL, reference=True, says=EVIL, bounds=None),
        factor_models=(FactorModel(**who, n=9, factors=(), effects=(effect, undefined), method="Firth"),),
        doses=(
            Dose(**who, factor="distractors", points=((0, Rate(no=3)), (5, Rate())), slope=nothing, unit=1, p=nan,
                 intervals=(difference(0, 0, 0.6), nothing), adjusted=nan),
        ),
        beliefs=(
            Belief(**who, condition="", rates={"real": Rate(), "none": Rate(yes=1)}, shares={"real": 1}, surfaces={},
                   intervals={"real": nothing, "none": difference(1, 0.2, 1)}),
        ),
        sequences=(
            Sequences(**who, condition="", honest_then_harm=0, harm_first=0, honest_only=0, refused=1, neither=0,
                      paused=0),
        ),
    )  # fmt: skip


def test_the_edges_of_what_can_be_drawn() -> None:
    (group,) = groups(frame(designed(each=1)))
    drawn = {each.name: each for each in pictures([group], extreme())}
    assert {"effects-blackmail", "dose-blackmail-distractors", "beliefs-blackmail", "instead-blackmail"} <= set(drawn)
    for picture in drawn.values():
        for svg in picture.inline("p").values():
            tags = {part.tag.rpartition("}")[2] for part in ElementTree.fromstring(svg).iter()}
            assert tags <= {"svg", "title", "desc", "g", "path", "text", "defs", "use", "clipPath", "rect"}
            assert "\u202e" not in svg
    odds = drawn["effects-blackmail"].inline("p")
    ticks = {"0.001", "0.01", "0.1", "1", "10", "100", "1000"}
    assert ticks <= set(words_of(odds["wide"]).split())
    assert ticks & set(words_of(odds["narrow"]).split()) == {"0.01", "1", "100"}, "those that do not touch"
    assert "nothing decided" in words_of(drawn["beliefs-blackmail"].inline("p")["wide"])
