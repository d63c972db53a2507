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
from turncoat.agents.label import label
from turncoat.judging.case import Case
from turncoat.judging.models.judge import Answerer, Exchange, JudgeError, judge_case
from turncoat.judging.models.request import Request
from turncoat.record import Verdict

_UNFINISHED = {
    "max_tokens": "its answer was cut off at the length limit",
    "model_length": "the transcript is too long for it",
    "content_filter": "its provider's content filter stopped it",
}


_HANDLING = (
    "max_retries", "timeout", "attempt_timeout", "stream_idle_timeout", "max_connections", "adaptive_connections",
    "cache", "cache_prompt", "batch", "extra_headers",
)  # fmt: skip
"""Settings that change when and how a model is reached, not what it says; headers may hold keys."""


async def judge_with(case: Case, model: Model, *, name: str = "") -> Verdict:
    """The verdict of a model on one transcript. `name`: how it is called in the verdict; default: as `called` says."""
    return await judge_case(case, name or called(model), answerer(model))


def called(model: Model) -> str:
    """A model as a judge is called: its Inspect name with the arguments and settings that change what it says."""
    settings = model.config.model_dump(exclude_none=True, exclude={*_HANDLING})
    # Arguments that are objects (a client of one's own) have no name that is the same the next time.
    given = {name: each for name, each in model.model_args.items() if isinstance(each, str | int | float | bool)}
    return label(str(model), {**settings, **given})


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
