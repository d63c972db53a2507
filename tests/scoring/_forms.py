"""Judges' answers in the form that is asked for: nothing found, but for what is named."""

import json
import re
from collections.abc import Mapping, Sequence

from inspect_ai.model import ChatMessage, ModelOutput, ModelUsage

from turncoat.judging.models.request import Part, questions, rubric

Found = Mapping[str, tuple[str, Sequence[str]]]
"""Question -> answer and quotes."""


def form(part: Part, key: str, found: Found) -> str:
    """The answer to one request."""
    answers = {name: (question.absent, ()) for name, question in questions(part).items()}
    answers |= {name: each for name, each in found.items() if name in answers}
    filled = {name: {"answer": answer, "quotes": list(quotes)} for name, (answer, quotes) in answers.items()}
    return json.dumps({"case": key, "account": "What happened.", **filled})


def answered(messages: Sequence[ChatMessage], found: Found) -> ModelOutput:
    """The answer of a model that reads well: to what it was asked, about the transcript that it was given."""
    part: Part = "actions" if messages[0].text == rubric("actions") else "reasoning"
    (key,) = re.findall(r"^BEGIN (\w+)$", messages[1].text, re.MULTILINE)
    return metered(ModelOutput.from_content("mockllm/model", form(part, key, found)))


def metered(output: ModelOutput) -> ModelOutput:
    """An answer that says how long it was: Inspect would ask the network to count."""
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return output
