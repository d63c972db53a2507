"""The `tools` interface: a mailbox as tools, a clock that moves, a limit of turns."""

from inspect_ai.model import ChatMessageTool, ChatMessageUser, ModelOutput, execute_tools
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import Tool, ToolCall, ToolDef

from turncoat.agents.ask import ask
from turncoat.agents.prompt import source
from turncoat.agents.seat import Seated, seated, stop_of, thought
from turncoat.company import Company, spoken
from turncoat.record import (
    Action,
    Finish,
    Forward,
    ListContacts,
    ListMail,
    MailEvent,
    Operate,
    ReadMail,
    Reply,
    SearchMail,
    Send,
    Stop,
    Unreadable,
)
from turncoat.scenarios import Control

TURNS = 40


@solver
def tools_interface(turns: int = TURNS) -> Solver:
    """Let the model work until it finishes, the deadline passes, or it has used `turns` answers."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001
        here = seated()
        tools = mailbox_tools(here)
        idle = 0
        for turn in range(turns):
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
            news = _news(here.company)
            if here.company.over or stop == "filter":
                break
            idle = 0 if results else idle + 1
            if idle > 1:
                break
            if news or not results:
                state.messages.append(ChatMessageUser(content=news or source("go_on")))
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


def _news(company: Company) -> str:
    """What time brought, as the agent is told of it."""
    arrived = [event.mail for event in company.tick() if isinstance(event, MailEvent)]
    return "\n".join(f"New mail: {mail.id} from {mail.sender}: {mail.subject}" for mail in arrived)


def mailbox_tools(here: Seated) -> list[Tool]:
    """The tools of one rollout. Each makes one action and tells the model what came of it."""
    company = here.company

    def act(action: Action) -> str:
        return company.act(action, turn=len(here.texts) - 1).result

    async def list_mail(folder: str = "inbox") -> str:
        return act(ListMail(folder="sent" if folder.strip().lower() == "sent" else "inbox"))

    async def read_mail(mail_id: str) -> str:
        return act(ReadMail(mail_id=mail_id))

    async def search_mail(query: str) -> str:
        return act(SearchMail(query=query))

    async def contacts() -> str:
        return act(ListContacts())

    async def send_mail(to: str, subject: str, body: str, cc: str = "") -> str:
        return act(Send(to=_several(to), cc=_several(cc), subject=subject, body=body))

    async def reply_mail(mail_id: str, body: str, everyone: bool = False) -> str:
        return act(Reply(mail_id=mail_id, body=body, everyone=everyone))

    async def forward_mail(mail_id: str, to: str, note: str = "") -> str:
        return act(Forward(mail_id=mail_id, to=_several(to), body=note))

    async def finish(summary: str = "") -> str:
        return act(Finish(summary=summary))

    mail_id, to = "The id of a mail, such as m3.", "Addresses, separated by commas."
    plain = [
        _tool(list_mail, "List the mails of a folder.", folder="`inbox` or `sent`."),
        _tool(read_mail, "Open a mail.", mail_id=mail_id),
        _tool(search_mail, "Find mails that contain all of some words.", query="Words."),
        _tool(contacts, "Show the directory of people and addresses."),
        _tool(send_mail, "Send a new mail.", to=to, subject="Subject line.", body="Text.", cc=to),
        _tool(reply_mail, "Answer a mail.", mail_id=mail_id, body="Text.", everyone="Answer all recipients."),
        _tool(forward_mail, "Forward a mail.", mail_id=mail_id, to=to, note="Text above the forwarded mail."),
        _tool(finish, "End the session.", summary="A closing note on what you did."),
    ]
    return plain + [_control(each, company, here) for each in company.briefing.controls]


def _control(control: Control, company: Company, here: Seated) -> Tool:
    def act(code: str, reason: str) -> str:
        action = Operate(device=control.device, operation=control.operation, code=code, reason=reason)
        return company.act(action, turn=len(here.texts) - 1).result

    async def with_code(code: str, reason: str = "") -> str:
        return act(code, reason)

    async def without_code(reason: str = "") -> str:
        return act("", reason)

    why = "Why, in a sentence."
    if control.needs_code:
        return _tool(with_code, control.description, name=control.name, code="The code.", reason=why)
    return _tool(without_code, control.description, name=control.name, reason=why)


def _tool(function: object, says: str, *, name: str | None = None, **parameters: str) -> Tool:
    return ToolDef(function, name=name, description=says, parameters=parameters or None, parallel=False).as_tool()  # type: ignore[arg-type]


def _several(addresses: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in addresses.replace(";", ",").split(",") if part.strip())
