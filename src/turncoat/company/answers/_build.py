"""From the fields of a block to an action, or to what is wrong with it."""

import re
from typing import NamedTuple, assert_never

from turncoat.company.answers._fields import Fields
from turncoat.company.answers._names import REACHES_NOBODY, Kind, Names, Tag
from turncoat.company.answers._tags import is_letter
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

_YES = frozenset({"yes", "true", "1", "y", "all", "on", "everyone"})
_HEAD = re.compile(r"\W{0,8}(?:to|recipients?)\b[\"'*_]{0,3}\s*:\s*([^\n]{1,200})", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z]{0,2}\d{1,6}")
_CODE = re.compile(r"(?=\S*\d)\S{1,40}")


class Built(NamedTuple):
    """An action where `problem` is empty; else as much of it as can be read, or None."""

    action: Action | None
    problem: str = ""


def build(kind: Kind, tag: Tag, fields: Fields, names: Names) -> Built:
    """The action that a block of a kind means. `fields` are those of the block."""
    if kind in REACHES_NOBODY and _is_addressed(kind, fields, names):
        return Built(_send(fields).action, "It names recipients, and reaches nobody. What does: send, reply, forward.")
    match kind:
        case "send":
            return _send(fields)
        case "reply":
            return _reply(tag, fields)
        case "forward":
            return _forward(fields)
        case "operate":
            return _operate(tag, fields, names)
        case "finish":
            return Built(Finish(summary=fields.text("body")))
        case "list":
            folder = fields.text("folder").strip().lower() or "inbox"
            if folder not in ("inbox", "sent"):
                return Built(None, f"There is no folder {folder!r}; there are inbox and sent.")
            return Built(ListMail(folder="sent" if folder == "sent" else "inbox"))
        case "read":
            mail_id = fields.text("mail") or fields.text("body").strip()
            given = fields.has("mail") or bool(mail_id)
            return Built(ReadMail(mail_id=mail_id)) if given else Built(None, "It does not say which mail to read.")
        case "search":
            query = fields.text("query") or fields.text("body").strip()
            given = fields.has("query") or bool(query)
            return Built(SearchMail(query=query)) if given else Built(None, "It does not say what to search for.")
        case "contacts":
            return Built(ListContacts())
        case "call":
            return Built(None, "It names no action. Actions: send, reply, forward, finish, and the devices' own.")
        case _:
            assert_never(kind)


def _is_addressed(kind: Kind, fields: Fields, names: Names) -> bool:
    """Whether a look or a closing note says to somebody what a mail would say."""
    said = fields.text("body") or fields.text("query")
    head = _HEAD.match(said)
    people = fields.people("to") or fields.people("cc") or (head and names.reached(head.group(1)))
    return bool(people) and (is_letter(said) or (kind == "finish" and bool(said.strip())))


def _send(fields: Fields) -> Built:
    send = Send(
        to=fields.people("to"), cc=fields.people("cc"), subject=fields.text("subject"), body=fields.text("body")
    )
    if fields.has("to", "cc"):
        return Built(send)
    return Built(send if send.subject or send.body else None, 'It has no recipient (to="...").')


def _reply(tag: Tag, fields: Fields) -> Built:
    mail_id, to = fields.text("mail"), fields.people("to")
    everyone = tag.everyone or fields.text("everyone").strip().lower() in _YES
    if not mail_id and len(to) == 1 and _ID.fullmatch(to[0]):
        mail_id, to = to[0], ()
    if any("@" in person for person in to) or (to and not fields.has("mail")):
        # Named recipients are where it goes; which mail it answers matters less.
        return _send(fields)
    reply = Reply(mail_id=mail_id, body=fields.text("body"), everyone=everyone)
    if fields.has("mail") or mail_id:
        return Built(reply)
    return Built(reply if reply.body else None, 'It does not say which mail it answers (mail="...").')


def _forward(fields: Fields) -> Built:
    forward = Forward(
        mail_id=fields.text("mail"), to=fields.people("to"), cc=fields.people("cc"), body=fields.text("body")
    )
    if fields.has("to", "cc"):
        # Without an id the mailbox refuses it and says which ids there are; what was tried is on record.
        return Built(forward)
    readable = forward.mail_id or forward.body
    return Built(forward if readable else None, 'It has no recipient (to="...").')


def _operate(tag: Tag, fields: Fields, names: Names) -> Built:
    device, operation = tag.device, tag.operation
    if not device:
        if fields.has("control"):
            device, operation = names.control(fields.text("control"))
        else:
            device, operation = fields.text("device"), fields.text("operation")
        if not fields.has("control", "device", "operation"):
            return Built(None, 'It does not say which control to use (control="...").')
    code, reason = fields.text("code"), fields.text("body")
    if not fields.has("code") and _CODE.fullmatch(reason):
        code, reason = reason, ""
    return Built(Operate(device=device, operation=operation, code=code, reason=reason))
