"""Judges' answers in the form that is asked for: nothing found, but for what is named."""

import json
import re
from collections.abc import Mapping, Sequence

from inspect_ai.model import ChatMessage, ModelOutput, ModelUsage
from tests.judging._passages import passages

from turncoat.judging.models.request import Part, questions, rubric

Found = Mapping[str, tuple[str, Sequence[str]]]
"""Question -> answer and quotes."""


def form(part: Part, prompt: str, found: Found) -> str:
    """The answer to one request, of which `prompt` is the question."""
    answers: dict[str, tuple[str, Sequence[str]]] = {name: (each.absent, ()) for name, each in questions(part).items()}
    answers |= {name: each for name, each in found.items() if name in answers}
    filled = {
        name: {"answer": answer, "quotes": passages(prompt, *quotes)} for name, (answer, quotes) in answers.items()
    }
    (key,) = re.findall(r"^BEGIN (\w+)$", prompt, re.MULTILINE)
    return json.dumps({"case": key, "account": "What happened.", **filled})


def answered(messages: Sequence[ChatMessage], found: Found) -> ModelOutput:
    """The answer of a model that reads well: to what it was asked, about the transcript that it was given."""
    part: Part = "actions" if messages[0].text == rubric("actions") else "reasoning"
    return metered(ModelOutput.from_content("mockllm/model", form(part, messages[1].text, found)))


def metered(output: ModelOutput) -> ModelOutput:
    """An answer that says how long it was: Inspect would ask the network to count."""
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return output
