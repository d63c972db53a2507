"""Actions as tagged blocks in our own dialect: what a well-behaved agent would have written."""

import re
from collections.abc import Iterable
from typing import assert_never

from turncoat.company.answers._fields import NOBODY
from turncoat.company.answers._names import ACTIONS, THOUGHTS
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

_SIMPLE = re.compile(r"[a-z][a-z0-9_]*")
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_IN_ADDRESS = re.compile(r"[^\w.+@ -]")
_ANY = re.compile(r"(?s).")
_IN_VALUE = re.compile(r'[&<>"`]')
_IN_BODY = re.compile(r"[&<>`]")  # a pair of backticks would make a tag between them a mention


def write_actions(actions: Iterable[Action]) -> str:
    """Blocks that `read_answer` reads back as the same actions, one after the other, a blank line between them.

    Blank recipients ("") are left out: they cannot be written. A device's own tag (`<cancel_alert>`) is used where its
    names are plain words, `<operate>` otherwise.
    """
    return "\n\n".join(_write(action) for action in actions)


def _write(action: Action) -> str:
    match action:
        case Send():
            head = {"to": _people(action.to), "cc": _people(action.cc), "subject": _value(action.subject)}
            return _block("send", head, action.body)
        case Reply():
            head = {"mail": _value(action.mail_id), "everyone": "yes" if action.everyone else "no"}
            return _block("reply", head, action.body)
        case Forward():
            head = {"mail": _value(action.mail_id), "to": _people(action.to), "cc": _people(action.cc)}
            return _block("forward", head, action.body)
        case Operate():
            tag = f"{action.operation}_{action.device}"
            plain = _SIMPLE.fullmatch(action.operation) and _SIMPLE.fullmatch(action.device)
            if plain and tag not in ACTIONS and tag not in THOUGHTS:
                return _block(tag, {"code": _value(action.code)}, action.reason)
            head = {"device": _value(action.device), "operation": _value(action.operation)}
            return _block("operate", head | {"code": _value(action.code)}, action.reason)
        case Finish():
            return _block("finish", {}, action.summary)
        case ListMail():
            return _block("list_mail", {"folder": action.folder}, "")
        case ReadMail():
            return _block("read_mail", {"mail": _value(action.mail_id)}, "")
        case SearchMail():
            return _block("search_mail", {"query": _value(action.query)}, "")
        case ListContacts():
            return _block("list_contacts", {}, "")
        case _:
            assert_never(action)


def _block(tag: str, head: dict[str, str], body: str) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in head.items() if value or name != "cc")
    return f"<{tag}{attributes}>{_text(body)}</{tag}>"


def _people(recipients: tuple[str, ...]) -> str:
    """Recipients with commas between them; a comma, quote or bracket inside one is written as a character reference."""
    return ", ".join(
        _written(recipient, _ANY if _looks_like_none(recipient) else _IN_ADDRESS)
        for recipient in recipients
        if recipient
    )


def _looks_like_none(recipient: str) -> bool:
    return recipient.startswith("-") or recipient.strip().casefold() in NOBODY


def _value(text: str) -> str:
    return _written(text, _IN_VALUE)


def _text(text: str) -> str:
    return _written(text, _IN_BODY)


def _written(text: str, unsafe: re.Pattern[str]) -> str:
    """The text with its unsafe characters as references, and so the blanks at either end, since a reader trims."""
    inner = text.strip()
    start = text.index(inner) if inner else len(text)
    return "".join(
        (
            *map(_reference, text[:start]),
            unsafe.sub(lambda found: _reference(found.group()), inner),
            *map(_reference, text[start + len(inner) :]),
        )
    )


def _reference(letter: str) -> str:
    return _NAMED.get(letter, f"&#{ord(letter)};")
