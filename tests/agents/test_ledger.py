"""What is paid for is noted, or no more is paid."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from turncoat.agents.ledger import FILE, Ledger


def guarded(ledger: Ledger) -> tuple[Any, list[int]]:
    """A model that has used 3 and 2 tokens at each call, noted in the ledger; and its calls."""
    calls: list[int] = []

    async def generate(**question: Any) -> Any:
        calls.append(1)
        return SimpleNamespace(usage=SimpleNamespace(input_tokens=3, output_tokens=2))

    class Model:
        api = SimpleNamespace(generate=generate)

        def __str__(self) -> str:
            return "lab/any"

    model: Any = Model()
    ledger.guard(model)
    return model.api.generate, calls


def test_each_call_is_noted(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, "agents")
    ask, _ = guarded(ledger)
    asyncio.run(ask())
    asyncio.run(ask())
    assert list(ledger.calls()) == [("lab/any", 3, 2)] * 2
    assert list(Ledger(tmp_path, "judges").calls()) == []


def test_nothing_is_asked_where_nothing_can_be_noted(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    ask, calls = guarded(Ledger(tmp_path, "agents"))
    for _ in range(3):
        with pytest.raises(OSError, match="directory"):
            asyncio.run(ask())
    assert not calls


def test_after_a_call_that_could_not_be_noted_there_is_no_other(tmp_path: Path) -> None:
    ask, calls = guarded(Ledger(tmp_path, "agents"))
    (tmp_path / FILE).symlink_to("/dev/full")
    for _ in range(3):
        with pytest.raises(OSError, match="No space left"):
            asyncio.run(ask())
    assert len(calls) == 1
