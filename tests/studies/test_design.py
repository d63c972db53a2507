"""The cells of a study: full, listed and fractional designs."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turncoat.errors import UsageError
from turncoat.studies.design.cells import Design, design
from turncoat.studies.design.fractional import choose, confounded, terms
from turncoat.studies.study import Study

TWO = {
    "threat": ["none", "replacement"],
    "goal": ["none", "explicit:america"],
    "leverage": ["present", "absent"],
    "exits": ["blocked", "ally"],
    "prohibition": ["none", "explicit"],
    "deliberation": ["none", "neutral"],
    "scratchpad": ["on", "off"],
}
MANY = {
    "threat": ["none", "migration", "restriction", "replacement"],
    "successor": ["unstated", "same-values", "opposed-values"],
    "exits": ["blocked", "ally", "channel"],
    "distractors": ["0", "4", "20", "80"],
}


def planned(**fields: object) -> Design:
    return design(Study.model_validate({"study": "any", "question": "?", "scenarios": "blackmail", **fields}))


def information(found: Design, factors: dict[str, list[str]], *pairs: tuple[str, str]) -> np.ndarray:
    matrix = terms([cell.condition for cell in found.cells], list(factors), pairs).matrix
    return matrix.T @ matrix


def test_a_full_design_crosses_everything_and_says_what_is_impossible() -> None:
    found = planned(factors=MANY, interfaces=["text", "tools"])
    assert len(found.cells) == (4 + 2) * 3 * 4 * 2
    assert len({cell.name for cell in found.cells}) == len(found.cells)
    (said,) = found.left_out
    assert said.startswith("blackmail: 72 of 144 conditions left out as impossible: ")
    assert "only a replacement has a successor" in said


def test_a_listed_design_has_its_conditions_in_their_order() -> None:
    found = planned(design="listed", conditions={"b": {"threat": "replacement"}, "a": {}})
    assert [cell.condition["threat"] for cell in found.cells] == ["replacement", "none"]
    assert [cell.named for cell in found.cells] == ["b", "a"]
    assert [cell.named for cell in planned(factors={"threat": ["none", "restriction"]}).cells] == ["control", None]


def test_seven_factors_of_two_levels_fit_into_eight_runs_without_loss() -> None:
    found = planned(design="fractional", runs=8, factors=TWO)
    assert np.allclose(information(found, TWO), 8 * np.eye(8))  # orthogonal: as good as any design can be
    assert any("threat" in said and "leverage" in said for said in found.confounded)


@pytest.mark.parametrize(("runs", "factors"), [(16, 5), (16, 7), (32, 7)])
def test_what_two_do_jointly_is_not_taken_for_what_one_does_where_the_runs_are_enough(runs: int, factors: int) -> None:
    some = dict(list(TWO.items())[:factors])
    found = planned(design="fractional", runs=runs, factors=some)
    assert np.abs(information(found, some) - runs * np.eye(factors + 1)).max() <= runs / 4  # nearly orthogonal
    assert found.confounded == ()


def test_an_interaction_that_is_named_can_be_told_apart() -> None:
    pair = ("threat", "goal")
    found = planned(design="fractional", runs=16, factors=TWO, interactions=[pair])
    assert np.linalg.matrix_rank(information(found, TWO, pair)) == 9
    assert not [said for said in found.confounded if "threat and goal cannot" in said]


def test_the_same_conditions_are_chosen_each_time() -> None:
    one, other = (planned(design="fractional", runs=14, factors=MANY) for _ in range(2))
    assert [cell.name for cell in one.cells] == [cell.name for cell in other.cells]
    assert len({cell.name for cell in one.cells}) == 14
    assert all(
        cell.condition["successor"] == "unstated" or cell.condition["threat"] == "replacement" for cell in one.cells
    )


@pytest.mark.parametrize(
    ("runs", "words"), [(10, "10 runs are too few. .* need 11 or more"), (73, "73 runs are more .*72")]
)
def test_runs_that_do_not_do_are_refused_with_the_number_that_does(runs: int, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        planned(design="fractional", runs=runs, factors=MANY)


def test_factors_that_never_part_are_said_to_be_one() -> None:
    # successors with values are possible under replacement alone, and `unstated` is not among the levels
    found = planned(
        design="fractional",
        runs=4,
        factors={
            "threat": ["none", "replacement"],
            "successor": ["same-values", "opposed-values"],
            "exits": ["blocked", "ally"],
        },
    )
    assert {cell.condition["threat"] for cell in found.cells} == {"replacement"}
    assert not [said for said in found.confounded if said.startswith("threat")]  # it does not vary, so it is no effect


def test_a_term_that_others_make_up_is_said() -> None:
    conditions = [{"a": x, "b": x, "c": y} for x, y in product("01", "01")]
    assert confounded(conditions, range(4), ["a", "b", "c"], [])[0] == "b cannot be told apart from a."


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_choice_is_as_good_as_the_best_of_many(data: st.DataObject) -> None:
    levels = data.draw(st.lists(st.integers(2, 4), min_size=2, max_size=3))
    names = [f"f{number}" for number in range(len(levels))]
    cross = [dict(zip(names, map(str, each), strict=True)) for each in product(*map(range, levels))]
    candidates = terms(cross, names, [])
    runs = data.draw(st.integers(candidates.rank, len(cross)))
    chosen = choose(candidates, runs)
    assert len(set(chosen)) == runs

    def size(rows: object) -> float:
        matrix = candidates.rows(list(rows)).matrix  # type: ignore[call-overload]
        return max(0.0, float(np.linalg.det(matrix.T @ matrix))) ** (1 / candidates.rank)

    random = np.random.default_rng(data.draw(st.integers(0, 1000)))
    best = max(size(random.choice(len(cross), runs, replace=False)) for _ in range(50))
    assert size(chosen) >= 0.95 * best
