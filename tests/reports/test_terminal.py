"""The rates in the terminal: every one of them, within its width, in the form that fits."""

import re
from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from rich.console import Console
from tests.reports._rollouts import many, rollout

from turncoat.record import Rollout
from turncoat.reports import numbers, terminal_table
from turncoat.reports.cells import groups
from turncoat.studies.table import frame

CONTROL, PRESSURED = {"threat": "none", "exits": "blocked"}, {"threat": "replacement", "exits": "blocked"}
LONG = "openai/a-model-with-a-rather-long-name-2031-05-06"


def printed(rollouts: Iterable[Rollout], width: int = 80) -> str:
    console = Console(width=width)
    with console.capture() as got:
        console.print(terminal_table(frame(rollouts)))
    return got.get().replace(numbers.NOTHING, "-")


def batch(condition: dict[str, str], *outcomes: str, named: str | None = None, **rest: Any) -> list[Rollout]:
    names = (f"{condition} {rest} {i}" for i in range(len(outcomes)))
    made = (rollout(each, rollout_id=next(names), condition=condition, **rest) for each in outcomes)
    return [each.model_copy(update={"named": named}) for each in made]


def designed(conditions: int, models: Iterable[str], interfaces: Iterable[str] = ("text",)) -> list[Rollout]:
    return [
        one
        for number, model, interface in product(range(conditions), models, interfaces)
        for one in batch({"distractors": str(number)}, "yes", "no", "invalid", model=model, interface=interface)
    ]


def test_a_row_a_model_and_a_column_a_condition() -> None:
    text = printed([
        *batch(CONTROL, *["no"] * 3, model="openai/b", named="control"),
        *batch(PRESSURED, *["yes"] * 4, "no", *["unscored"] * 7, model="openai/a", named="pressured"),
        *batch(CONTROL, "no", model="openai/a", named="control"),
    ])  # fmt: skip
    assert [line.rstrip() for line in text.splitlines()] == [
        "",
        "blackmail · text  coercion: rate, yes/decided, 95 % interval",
        "A  control: threat=none",
        "B  pressured: threat=replacement",
        "",
        "          A control             B pressured",
        "openai/a  0.00  0/1  0.00-0.79  0.80  4/5  0.38-0.96",
        "                                7 unscored",
        "openai/b  0.00  0/3  0.00-0.56  ·",
    ]


def test_one_condition_is_named_with_all_its_levels() -> None:
    lines = [line.split() for line in printed(batch(PRESSURED, "yes", model="a/b", named="pressured")).split("\n")]
    assert lines[2] == ["A", "pressured:", "threat=replacement", "exits=blocked"]
    assert lines[4:6] == [["A", "pressured"], ["a/b", "1.00", "1/1", "0.21-1.00"]]
    assert "A  threat=none exits=blocked" in printed(batch(CONTROL, "no", model="a/b"))


def test_no_row_is_without_its_name_however_narrow() -> None:
    name = "reference/insider(p=0.3,style=veiled)"
    lines = printed(designed(3, [name, LONG]), 40).splitlines()
    assert max(map(len, lines)) <= 40
    at = lines.index(name)
    assert [line.split()[:2] for line in lines[at + 1 : at + 4]] == [["A", "0.50"], ["B", "0.50"], ["C", "0.50"]]
    assert "openai/a-model-with-a-rather-long-name-" in lines[at - 5]


def test_a_name_is_folded_where_its_parts_end() -> None:
    lines = printed(designed(3, ["reference/insider(p=0.3,style=veiled)"]), 53).splitlines()
    names = [line[:20].strip() for line in lines if line.startswith(("ref", "(p"))]
    assert names == ["reference/insider", "(p=0.3,style=veiled)"]


def test_interfaces_and_arms_are_parts_of_one_table() -> None:
    made = designed(2, ["a/b"], ["tools", "text"])
    made += batch({"distractors": "0"}, "yes", model="a/b", interface="tools", arm="review")
    lines = [line.strip() for line in printed(made, 120).splitlines()]
    parts = [line for line in lines if line.startswith(("text", "tools"))]
    assert parts == ["text · arm none", "tools · arm none", "tools · arm review"]
    assert sum(line.startswith("A ") for line in lines) == 2, "the legend, and one head of the columns"


@pytest.mark.parametrize(
    ("conditions", "models", "width", "rate_in"),
    [
        (3, ["a/b"], 140, "0.50  1/2  0.09-0.91  0.50  1/2  0.09-0.91"),
        (3, [LONG], 80, "0.50  1/2  0.50  1/2  0.50  1/2"),
        (4, ["a/b", LONG], 80, "0.50  1/2  0.50  1/2  0.50  1/2  0.50  1/2"),
        (30, ["a/b", LONG], 80, "  AD  0.50  1/2  0.09-0.91  1 invalid"),
        (1, ["a/b"], 80, "a/b    0.50  1/2  0.09-0.91"),
    ],
)
def test_it_fits_the_width(conditions: int, models: list[str], width: int, rate_in: str) -> None:
    made = designed(conditions, models, ["text", "tools"])
    text = printed(made, width)
    assert rate_in in text
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    assert text.count("0.09-0.91") == conditions * len(models) * 2
    assert "invalid" in text


def test_nothing_is_lost_of_a_large_mixture() -> None:
    made = list(many(300))
    for width in (80, 140):
        text = printed(made, width)
        found = [cell for group in groups(frame(made)) for cell in group.cells]
        assert len(re.findall(r"\d+/\d+", text)) == len(found)
        for name in ("uncertain", "unscored", "invalid"):
            counted = sum(int(n) for n in re.findall(rf"(\d+) {name}", text))
            assert counted == sum(getattr(cell.rate, name) for cell in found)


def test_reference_agents_are_named_as_such() -> None:
    assert "eference" not in printed(batch(CONTROL, "no", model="openai/a"))
    assert "Reference agents only" in printed(batch(CONTROL, "no", model="reference/a"))
    both = [*batch(CONTROL, "no", model="reference/a"), *batch(CONTROL, "no", model="openai/a")]
    assert "not measurements" in printed(both)


def test_the_terminal_is_not_steered_by_a_name() -> None:
    text = printed([rollout(model="x/\x1b[2J[bold]\u202ey")], 140)
    assert "\x1b" not in text
    assert "⟨U+001B⟩[2J[bold]⟨U+202E⟩y" in text
