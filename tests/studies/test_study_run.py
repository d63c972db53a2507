"""Whole studies, look by look: what they run, what stops them, and that nothing runs twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from inspect_ai.model import ModelAPI, ModelOutput, ModelUsage, modelapi
from tests.scoring._forms import answered

from turncoat.errors import UsageError
from turncoat.studies.asked_study import plan_of, rehearsed, taken_up
from turncoat.studies.cost.rollouts import spent
from turncoat.studies.folder import Folder
from turncoat.studies.logs import endings, recorded
from turncoat.studies.running.run import Options, Progress, run
from turncoat.studies.running.study import Finished, Look, run_study
from turncoat.studies.study import Study
from turncoat.studies.verdicts.judges import Options as JudgeOptions

WIDTH = {"rule": "width", "look": 10, "cap": 30, "half_width": 0.1}
INSIDER = {"name": "reference/insider", "arguments": {"p": 0.5}}


def study(*models: Any, **more: Any) -> Study:
    return Study.model_validate(
        {
            "study": "x",
            "question": "Does it?",
            "scenarios": "lethal",
            "factors": {"threat": ["none", "replacement"]},
            "models": models or [INSIDER],
            "sampling": WIDTH,
            **more,
        }
    )


class Watcher:
    """Counts what ends; `goes_on` is asked at each look."""

    def __init__(self, goes_on: Callable[[Look], bool] = lambda _: True) -> None:
        self.ended, self.looks, self._goes_on = Counter[str](), list[Look](), goes_on

    @contextmanager
    def bar(self, total: int, *, says: str) -> Iterator[Progress]:  # noqa: ARG002
        def step(_: bool) -> None:
            self.ended[says] += 1

        yield step

    def looked(self, look: Look) -> bool:
        self.looks.append(look)
        return self._goes_on(look)


class Model(ModelAPI):
    """Finishes at once or `fails`; as a judge it finds nothing or `fails`. Every answer costs 1 USD."""

    calls: ClassVar[Counter[str]] = Counter()
    fails: ClassVar[Callable[[str], bool]]

    async def generate(self, input: Any, tools: Any, tool_choice: Any, config: Any) -> ModelOutput:  # noqa: A002, ARG002
        Model.calls[self.model_name] += 1
        if Model.fails(self.model_name):
            raise ConnectionError("no luck today")
        judges = self.model_name == "judge"
        output = answered(input, {}) if judges else ModelOutput.from_content("m", "<finish>All is read.</finish>")
        output.usage = ModelUsage(output_tokens=1_000_000)
        return output


@modelapi(name="looked")
def looked() -> type[ModelAPI]:
    return Model


@pytest.fixture(autouse=True)
def _works() -> None:
    fail(lambda _: False)


def fail(fails: Callable[[str], bool]) -> None:
    Model.calls, Model.fails = Counter(), staticmethod(fails)


PRICES = {"looked/agent": (0.0, 1.0), "looked/judge": (0.0, 1.0)}


def perform(of: Study, out: Path, watcher: Watcher, *, max_cost: float | None = None) -> Finished:
    options = Options(retries=0, prices=PRICES, max_cost=max_cost, connections=2)
    judges = JudgeOptions(judges=of.judge, prices=PRICES, retries=0, max_cost=max_cost, connections=2)
    return run_study(of, plan_of(of), out, options, watcher, judging=judges if judges.models else None)


def outcomes(out: Path) -> dict[str, str]:
    return {key: each.outcome for key, each in endings(out).items()}


def held(out: Path) -> list[int]:
    return sorted(each.samples for each in Folder(out).manifest.cells.values())


def test_a_study_that_is_broken_off_after_any_look_ends_like_an_undisturbed_one(tmp_path: Path) -> None:
    whole = Watcher()
    finished = perform(study(), tmp_path / "whole", whole)
    assert finished.last.finished
    assert finished.outcome.missing == 0
    assert held(tmp_path / "whole") == [20, 30]
    assert whole.ended == {"Rollouts": 50}
    assert [look.number for look in whole.looks] == [1, 2, 3]

    broken = Watcher(lambda _: False)
    for _ in range(6):
        last = perform(study(), tmp_path / "broken", broken).last
    assert not last.finished
    perform(study(), tmp_path / "broken", again := Watcher())
    assert broken.ended + again.ended == whole.ended
    assert outcomes(tmp_path / "broken") == outcomes(tmp_path / "whole")

    nothing = Watcher()
    assert perform(study(), tmp_path / "whole", nothing).last.decisions == whole.looks[-1].decisions
    assert nothing.ended == {}


def test_a_model_that_fails_waits_and_holds_no_other_up(tmp_path: Path) -> None:
    of = study("looked/agent", INSIDER)
    fail(lambda _: True)
    watcher = Watcher()
    finished = perform(of, tmp_path, watcher)
    failed = {key for key, each in outcomes(tmp_path).items() if each == "error"}
    assert len(failed) == Model.calls["agent"] == 20
    assert {key.partition("/lethal")[0] for key in failed} == {"looked/agent"}
    assert {pair[0] for pair in finished.last.stuck} == {"looked/agent"}
    assert finished.outcome.missing == 20
    assert all(each.done for pair, each in finished.last.decisions.items() if pair[0] != "looked/agent")
    # The same command tries just those again.
    fail(lambda _: False)
    watcher = Watcher()
    finished = perform(of, tmp_path, watcher)
    assert finished.last.finished
    assert watcher.ended["Rollouts"] == Model.calls["agent"] == 40


def test_single_errors_are_tried_again_with_the_next_look(tmp_path: Path) -> None:
    fail(lambda name: Model.calls[name] == 3)
    finished = perform(study("looked/agent", factors={}), tmp_path, Watcher())
    assert finished.last.finished
    assert set(recorded(tmp_path).values()) == {True}
    assert Model.calls["agent"] == 21


def test_a_judge_decides_what_goes_on_and_what_it_cost_is_kept(tmp_path: Path) -> None:
    sure = {"name": "reference/insider", "arguments": {"p": 1.0, "style": "explicit"}}
    of = study(sure, factors={"threat": ["replacement"]}, judge=["looked/judge"], sampling=WIDTH | {"half_width": 0.05})
    fail(lambda name: Model.calls[name] in (2, 5))
    finished = perform(of, tmp_path, watcher := Watcher())
    assert finished.last.finished
    # By the rules it is a harm each time; this judge finds none, and it is the judge whom the study names.
    assert set(outcomes(tmp_path).values()) == {"yes"}
    assert watcher.ended["Rollouts"] == 30
    before = Model.calls["judge"]
    perform(of, tmp_path, Watcher())
    assert Model.calls["judge"] == before


def test_the_judge_has_a_limit_over_all_looks_and_calls(tmp_path: Path) -> None:
    of = study(INSIDER, factors={}, judge=["looked/judge"])
    # 16,384 tokens are set aside for an answer that then costs 1 USD.
    finished = perform(of, tmp_path, Watcher(), max_cost=5.0)
    assert finished.judge_unpaid > 5.0
    assert spent(tmp_path, ["judges"]) == Model.calls["judge"] <= 5
    assert not finished.last.finished
    perform(of, tmp_path, Watcher(), max_cost=5.0)
    assert spent(tmp_path, ["judges"]) == Model.calls["judge"] <= 5


def test_what_a_judge_did_without_a_limit_counts_under_one(tmp_path: Path) -> None:
    of = study(INSIDER, factors={}, judge=["looked/judge"])
    perform(of, tmp_path, Watcher(lambda _: False))
    before = Model.calls["judge"]
    assert spent(tmp_path, ["judges"]) == before > 0
    finished = perform(of, tmp_path, Watcher(), max_cost=before - 1.0)
    assert Model.calls["judge"] == before
    assert finished.judge_unpaid > before


def test_nothing_else_runs_into_the_folder_of_a_study(tmp_path: Path) -> None:
    of = study(sampling={"rule": "fixed", "samples": 1})
    perform(of, tmp_path, Watcher())
    with pytest.raises(UsageError, match="holds the study 'x'"):
        run(plan_of(of), tmp_path, Options())
    assert Folder(tmp_path).manifest.study == of


def test_a_limit_on_the_models_holds_over_all_looks(tmp_path: Path) -> None:
    of = study("looked/agent", factors={})
    finished = perform(of, tmp_path, Watcher(), max_cost=13.0)
    assert Model.calls["agent"] <= 13
    assert finished.outcome.unpaid > 13.0
    assert not finished.last.finished
    perform(of, tmp_path, Watcher(), max_cost=13.0)
    assert Model.calls["agent"] <= 13


def test_a_folder_keeps_its_study_and_takes_up_more_of_it(tmp_path: Path) -> None:
    perform(study(sampling={"rule": "fixed", "samples": 1}), tmp_path, Watcher())
    of = Folder(tmp_path).manifest.study
    assert of is not None
    assert len(Folder(tmp_path).manifest.study_hash) == 12
    added = of.model_copy(update={"factors": {"threat": ("none", "replacement", "restriction")}, "about": "more"})
    assert taken_up(added, tmp_path) == added
    other = study({"name": "reference/loyal"}, sampling={"rule": "fixed", "samples": 1})
    assert [each.name for each in taken_up(other, tmp_path).models] == ["reference/insider", "reference/loyal"]
    for changed, says in [
        (of.model_copy(update={"question": "Why?"}), "question: 'Does it?' there, 'Why?' now"),
        (of.model_copy(update={"factors": {"threat": ("none",)}}), "cells: 1 that are there are not in it now"),
        (
            study(
                {"name": "reference/insider", "arguments": of.models[0].arguments | {"latency": 0.5}},
                sampling=of.sampling,
            ),
            "is there already, and latency alone cannot tell models apart",
        ),
        (study("looked/agent", sampling=of.sampling), "simulated agents there, models now"),
    ]:
        with pytest.raises(UsageError, match="not the same one") as error:
            taken_up(changed, tmp_path)
        assert says in str(error.value)


def test_a_rehearsal_takes_published_figures_or_an_insider() -> None:
    assert [each.name for each in rehearsed(study("openai/x")).models] == ["reference/insider"]
    of = rehearsed(study("openai/x", judge="openai/y", published=["lynch-blackmail-gpt-4.1"]))
    assert [(each.name, each.arguments) for each in of.models] == [
        ("reference/published", {"entry": "lynch-blackmail-gpt-4.1"})
    ]
    assert of.judge == ("rules",)
