"""Primary contrasts over several looks: what is answered stays so, and runs and reports say the same of it."""

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.studies._tables import cell, study
from tests.studies.test_contrasts import hypothesis

from turncoat.stats import p_value, repeated_p_value
from turncoat.studies.design.cells import design
from turncoat.studies.design.plan import ModelSpec, Plan
from turncoat.studies.estimates import Contrast, estimate
from turncoat.studies.looks.decide import decide
from turncoat.studies.looks.primary import primary
from turncoat.studies.study import Study

CAP, LOOKS = 40, 4
SAMPLING: dict[str, Any] = {"rule": "contrasts", "looks": LOOKS, "cap": CAP}


def planted(outcomes: str, **levels: str) -> pl.DataFrame:
    """The rows of a cell, its rollouts in this order: `y` or `n`."""
    table = cell(outcomes.count("y"), outcomes.count("n"), **levels)
    order = [i for i, each in enumerate(outcomes) if each == "y"] + [
        i for i, each in enumerate(outcomes) if each == "n"
    ]
    name = table["id"][0].rpartition(" s")[0]
    return table.with_columns(id=pl.Series([f"{name} s{i:05d}" for i in order]))


def found(tables: list[pl.DataFrame], *levels: str) -> dict[str, Contrast]:
    hypotheses = [hypothesis(level, compare={"threat": [level]}) for level in levels]
    of = study(hypotheses=hypotheses, sampling=SAMPLING)
    return {each.name: each for each in estimate(pl.concat(tables), of).contrasts if each.primary}


def test_what_is_answered_at_a_look_is_answered_whatever_comes_after() -> None:
    """The control goes on for another contrast, and comes to do harm as well."""
    control = planted("n" * 20 + "ny" * 10, threat="none")
    early = planted("y" * 20, threat="restriction")
    late = planted("n" * 20 + "yn" * 10, threat="replacement")
    both = found([control, early, late], "restriction", "replacement")
    each = both["restriction"]
    assert (each.answered, each.look, each.compare.n, each.against.n) == ("supported", 2, 20, 20)
    assert each.p == repeated_p_value(p_value([(20, 20, 0, 20)]), 2, LOOKS)
    assert (both["replacement"].answered, both["replacement"].look) == ("open", LOOKS)
    assert both["replacement"].against.n == CAP


def test_rollouts_of_a_look_that_is_not_whole_are_not_tested() -> None:
    """All of the harm is in the second look, of which one cell lacks a rollout."""
    control = planted("n" * 19, threat="none")
    other = planted("n" * 10 + "y" * 10, threat="replacement")
    (each,) = found([control, other], "replacement").values()
    assert (each.answered, each.look) == ("open", 1)


def test_a_lost_rollout_makes_no_later_one_an_earlier() -> None:
    """A torn log: no look since is whole, and the run makes up for it before it decides anything."""
    control = planted("n" * 30, threat="none")
    other = planted("y" * 31, threat="replacement").filter(~pl.col("id").str.ends_with("s00003"))
    (each,) = found([control, other], "replacement").values()
    assert (each.answered, each.p) == ("open", 1.0)
    assert (each.compare.yes, each.against.yes) == (30, 0)


OUTCOMES = st.lists(st.sampled_from("yn"), min_size=CAP, max_size=CAP).map("".join)


@settings(max_examples=40, deadline=None)
@given(st.tuples(OUTCOMES, OUTCOMES, OUTCOMES))
def test_the_report_says_what_the_run_decided(drawn: tuple[str, str, str]) -> None:
    levels = ("none", "restriction", "replacement")
    of = Study.model_validate(
        {
            "study": "x",
            "question": "Does it?",
            "scenarios": "blackmail",
            "models": ["openai/gpt-9"],
            "factors": {"threat": list(levels)},
            "hypotheses": [
                {"name": level, "says": "It does", "compare": {"threat": level}, "against": {"threat": "none"}}
                for level in levels[1:]
            ],
            "sampling": SAMPLING,
        }
    )
    pairs = Plan(design(of).cells, (ModelSpec("openai/gpt-9"),), 0).pairs
    words = {"y": "yes", "n": "no"}
    outcomes = {
        pair: [words[each] for each in drawn[levels.index(one.condition["threat"])]] for pair, (_, one) in pairs.items()
    }
    _, decisions = decide(of, pairs, outcomes)
    held = {pair: outcomes[pair][: each.size] for pair, each in decisions.items()}
    # The run, replayed on what it holds at its end, look by look.
    at_looks = [{pair: each[: CAP * look // LOOKS] for pair, each in held.items()} for look in range(1, LOOKS + 1)]
    ran = {each.name: (each.answered, each.look) for each, _ in primary(of, pairs, at_looks)}
    tables = [
        planted("".join(each[0] for each in held[pair]), threat=one.condition["threat"])
        for pair, (_, one) in pairs.items()
    ]
    said = {each.name: (each.answered, each.look) for each in estimate(pl.concat(tables), of).contrasts if each.primary}
    assert said == ran
    open_ = {name for name, (answered, _) in ran.items() if answered == "open"}
    for pair, (_, one) in pairs.items():
        if one.condition["threat"] in open_:
            assert decisions[pair].size == CAP
