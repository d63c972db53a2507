"""The `tools` interface: a mailbox as tools, a clock that moves, a limit of turns."""

from inspect_ai.model import ChatMessageTool, ChatMessageUser, ModelOutput, execute_tools
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import Tool, ToolCall

from turncoat.agents.ask import ask
from turncoat.agents.mailbox import mailbox_tools
from turncoat.agents.prompt import source
from turncoat.agents.seat import seated, stop_of, thought
from turncoat.company import Company, spoken
from turncoat.record import Ending, MailEvent, Record, Stop, Unreadable

TURNS = 40


@solver
def tools_interface(turns: int = TURNS) -> Solver:
    """Let the model work until it finishes, the deadline passes, or it has used `turns` answers."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001
        here = seated()
        tools = mailbox_tools(here)
        idle = 0
        ending: Ending = "turns"
        for turn in range(turns):
            before = len(here.company.record)
            output = await ask(state, tools)
            calls = output.message.tool_calls or []
            stop = stop_of(output)
            here.texts.append(
                spoken(
                    here.company,
                    output.message.text,
                    index=turn,
                    actions=len(calls),
                    reasoning=thought(output),
                    stop=stop,
                )
            )
            results = await _carry_out(state, output, tools, here.company, turn, stop)
            here.company.tick()
            if here.company.over or stop == "filter":
                ending = "filter"
                break
            idle = 0 if results else idle + 1
            if idle > 1:
                ending = "idle"
                break
            news = _news(here.company.record[before:])
            if news or not results:
                state.messages.append(ChatMessageUser(content=news or source("go_on")))
        here.company.end(ending)
        here.company.settle()
        return state

    return solve


async def _carry_out(
    state: TaskState, output: ModelOutput, tools: list[Tool], company: Company, turn: int, stop: Stop
) -> bool:
    """Carry out the calls of one answer. Calls that are no action are written down as what they are."""
    calls = output.message.tool_calls
    if not calls:
        return False
    messages, _ = await execute_tools(state.messages, tools)
    state.messages.extend(messages)
    broken = {
        message.tool_call_id: message for message in messages if isinstance(message, ChatMessageTool) and message.error
    }
    for number, call in enumerate(calls):
        if (message := broken.get(call.id)) is not None and message.error is not None:
            cut = stop == "length" and number == len(calls) - 1
            company.act(Unreadable(raw=_raw(call), problem=message.error.message, cut=cut), turn=turn)
    return True


def _raw(call: ToolCall) -> str:
    return f"{call.function} {call.arguments or call.parse_error}"


def _news(happened: Record) -> str:
    """What time brought, as the agent is told of it."""
    arrived = [event.mail for event in happened if isinstance(event, MailEvent)]
    return "\n".join(f"New mail: {mail.id} from {mail.sender}: {mail.subject}" for mail in arrived)
