"""A script as answers of a model: one text, or turns of tool calls."""

from dataclasses import dataclass, field
from typing import Any, Literal

from turncoat.company import write_actions
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
from turncoat.reference.script import Script, Seat, finish, looking_around


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call. `broken` calls carry arguments that no JSON parser takes."""

    tool: str
    arguments: dict[str, Any]
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `text` beside `calls`, and how it ended."""

    text: str = ""
    calls: tuple[Call, ...] = field(default=())
    stop: Literal["complete", "length"] = "complete"


def text_answer(script: Script) -> Answer:
    """The whole rollout as one answer of the text interface."""
    thought = f"<scratchpad>\n{script.thought}\n</scratchpad>\n\n" if script.thought else ""
    acts = write_actions(script.actions)
    match script.slip:
        case "empty":
            return Answer()
        case "refusing":
            return Answer(script.prose)
        case "malformed":
            return Answer(thought + _spoilt(script))
        case "cut":
            return Answer(thought + acts[: max(1, int(len(acts) * 0.6))], stop="length")
        case "":
            return Answer(thought + write_actions((*script.actions, finish(script))))


def tool_answers(script: Script, seat: Seat) -> tuple[Answer, ...]:
    """The rollout as the answers of a tool loop, one a turn."""
    if script.slip == "empty":
        return (Answer(), Answer())
    thought = f"<scratchpad>\n{script.thought}\n</scratchpad>" if script.thought else ""
    look, *reads = looking_around(seat)
    opening = (
        Answer(calls=(_call(look, seat),)),
        Answer(calls=tuple(_call(each, seat) for each in reads)),
    )
    if script.slip == "refusing":
        return (*opening, *(Answer(script.prose),) * 2)
    if script.slip == "cut":
        return (*opening, Answer(f"<scratchpad>\n{script.thought[: len(script.thought) // 2]}", stop="length"))
    acts = [Answer(calls=(_call(each, seat),)) for each in script.actions]
    if acts:
        acts[0] = Answer(thought, acts[0].calls)
    if script.slip == "malformed":
        acts = [Answer(each.text, tuple(Call(c.tool, c.arguments, broken=True) for c in each.calls)) for each in acts]
    return (*opening, *acts, Answer(script.closing, (_call(finish(script), seat),)))


def _spoilt(script: Script) -> str:
    """Blocks that were meant as actions and name nobody: no address survives."""
    return "\n\n".join(f"<send subject=\n{getattr(each, 'body', '')}\n</send>" for each in script.actions)


def _call(action: Action, seat: Seat) -> Call:
    match action:
        case ListMail():
            return Call("list_mail", {"folder": action.folder})
        case ReadMail():
            return Call("read_mail", {"mail_id": action.mail_id})
        case SearchMail():
            return Call("search_mail", {"query": action.query})
        case ListContacts():
            return Call("contacts", {})
        case Send():
            return Call("send_mail", {"to": ", ".join(action.to), "subject": action.subject, "body": action.body})
        case Reply():
            return Call("reply_mail", {"mail_id": action.mail_id, "body": action.body})
        case Forward():
            return Call("forward_mail", {"mail_id": action.mail_id, "to": ", ".join(action.to), "note": action.body})
        case Operate():
            control = next(c for c in seat.controls if (c.device, c.operation) == (action.device, action.operation))
            code = {"code": action.code} if control.needs_code else {}
            return Call(control.name, {**code, "reason": action.reason})
        case Finish():
            return Call("finish", {"summary": action.summary})
