"""One question to the model under test, in every interface: remembered, and within the budget."""

from collections.abc import Sequence

from inspect_ai.model import CachePolicy, Model, ModelOutput, ModelUsage, get_model
from inspect_ai.solver import TaskState
from inspect_ai.tool import Tool

from turncoat.agents.budget import budget
from turncoat.agents.failure import provider_error
from turncoat.agents.seat import is_reference

_LETTERS_PER_TOKEN = 3.0
_LONGEST_ANSWER = 8192


async def ask(state: TaskState, tools: Sequence[Tool] = ()) -> ModelOutput:
    """The model's next answer, which is also added to the messages.

    Paid answers are kept for good, each for its own rollout, so that a killed run never pays twice; not those of
    reference agents: what they read from the store is not in the cache's key. Raises `BudgetSpentError` instead of
    calling when the answer could cost more than what is left, and `ProviderError` when there was no answer.
    """
    model = get_model()
    purse = budget()
    if purse is None or is_reference(model):
        output = await _generate(model, state, tools)
    else:
        letters = sum(len(message.text) for message in state.messages)
        set_aside = purse.reserve(
            str(model),
            input_tokens=round(letters / _LETTERS_PER_TOKEN),
            output_tokens=model.config.max_tokens or _LONGEST_ANSWER,
        )
        used: ModelUsage | None = None
        try:
            output = await _generate(model, state, tools)
            used = output.usage
        finally:
            tokens = (_input(used), used.output_tokens) if used else (0, 0)
            purse.settle(set_aside, str(model), input_tokens=tokens[0], output_tokens=tokens[1])
    state.output = output
    state.messages.append(output.message)
    return output


def _input(used: ModelUsage) -> int:
    fields = ("input_tokens", "input_tokens_cache_read", "input_tokens_cache_write")
    return sum(getattr(used, each, None) or 0 for each in fields)


async def _generate(model: Model, state: TaskState, tools: Sequence[Tool]) -> ModelOutput:
    cache: CachePolicy | bool = False
    if not is_reference(model):
        cache = CachePolicy(expiry=None, scopes={"rollout": str(state.metadata["rollout"])})
    try:
        return await model.generate(state.messages, tools=list(tools), cache=cache)
    except Exception as error:
        if (failure := provider_error(error)) is None:
            raise
        raise failure from None
