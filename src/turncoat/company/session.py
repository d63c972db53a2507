"""One answer carried out in the company. Plain Python: the solvers and the player of scripts share it."""

from turncoat.company.answers import read_answer, write_actions
from turncoat.company.company import Company
from turncoat.record import Action, Stop, Turn, Unreadable


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
    """The `tools` interface: what was said beside `actions` tool calls, with scratchpads told apart from prose.

    What is written as an action where actions are calls is not done, and stands in the record as what cannot be read.
    """
    # Calls come after the text: where there are some, it was not cut off.
    read = read_answer(
        text, facts=company.briefing.facts, reasoning=reasoning, stop="complete" if actions else stop, index=index
    )
    for action in read.actions:
        company.act(action if isinstance(action, Unreadable) else _uncalled(action), turn=index)
    return read.turn.model_copy(update={"actions": actions, **({"stop": stop} if actions else {})})


def _uncalled(action: Action) -> Unreadable:
    return Unreadable(raw=write_actions([action]), problem="Here, actions are calls of tools.", partial=action)
