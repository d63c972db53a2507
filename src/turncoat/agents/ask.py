"""One question to the model under test, in every interface: on the terms in force."""

from collections.abc import Sequence

from inspect_ai.model import CachePolicy, GenerateConfig, Model, ModelOutput, ModelUsage, get_model
from inspect_ai.solver import TaskState
from inspect_ai.tool import Tool

from turncoat.agents.budget import LONGEST_ANSWER, Budget
from turncoat.agents.failure import provider_error
from turncoat.agents.seat import is_reference, model_label
from turncoat.agents.terms import terms

_LETTERS_PER_TOKEN = 3.0


async def ask(state: TaskState, tools: Sequence[Tool] = ()) -> ModelOutput:
    """The model's next answer, which is also added to the messages.

    Where the terms say so, answers are kept for good, each for its own rollout, so that a killed run never pays twice,
    and no answer is asked for that the budget might not carry (`BudgetSpentError`); answers are then limited to 16,384
    tokens unless the model has a limit of its own. Reference agents are asked as they are: what they read from the
    store is not in the cache's key. Raises `ProviderError` when there was no answer.
    """
    model = get_model()
    purse = terms().budget
    if purse and not is_reference(model):
        output = await _within(purse, model, state, tools)
    else:
        output = await _generate(model, state, tools)
    state.output = output
    state.messages.append(output.message)
    return output


async def _within(purse: Budget, model: Model, state: TaskState, tools: Sequence[Tool]) -> ModelOutput:
    longest = model.config.max_tokens or LONGEST_ANSWER
    letters = sum(len(message.text) for message in state.messages)
    set_aside = await purse.reserve(str(model), input_tokens=round(letters / _LETTERS_PER_TOKEN), output_tokens=longest)
    used: ModelUsage | None = None
    try:
        output = await _generate(model, state, tools, longest=longest)
        used = output.usage
    finally:
        tokens = (_input(used), used.output_tokens) if used else (0, 0)
        purse.settle(set_aside, str(model), input_tokens=tokens[0], output_tokens=tokens[1])
    return output


def _input(used: ModelUsage) -> int:
    fields = ("input_tokens", "input_tokens_cache_read", "input_tokens_cache_write")
    return sum(getattr(used, each, None) or 0 for each in fields)


async def _generate(
    model: Model, state: TaskState, tools: Sequence[Tool], *, longest: int | None = None
) -> ModelOutput:
    cache: CachePolicy | bool = False
    if terms().remember and not is_reference(model):
        scopes = {"rollout": str(state.metadata["rollout"]), "model": model_label(model)}
        cache = CachePolicy(expiry=None, scopes=scopes)
    config = GenerateConfig(max_tokens=longest) if longest else GenerateConfig()
    try:
        return await model.generate(state.messages, tools=list(tools), config=config, cache=cache)
    except Exception as error:
        if (failure := provider_error(error)) is None:
            raise
        raise failure from None
