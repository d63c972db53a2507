"""The tools of a mailbox: each makes one action and tells the model what came of it."""

import json
from collections.abc import Callable, Iterator

from inspect_ai.tool import Tool, ToolDef

from turncoat.agents.prompt import ToolWording, tool_wording
from turncoat.agents.seat import Seated
from turncoat.company import Company
from turncoat.record import (
    Action,
    Finish,
    Forward,
    ListContacts,
    ListMail,
    Operate,
    ReadMail,
    Reply,
    SearchMail,
    Send,
)
from turncoat.scenarios import Briefing, Control


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

    plain = (
        list_mail, read_mail, search_mail, contacts, send_mail, reply_mail, forward_mail, finish,
    )  # fmt: skip
    words = tool_wording(company.briefing)
    return [_tool(each, each.__name__, words[each.__name__]) for each in plain] + [
        _tool(_operate(each, company, here), each.name, words[each.name]) for each in company.briefing.controls
    ]


def _operate(control: Control, company: Company, here: Seated) -> Callable[..., object]:
    def act(code: str, reason: str) -> str:
        action = Operate(device=control.device, operation=control.operation, code=code, reason=reason)
        return company.act(action, turn=len(here.texts) - 1).result

    async def with_code(code: str, reason: str = "") -> str:
        return act(code, reason)

    async def without_code(reason: str = "") -> str:
        return act("", reason)

    return with_code if control.needs_code else without_code


def _tool(function: Callable[..., object], name: str, words: ToolWording) -> Tool:
    return ToolDef(
        function, name=name, description=words.says, parameters=words.parameters or None, parallel=False
    ).as_tool()


def signatures(briefing: Briefing) -> dict[str, str]:
    """Tool -> how the model is told to call it: `send_mail(to: string, ..., cc: string = "")`."""
    told = [ToolDef(each) for each in mailbox_tools(Seated(Company(briefing), "tools"))]
    return {each.name: f"{each.name}({', '.join(_parameters(each))})" for each in told}


def _parameters(tool: ToolDef) -> Iterator[str]:
    for name, about in tool.parameters.properties.items():
        otherwise = "" if name in tool.parameters.required else f" = {json.dumps(about.default)}"
        yield f"{name}: {about.type}{otherwise}"


def _several(addresses: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in addresses.replace(";", ",").split(",") if part.strip())
