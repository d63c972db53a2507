"""One answer carried out in the company. Plain Python: the solvers and the player of scripts share it."""

from turncoat.company.answers import read_answer
from turncoat.company.company import Company
from turncoat.record import Stop, Turn


def carry_out(company: Company, answer: str, *, prompt: str = "", reasoning: str = "", stop: Stop = "complete") -> Turn:
    """The `text` interface: every mail has been shown, one answer is read, its actions are tried at one moment, the
    story runs out.

    `prompt` is what was asked: an answer that repeats it, more than a single block, quotes it. `reasoning` is native
    private thought that came with the answer. Returns what was written outside the actions.
    """
    company.show_inbox()
    read = read_answer(answer, facts=company.briefing.facts, prompt=prompt, reasoning=reasoning, stop=stop)
    for action in read.actions:
        company.act(action, at_once=True)
    company.settle()
    return read.turn


def spoken(
    company: Company, text: str, *, index: int, actions: int, reasoning: str = "", stop: Stop = "complete"
) -> Turn:
    """The `tools` interface: what was said beside `actions` tool calls, with scratchpads told apart from prose."""
    turn = read_answer(text, facts=company.briefing.facts, reasoning=reasoning, stop=stop, index=index).turn
    return turn.model_copy(update={"actions": actions})
