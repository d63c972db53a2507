"""Reference agents as an Inspect model provider: `reference/<agent>`. What they know lies in the sample's store."""

from typing import Any

import anyio
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolInfo
from inspect_ai.util import store

from turncoat.reference.answers import Answer, text_answer, tool_answers
from turncoat.reference.dials import dials
from turncoat.reference.script import Seat, script

CUE = "turncoat:cue"


class ReferenceAPI(ModelAPI):
    """A simulated agent; see `Dials` for its arguments. Costs nothing and calls nobody."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 (the base class's signature)
        **model_args: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        self.dials = dials(model_name, model_args)

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 (the base class's name)
        tools: list[ToolInfo],
        tool_choice: ToolChoice,  # noqa: ARG002
        config: GenerateConfig,  # noqa: ARG002
    ) -> ModelOutput:
        if self.dials.latency:
            await anyio.sleep(self.dials.latency)
        seat = Seat.model_validate(store().get(CUE))
        decided = script(self.dials, seat)
        if not tools:
            return self._output(text_answer(decided), turn=0)
        answers = tool_answers(decided, seat)
        turn = sum(isinstance(message, ChatMessageAssistant) for message in input)
        return self._output(answers[turn] if turn < len(answers) else Answer(), turn=turn)

    def max_connections(self) -> int:
        return 1000

    def _output(self, answer: Answer, *, turn: int) -> ModelOutput:
        output = ModelOutput.from_content(
            model=self.model_name,
            content=answer.text,
            stop_reason="max_tokens" if answer.stop == "length" else "tool_calls" if answer.calls else "stop",
        )
        output.choices[0].message.tool_calls = [
            ToolCall(
                id=f"call-{turn}-{number}",
                function=call.tool,
                arguments={} if call.broken else call.arguments,
                parse_error=f"Error parsing the arguments of {call.tool}: not JSON." if call.broken else None,
            )
            for number, call in enumerate(answer.calls)
        ] or None
        output.usage = ModelUsage()
        return output
