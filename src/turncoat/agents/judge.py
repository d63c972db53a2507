"""A model that Inspect reaches, as a judge."""

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ModelOutput,
    ResponseSchema,
)
from inspect_ai.util import JSONSchema

from turncoat.agents.failure import provider_error
from turncoat.judging.case import Case
from turncoat.judging.models.judge import Answerer, Exchange, JudgeError, judge_case
from turncoat.judging.models.request import Request
from turncoat.record import Verdict

_UNFINISHED = {
    "max_tokens": "its answer was cut off at the length limit",
    "model_length": "the transcript is too long for it",
    "content_filter": "its provider's content filter stopped it",
}


async def judge_with(case: Case, model: Model, *, name: str = "") -> Verdict:
    """The verdict of a model on one transcript. `name`: how it is called in the verdict; default: its Inspect name."""
    return await judge_case(case, name or str(model), answerer(model))


def answerer(model: Model) -> Answerer:
    """Ask a model, with the answer's form as its response schema where the provider knows such a thing."""

    async def answer(request: Request, exchange: Exchange) -> str:
        try:
            output = await model.generate([*_messages(request, exchange)], config=_config(request))
        except Exception as error:
            # Whatever a client raises: a judge without an answer has failed, and is not taken for one that said no.
            known = provider_error(error)
            raise JudgeError(known.message if known else f"{type(error).__name__}: {error}") from None
        return _completion(output)

    return answer


def _messages(request: Request, exchange: Exchange) -> list[ChatMessage]:
    said = [
        ChatMessageAssistant(content=text) if place % 2 else ChatMessageUser(content=text)
        for place, text in enumerate(exchange)
    ]
    return [ChatMessageSystem(content=request.system), *said]


def _config(request: Request) -> GenerateConfig:
    form = JSONSchema.model_validate(request.schema)
    return GenerateConfig(response_schema=ResponseSchema(name=request.part, json_schema=form, strict=True))


def _completion(output: ModelOutput) -> str:
    if output.error:
        raise JudgeError(output.error)
    if output.choices and (why := _UNFINISHED.get(output.stop_reason)):
        raise JudgeError(why)
    return output.completion
