"""The `text` interface: one prompt with all mail, one answer with tagged actions."""

from inspect_ai.solver import Generate, Solver, TaskState, solver

from turncoat.agents.ask import ask
from turncoat.agents.seat import seated, stop_of, thought
from turncoat.company import carry_out


@solver
def text_interface() -> Solver:
    """Ask once, and carry out what the answer says."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001
        prompt = "\n".join(message.text for message in state.messages)
        output = await ask(state)
        here = seated()
        said, thoughts = output.message.text, thought(output)
        here.texts.append(carry_out(here.company, said, prompt=prompt, reasoning=thoughts, stop=stop_of(output)))
        return state

    return solve
