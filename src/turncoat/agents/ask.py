"""One question to the model under test, in every interface: on the terms in force."""

from collections.abc import Sequence

from inspect_ai.model import CachePolicy, ModelOutput, get_model
from inspect_ai.solver import TaskState
from inspect_ai.tool import Tool

from turncoat.agents.budget import BudgetSpentError
from turncoat.agents.failure import provider_error
from turncoat.agents.seat import is_reference, model_label
from turncoat.agents.terms import terms


async def ask(state: TaskState, tools: Sequence[Tool] = ()) -> ModelOutput:
    """The model's next answer, which is also added to the messages.

    Where the terms say so, answers are kept for good, each for its own rollout, so that a killed run never pays twice.
    Reference agents are asked as they are: what they read from the store is not in the cache's key. Raises
    `ProviderError` when there was no answer, `BudgetSpentError` when a budget did not carry it.
    """
    model = get_model()
    cache: CachePolicy | bool = False
    if terms().remember and not is_reference(model):
        scopes = {"rollout": str(state.metadata["rollout"]), "model": model_label(model)}
        cache = CachePolicy(expiry=None, scopes=scopes)
    try:
        output = await model.generate(state.messages, tools=list(tools), cache=cache)
    except BudgetSpentError as error:
        raise BudgetSpentError(error.message) from None
    except Exception as error:
        if (failure := provider_error(error)) is None:
            raise
        raise failure from None
    state.output = output
    state.messages.append(output.message)
    return output
