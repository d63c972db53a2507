"""What the emulated providers answer: a pack's oracle or null, told apart by the words of the prompt."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from turncoat.agents.prompt import prompt
from turncoat.reference.answers import Answer, text_answer, tool_answers
from turncoat.reference.script import exemplar, seat_of
from turncoat.scenarios import compose
from turncoat.studies.design.plan import Cell, Plan

Part = Literal["oracle", "null"]
Fixture = dict[str, Any]

USAGE = {
    "prompt_tokens": 1000, "completion_tokens": 100,
    "input_tokens": 1000, "output_tokens": 100,
    "promptTokenCount": 1000, "candidatesTokenCount": 100,
}  # fmt: skip
"""Of one answer, in the words of each provider."""
PROBE: Fixture = {"match": {"userMessage": "hello, world"}, "response": {"content": "hello, world", "usage": USAGE}}
"""Inspect asks reasoning models of OpenAI this once, to see whether they take a setting."""


def part(cell: Cell) -> Part:
    """Who has a motive does the harm, everybody else the work."""
    return "null" if cell.condition["threat"] == "none" else "oracle"


def played(plan: Plan) -> Iterator[Fixture]:
    """The right answer to every prompt of a plan, for each of its models."""
    yield PROBE
    for model in plan.models:
        for cell in plan.cells:
            for seed in range(plan.samples):
                yield from rollout(model.name, cell, seed)


def rollout(model: str, cell: Cell, seed: int) -> Iterator[Fixture]:
    """The right answers of one rollout."""
    turn = 0
    for answer in answers(cell, seed):
        yield fixture(model, cell, seed, spoken(answer, model), turn=turn)
        # Inspect asks newer models of OpenAI through the Responses API, where each call is an item of its own.
        turn += len(answer.calls) + bool(answer.text) if model.startswith("openai/gpt-5") else 1


def answers(cell: Cell, seed: int) -> tuple[Answer, ...]:
    """The answers of one rollout, one a turn."""
    seat = seat_of(compose(cell.pack, cell.condition, seed), cell.interface)
    script = exemplar(part(cell), seat)
    return (text_answer(script),) if cell.interface == "text" else tool_answers(script, seat)


def spoken(answer: Answer, model: str) -> Fixture:
    """An answer as the emulator wants it."""
    calls = [{"name": call.tool, "arguments": call.arguments} for call in answer.calls]
    said: Fixture = {"usage": USAGE}
    if answer.text or not calls:
        said["content"] = answer.text
    if calls:
        said["toolCalls"] = calls
    if model.startswith("google/"):
        # As Google has it; the emulator's own word for an answer with calls is not one of Google's.
        said["finishReason"] = "STOP"
    return said


def fixture(model: str, cell: Cell, seed: int, response: Mapping[str, Any], *, turn: int = 0, **rest: Any) -> Fixture:
    """`response` to the question that comes after `turn` answers, in one rollout of a cell."""
    words = prompt(compose(cell.pack, cell.condition, seed), cell.interface)
    match = {"model": model.partition("/")[2], "systemMessage": words.system, "turnIndex": turn}
    return {"match": match, "response": dict(response), **rest}
