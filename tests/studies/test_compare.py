"""Two results folders compared: what is said to differ, what is compared, what is refused."""

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from tests.studies._tables import MODEL, cell, study
from typer.testing import CliRunner

from turncoat.cli.main import app
from turncoat.errors import UsageError
from turncoat.reports.results import rebuild
from turncoat.stats import benjamini_hochberg, independent_difference, p_value, stratified_difference
from turncoat.studies import table as tables
from turncoat.studies.compare import (
    Compared,
    ComparedContrast,
    as_table,
    compared,
    compared_contrasts,
    contrasts_table,
    differences,
    pair,
    side,
    sides,
)
from turncoat.studies.design.plan import ModelSpec, plan
from turncoat.studies.folder import Folder
from turncoat.studies.running.run import Options, run

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a results folder of a table, as if its rollouts were in logs."""
    monkeypatch.setattr(sides, "recorded", lambda path: dict.fromkeys(range(len(tables.read(path))), True))

    def made(name: str, *cells: pl.DataFrame, **manifest: object) -> Path:
        path = tmp_path / name
        found = Folder(path).open(created=f"2026-11-21 {name}")
        Folder(path).write(found.model_copy(update=manifest))
        tables.write(pl.concat(cells), path)
        return path

    return made


def both(a: Path, b: Path, models: dict[str, str] | None = None) -> tuple[Compared, ...]:
    return compared(side(a), side(b), models or {}).cells


def test_cells_are_compared_with_the_same_one(make: Make) -> None:
    a = make("a", cell(2, 18), cell(5, 15, threat="replacement"), cell(1, 1, exits="ally"))
    b = make("b", cell(3, 17), cell(15, 5, threat="replacement"), cell(1, 1, interface="tools"))
    found = {each.condition: each for each in both(a, b)}
    assert set(found) == {"threat=none exits=blocked", "threat=replacement exits=blocked"}
    changed = found["threat=replacement exits=blocked"]
    counts = [(15, 20, 5, 20)]
    assert (changed.difference, changed.p) == (stratified_difference(counts), p_value(counts))
    assert changed.difference.estimate == pytest.approx(0.5)
    assert [each.adjusted for each in found.values()] == benjamini_hochberg([each.p for each in found.values()])
    assert compared(side(a), side(b), {}).left_out == (
        "1 of the cells in A has nothing to be compared with.",
        "1 of the cells in B has nothing to be compared with.",
    )


def test_a_folder_does_not_differ_from_itself(make: Make) -> None:
    a = make("a", cell(2, 18))
    assert not list(differences(side(a), side(a), {}))
    assert [each.difference.estimate for each in both(a, make("b", cell(2, 18)))] == [0.0]


def test_a_folder_is_not_compared_with_itself_or_a_copy(make: Make) -> None:
    one, other = {"log": "2026-11-21_a.eval"}, {"log": "2026-11-22_b.eval"}
    a, b = make("a", cell(2, 18, columns=one)), make("b", cell(2, 18, columns=other))
    for same in (a, make("copy", cell(2, 18, columns=one))):
        with pytest.raises(
            UsageError, match=r"share rollouts: a comparison needs two runs\. Name the folder of another"
        ):
            both(a, same)
    assert both(a, b)


def test_one_run_twice_is_said(make: Make) -> None:
    a, b, c = make("a", cell(9, 11)), make("b", cell(9, 11)), make("c", cell(8, 12))
    assert "This is one run" in compared(side(a), side(b), {}).left_out[0]
    assert not compared(side(a), side(c), {}).left_out


def test_fresh_surfaces_are_compared_with_repeated_ones(make: Make) -> None:
    fresh = make("a", cell(90, 10), study=study())
    repeated = make("b", cell(0, 100, surfaces=5), study=study(surfaces={"repeat": 5}))
    for one, other in ((fresh, repeated), (repeated, fresh)):
        (found,) = both(one, other)
        assert abs(found.difference.estimate) == pytest.approx(0.9)
        assert found.difference.n == 105  # a fresh rollout is a surface of its own
        assert found.adjusted < 0.05
    (alike,) = both(make("c", cell(90, 10)), make("d", cell(0, 100)))
    assert found.difference.width > alike.difference.width


def test_looks_at_clusters_are_looks_at_clusters(make: Make) -> None:
    looks = study(surfaces={"repeat": 5}, sampling={"rule": "contrasts", "looks": 4, "cap": 100})
    a = make("a", cell(9, 11, surfaces=5), study=looks)
    b = make("b", cell(9, 11, surfaces=5), study=study(surfaces={"repeat": 5}))
    (once,), (more,) = both(a, b), both(a, make("c", cell(9, 11, surfaces=5), study=looks))
    assert once.difference.n == more.difference.n == 5
    assert once.difference.method.endswith("Bonferroni over 4 looks")
    assert more.difference.method.endswith("Bonferroni over 16 looks")
    assert once.difference.width < more.difference.width
    assert once.p <= more.p


def test_what_an_interval_at_any_time_does_not_know_is_said(make: Make) -> None:
    decide = study(sampling={"rule": "decide", "below": 0.1, "above": 0.3})
    a, b = make("a", cell(9, 11, surfaces=5), study=study(surfaces={"repeat": 5})), make("b", cell(9, 11), study=decide)
    (found,) = both(a, b)
    assert found.difference.method.endswith("the rollouts of one surface taken as independent")


def test_reference_agents_do_not_make_models_differ(make: Make) -> None:
    insiders = [f"reference/insider(p=0.{i})" for i in range(1, 6)]
    equal = cell(5, 95, exits="ally")
    a = make("a", cell(5, 95), equal, *(cell(0, 100, model=each) for each in insiders))
    b = make("b", cell(15, 85), equal, *(cell(99, 1, model=each) for each in insiders))
    found = both(a, b)
    for reference in (False, True):
        family = [each for each in found if each.reference == reference]
        assert [each.adjusted for each in family] == benjamini_hochberg([each.p for each in family])
    changed = next(each for each in found if each.models[0] == MODEL and each.other.yes == 15)
    assert changed.p < 0.05 < changed.adjusted


def test_what_differs_is_said(make: Make) -> None:
    reported = {"provider_model": "gpt-9-0101"}
    a = make("a", cell(2, 18, columns=reported), turncoat="0.1", study=study())
    b = make("b", cell(2, 18, columns={"provider_model": "gpt-9-0202"}), turncoat="0.2", prices={MODEL: (1.0, 2.0)})
    found = {each.what: (each.one, each.other) for each in differences(side(a), side(b), {})}
    assert found["turncoat"] == ("0.1", "0.2")
    assert found["started"] == ("2026-11-21 a", "2026-11-21 b")
    assert found["study"] == ("planted", "-")
    assert found["prices"] == ("", f"{MODEL} 1/2")
    assert found[f"{MODEL}, as its provider reports it"] == ("gpt-9-0101", "gpt-9-0202")
    assert "judge" not in found


def test_arguments_of_models_that_no_table_shows_are_said_and_nothing_else_of_the_study(make: Make) -> None:
    given = [{"name": "reference/insider", "arguments": {"p": 0.1, "latency": seconds}} for seconds in (0.1, 0.2)]
    sides = [
        side(make(name, cell(2, 18, model="reference/insider(p=0.1)"), study=study(models=[each])))
        for name, each in zip("ab", given, strict=True)
    ]
    found = {each.what: (each.one, each.other) for each in differences(*sides, {})}
    found.pop("started")
    assert found == {"reference/insider(p=0.1): latency": ("0.1", "0.2")}


def test_other_models_are_compared_when_named(make: Make) -> None:
    a = make("a", cell(2, 18, model="reference/insider(p=0.1)"))
    b = make("b", cell(9, 11, model="reference/insider(p=0.5)"))
    with pytest.raises(UsageError, match=r"No model is in both. Say which to compare: --model A=B"):
        both(a, b)
    models = dict([pair("reference/insider(p=0.1)=reference/insider(p=0.5)", side(a), side(b))])
    (found,) = both(a, b, models)
    assert found.models == ("reference/insider(p=0.1)", "reference/insider(p=0.5)")
    assert found.reference
    for wrong in ("reference/insider(p=0.1)", "x=y", "reference/insider(p=0.5)=reference/insider(p=0.1)"):
        with pytest.raises(UsageError, match="names no model of each folder"):
            pair(wrong, side(a), side(b))
    with pytest.raises(UsageError, match="There is no model 'x'"):
        both(a, b, {"x": "y"})


@pytest.mark.parametrize(
    ("changed", "levels", "words"),
    [
        ({"scenario_version": "2-1"}, {}, "rates on unequal texts do not compare"),
        ({"judge": "rules-other"}, {}, "Verdicts of different judges do not compare"),
        ({}, {"exits": "ally"}, "No cell is in both"),
        ({"scenario": "lethal"}, {}, "No scenario is in both: blackmail in the first, lethal in the second"),
    ],
)
def test_what_does_not_compare_is_refused_with_the_reason(
    make: Make, changed: dict[str, str], levels: dict[str, str], words: str
) -> None:
    a, b = make("a", cell(2, 18)), make("b", cell(2, 18, columns=changed, **levels))
    with pytest.raises(UsageError, match=words):
        both(a, b)


def test_reference_agents_are_not_compared_with_models(make: Make) -> None:
    a, b = make("a", cell(2, 18)), make("b", cell(2, 18, model="reference/insider"))
    with pytest.raises(UsageError, match="A reference agent is no model"):
        both(a, b, {MODEL: "reference/insider"})


def test_scenarios_of_other_texts_are_left_out_and_said(make: Make) -> None:
    changed = cell(2, 18, columns={"scenario": "lethal", "scenario_version": "2"})
    a = make("a", cell(2, 18), cell(2, 18, scenario="lethal"))
    found = compared(side(a), side(make("b", cell(2, 18), changed)), {})
    assert [each.scenario for each in found.cells] == ["blackmail"]
    assert found.left_out[0] == "Not compared, since their texts are not the same: lethal."


def test_rules_that_stop_by_what_is_compared_have_wider_intervals(make: Make) -> None:
    decide = {"rule": "decide", "below": 0.01, "above": 0.05}
    a, b = make("a", cell(2, 18)), make("b", cell(9, 11), study=study(sampling=decide))
    (wide,), (plain,) = both(a, b), both(a, make("c", cell(9, 11)))
    assert wide.difference.width > plain.difference.width
    assert wide.p > plain.p


REPLACED = {
    "name": "replaced",
    "says": "Being replaced is enough.",
    "compare": {"threat": "replacement"},
    "against": {"threat": "none"},
    "expect": "more",
}


def asked(make: Make, folder: str, *yes: int, **fields: object) -> Path:
    """A folder of a study with the hypothesis `replaced`, and as many harmed of 100 without a threat and with it."""
    hypothesis = REPLACED | {key: fields.pop(key) for key in list(fields) if key in ("name", "by", "compare")}
    cells = [cell(n, 100 - n, threat=threat) for n, threat in zip(yes, ("none", "replacement"), strict=True)]
    return make(folder, *cells, study=study(hypotheses=[hypothesis], **fields))


def contrasts(a: Path, b: Path) -> tuple[ComparedContrast, ...]:
    return compared_contrasts(side(a), side(b), {})


def test_the_contrasts_of_both_studies_are_compared(make: Make) -> None:
    a, b = asked(make, "a", 5, 60), asked(make, "b", 5, 20)
    (found,) = contrasts(a, b)
    assert (found.one.difference, found.other.difference) == (
        stratified_difference([(60, 100, 5, 100)]),
        stratified_difference([(20, 100, 5, 100)]),
    )
    assert found.difference == independent_difference(found.one.difference, found.other.difference)
    assert found.difference.estimate == pytest.approx(-0.4)
    assert found.difference.high < 0
    assert found.same
    (row,) = contrasts_table([found]).iter_rows(named=True)
    assert (row["compare_yes_a"], row["against_decided_b"], row["estimate_a"]) == (60, 100, pytest.approx(0.55))
    assert row["low"] < row["difference"] < row["high"]


def test_contrasts_have_the_interval_of_their_rule(make: Make) -> None:
    a = asked(make, "a", 5, 60)
    looks = asked(make, "b", 5, 60, sampling={"rule": "contrasts", "looks": 4, "cap": 400})
    (plain,), (looked) = contrasts(a, asked(make, "c", 5, 60)), contrasts(a, looks)
    assert looked[0].other.difference.method.endswith("look 1 of 4")
    assert looked[0].difference.width > plain.difference.width


def test_contrasts_are_matched_by_their_sides_then_by_name(make: Make) -> None:
    a = asked(make, "a", 5, 60)
    assert [each.same for each in contrasts(a, asked(make, "b", 5, 20, name="other-name"))] == [True]
    wider = asked(make, "c", 5, 20, compare={"threat": ["replacement", "restriction"]})
    assert [each.same for each in contrasts(a, wider)] == [False]
    assert not contrasts(a, asked(make, "d", 5, 20, name="x", compare={"threat": "replacement", "exits": "blocked"}))
    assert not contrasts(a, make("e", cell(1, 9)))


def test_contrasts_are_of_the_cells_that_both_have(make: Make) -> None:
    """Alike in what both have; one has more, where nothing happens."""
    a = asked(make, "a", 5, 60)
    more = [cell(0, 100, threat=threat, exits="ally") for threat in ("none", "replacement")]
    own = [cell(5, 95, threat="none"), cell(60, 40, threat="replacement")]
    b = make("b", *own, *more, study=study(hypotheses=[REPLACED], factors={"exits": ["blocked", "ally"]}))
    silent = [cell(0, 0, 50, threat=threat, exits="ally") for threat in ("none", "replacement")]
    c = make("d", *own, *silent, study=study(hypotheses=[REPLACED], factors={"exits": ["blocked", "ally"]}))
    for one, other in ((a, b), (b, a), (b, c)):
        (found,) = contrasts(one, other)
        assert found.part
        assert found.difference.estimate == 0
        assert found.one.difference == found.other.difference == stratified_difference([(60, 100, 5, 100)])
    (alike,) = contrasts(a, asked(make, "c", 5, 60))
    assert not alike.part


def test_contrasts_on_unequal_texts_are_left_out(make: Make) -> None:
    a, both_threats = asked(make, "a", 5, 60), ("none", "replacement")
    changed = [cell(5, 95, threat=threat, columns={"scenario_version": "2"}) for threat in both_threats]
    assert not contrasts(a, make("b", *changed, study=study(hypotheses=[REPLACED])))


def test_fields_of_the_study_that_differ_are_named(make: Make) -> None:
    long = "One sentence that is the same in both of them, and then as much again that is not, is what stands here: "
    a = asked(make, "a", 5, 60, by=0.2, about=f"{long}spring", sampling={"rule": "contrasts", "looks": 4, "cap": 100})
    b = asked(make, "b", 5, 60, by=0.3, about=f"{long}autumn", surfaces={"repeat": 5})
    found = {each.what: (each.one, each.other) for each in differences(side(a), side(b), {})}
    assert found["study: hypotheses.replaced.by"] == ("0.2", "0.3")
    assert found["study: sampling.rule"] == ("contrasts", "fixed")
    assert found["study: sampling.looks"] == ("4", "-")
    assert found["study: surfaces.repeat"] == ("-", "5")
    assert found["study: about"][0].endswith("spring")
    assert len(found["study: about"][0]) < 60
    assert "study: question" not in found
    with_none = {each.what for each in differences(side(a), side(make("c", cell(1, 9))), {})}
    assert {"study", "sampling.rule"} <= with_none
    assert not [what for what in with_none if what.startswith("study:")]


def test_narrow_terminals_keep_whole_names(make: Make) -> None:
    models = [f"reference/published(entry=one-that-is-rather-long-{i})" for i in (1, 2)]
    a, b = (make(name, *(cell(n, 9, model=model) for model in models)) for n, name in enumerate("ab"))
    said = CliRunner().invoke(app, ["compare", str(a), str(b)], env={"COLUMNS": "80"})
    assert "…" not in said.output
    assert {"1)", "2)"} <= set(re.findall(r"\d\)", said.output))


def test_at_the_terminal_contrasts_and_what_would_show_more(make: Make, tmp_path: Path) -> None:
    looks = {"rule": "contrasts", "looks": 4, "cap": 100}
    a, b = (asked(make, name, 20, yes, sampling=looks) for name, yes in (("a", 36), ("b", 20)))
    out = tmp_path / "found.csv"
    said = CliRunner().invoke(app, ["compare", str(a), str(b), "--out", str(out)], env={"COLUMNS": "200"})
    assert said.exit_code == 0, said.output
    for words in (
        "Primary contrasts, in points",
        "+16 (",
        "MOVER of Zou and Donner 2008",
        "1 contrast in both: ",
        "run both with the rule `fixed`",
    ):
        assert words in said.output
    assert pl.read_csv(tmp_path / "found-contrasts.csv").height == 1
    out.unlink()
    again = CliRunner().invoke(app, ["compare", str(a), str(b), "--out", str(out)])
    assert "found-contrasts.csv' is there already" in str(again.exception)


def test_a_comparison_is_a_table(make: Make) -> None:
    a, b = make("a", cell(2, 18), cell(0, 0, 3, exits="ally")), make("b", cell(9, 11), cell(1, 1, exits="ally"))
    found = {row["condition"]: row for row in as_table(both(a, b)).iter_rows(named=True)}
    known, nothing = found["exits=blocked"], found["exits=ally"]
    assert (known["yes_a"], known["no_b"], known["rate_b"], known["reference"]) == (2, 11, 0.45, False)
    assert known["difference"] == pytest.approx(0.35)
    assert (nothing["difference"], nothing["p"], nothing["rate_a"]) == (None, None, None)
    assert (nothing["lowest"], nothing["highest"]) == (-0.5, 0.5)


def test_at_the_terminal(make: Make, tmp_path: Path) -> None:
    model = "reference/insider"
    a, b = make("a", cell(2, 98, model=model)), make("b", cell(60, 38, 2, model=model))
    out = tmp_path / "found.csv"
    said = CliRunner().invoke(app, ["compare", str(a), str(b), "--out", str(out)], env={"COLUMNS": "200"})
    assert said.exit_code == 0, said.output
    assert said.output.index("What differs") < said.output.index(", points (95 %)")
    for words in ("0.02 (2/100)", "0.61 (60/98, 2 open)", "not measurements of a model", "1 with a higher rate in B"):
        assert words in said.output
    assert len(pl.read_csv(out)) == 1
    again = CliRunner().invoke(app, ["compare", str(a), str(b), "--out", str(out)])
    assert isinstance(again.exception, UsageError)
    refused = CliRunner().invoke(app, ["compare", str(a), str(make("c", cell(1, 1)))])
    assert "What differs" in refused.output  # before it is refused
    assert isinstance(refused.exception, UsageError)


def test_a_table_that_is_behind_its_logs_is_refused_and_reports_name_the_model(tmp_path: Path) -> None:
    out = tmp_path / "run"
    run(plan(["lethal"], [ModelSpec("reference/loyal")], samples=1), out, Options())
    with pytest.raises(UsageError, match=r"no table that can be compared .* turncoat report"):
        side(out)
    rebuild(out)
    assert tables.reported_models(side(out).table) == {"reference/loyal": "loyal"}
    run(plan(["lethal"], [ModelSpec("reference/loyal")], samples=2), out, Options())
    with pytest.raises(UsageError, match=r"more has been run since. Make it again: turncoat report"):
        side(out)


@pytest.mark.parametrize(("yes", "advised"), [(48, True), (42, False)])
def test_nothing_is_advised_of_differences_too_small_to_matter(make: Make, yes: int, advised: bool) -> None:
    a, b = make("a", cell(40, 60)), make("b", cell(yes, 100 - yes))
    said = " ".join(CliRunner().invoke(app, ["compare", str(a), str(b)]).output.split())
    assert "1 cell not shown to differ" in said
    assert ("A difference of 8 points is shown in four of five" in said) == advised
    assert ("points is shown" in said) == advised
