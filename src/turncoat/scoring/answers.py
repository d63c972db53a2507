"""The messages of a foreign sample as answers: text through the parser, tool calls as the blocks that it reads."""

import json
import re
from collections.abc import Iterable, Iterator

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ModelOutput
from inspect_ai.tool import ToolCall

from turncoat.agents.seat import thought
from turncoat.company import Answer, read_answer
from turncoat.record import Facts, Stop

_ODD = re.compile(r"[^\w.:-]")
_INERT = str.maketrans({"&": "&amp;", "<": "\\u003c", ">": "\\u003e", "`": "\\u0060"})
"""JSON in which nothing can be taken for a tag, a code span or a character reference."""


def read_messages(messages: Iterable[ChatMessage], facts: Facts, *, stop: Stop) -> tuple[Answer, ...]:
    """What the assistant said and called, message by message. `stop`: how the last answer ended."""
    said = [message for message in messages if isinstance(message, ChatMessageAssistant)]
    return tuple(
        _read(message, facts, index=index, stop=stop if index + 1 == len(said) else "unknown")
        for index, message in enumerate(said)
    )


def _read(message: ChatMessageAssistant, facts: Facts, *, index: int, stop: Stop) -> Answer:
    thoughts = thought(ModelOutput.from_message(message))
    # Calls come after the text: where there are some, it was not cut off.
    ended: Stop = "complete" if message.tool_calls else stop
    text = read_answer(message.text, facts=facts, reasoning=thoughts, stop=ended, index=index)
    # Apart from the text, in which a scratchpad that is never closed could swallow them.
    called = read_answer("\n\n".join(_blocks(message.tool_calls or [])), facts=facts, stop="complete", index=index)
    actions = (*text.actions, *called.actions)
    said = text.turn.model_copy(update={"stop": stop}) if message.tool_calls else text.turn
    return Answer(actions, said.model_copy(update={"actions": len(actions)}))


def _blocks(calls: Iterable[ToolCall]) -> Iterator[str]:
    for call in calls:
        arguments = json.dumps(call.arguments, default=str).translate(_INERT)
        yield f'<invoke name="{_ODD.sub("_", call.function)}">{arguments}</invoke>'
