"""How often a provider is called that refuses: what a call ends with, and how many there are of a hundred."""

from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from turncoat.agents.doors import Doors
from turncoat.agents.failure import ProviderError


class ClientError(Exception):
    """As a client raises it."""

    def __init__(self, status: int, said: str = "") -> None:
        super().__init__(said)
        self.status_code = status


KEY, BUSY = ClientError(401), ClientError(500)
CREDIT = ClientError(402, "no credit")
MODEL = ClientError(404, "this model cannot use tools")
ANSWER = "answer"
Ending = ClientError | str


class Guarded:
    """A model behind its door. The first calls end as `endings` say, all others like the last of them."""

    def __init__(self, endings: Sequence[Ending], *, found: Doors | None = None, seconds: float = 0.0) -> None:
        self.calls = 0
        self.api = SimpleNamespace(generate=self._generate)
        self._endings, self._seconds = endings, seconds
        self.doors = found or Doors()
        self.doors.guard(self)  # type: ignore[arg-type]

    def __str__(self) -> str:
        return "some/model"

    async def _generate(self, *, tools: Any) -> Any:  # noqa: ARG002
        ending = self._endings[min(self.calls, len(self._endings) - 1)]
        self.calls += 1
        await anyio.sleep(self._seconds)
        if ending in (KEY, BUSY):
            raise ending
        return ending, "what was sent"

    async def ask(self, *, tools: Sequence[str] = ()) -> None:
        with suppress(ProviderError, ClientError):
            await self.api.generate(tools=tools)

    def ask_one_by_one(self, times: int) -> int:
        async def all_of_them() -> None:
            for _ in range(times):
                await self.ask()

        anyio.run(all_of_them)
        return self.calls

    def ask_at_once(self, times: int) -> int:
        async def all_of_them() -> None:
            async with anyio.create_task_group() as group:
                for _ in range(times):
                    group.start_soon(self.ask)

        anyio.run(all_of_them)
        return self.calls


@pytest.mark.parametrize(
    ("endings", "calls", "refused"),
    [
        ([KEY], 1, "key"),
        ([BUSY, BUSY, KEY], 3, "key"),
        ([CREDIT], 1, "credit"),
        ([MODEL], 1, "model"),
        ([ANSWER], 100, None),
        ([ANSWER, KEY], 100, None),
    ],
    ids=["at once", "after failures", "said and not raised", "no such model", "all is well", "a key that was right"],
)
def test_few_calls_find_out(endings: list[Ending], calls: int, refused: str | None) -> None:
    model = Guarded(endings)
    assert model.ask_one_by_one(100) == calls
    found = model.doors.refused
    assert {name: each.refused for name, each in found.items()} == ({"some/model": refused} if refused else {})


def test_an_account_that_runs_empty_is_not_asked_again() -> None:
    model = Guarded([ANSWER, CREDIT])
    assert [model.ask_at_once(1) for _ in range(4)] == [1, 2, 2, 2]
    with pytest.raises(ProviderError, match="no credit"):
        anyio.run(lambda: model.api.generate(tools=[]))


def test_no_call_waits_for_another() -> None:
    began = monotonic()
    assert Guarded([ANSWER], seconds=0.1).ask_at_once(20) == 20
    assert monotonic() - began < 1  # one at a time, it is two


def test_after_the_first_refusal_no_call_is_begun() -> None:
    model = Guarded([KEY], seconds=0.05)
    assert model.ask_at_once(10) == 10
    assert model.ask_at_once(90) == 10


def test_a_model_refused_with_tools_is_asked_without() -> None:
    model = Guarded([MODEL, ANSWER])

    async def told() -> None:
        for tools in (["list_mail"], [], ["list_mail"], []):
            await model.ask(tools=tools)

    anyio.run(told)
    assert model.calls == 3
