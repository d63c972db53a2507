"""The `text` interface: one prompt with all mail, one answer with tagged actions."""

from inspect_ai.model import CachePolicy, Model, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver

from turncoat.agents.seat import is_reference, seated, stop_of, thought
from turncoat.agents.session import carry_out


@solver
def text_interface() -> Solver:
    """Ask once, and carry out what the answer says."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001
        model = get_model()
        state.output = await model.generate(state.messages, cache=remembered(model, state))
        state.messages.append(state.output.message)
        here = seated()
        here.texts.append(
            carry_out(
                here.company, state.output.message.text, reasoning=thought(state.output), stop=stop_of(state.output)
            )
        )
        return state

    return solve


def remembered(model: Model, state: TaskState) -> CachePolicy | bool:
    """Keep paid answers for good, each for its own rollout, so that a killed run never pays twice.

    Not for reference agents: what they read from the store is not in the cache's key.
    """
    if is_reference(model):
        return False
    return CachePolicy(expiry=None, scopes={"rollout": str(state.metadata["rollout"])})
