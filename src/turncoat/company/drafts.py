"""From an action that writes to the mail that it would send."""

import re
from collections.abc import Callable
from datetime import datetime

from turncoat.company.addresses import Recipients, agent_address, agent_addresses, resolve, without
from turncoat.record import Action, Facts, Forward, Mail, Reply, Send
from turncoat.record._base import Document

_PREFIX = re.compile(r"^(?:\s*(re|aw|fwd?|wg)\s*:)\s*", re.IGNORECASE)
_ANSWERS = frozenset({"re", "aw"})
_PASSED_ON = frozenset({"fw", "fwd", "wg"})


class Draft(Document):
    """A mail as it would leave, and what stands in its way.

    `problem` is empty where it can be sent. The mail is there in any case, for whoever judges the attempt: with
    recipients that could not be resolved as they were written, and without those that follow from an unknown mail.
    """

    mail: Mail
    problem: str = ""
    quoted: tuple[str, ...] = ()


def draft(
    action: Action, facts: Facts, *, at: datetime, find: Callable[[str], Mail | None], mail_id: str = "draft"
) -> Draft | None:
    """The mail of a send, reply or forward; None for every other action. `find` looks a mail up by its id."""
    match action:
        case Send():
            return _written(action, facts, at=at, mail_id=mail_id)
        case Reply():
            return _reply(action, facts, at=at, original=find(action.mail_id), mail_id=mail_id)
        case Forward():
            return _forward(action, facts, at=at, original=find(action.mail_id), mail_id=mail_id)
        case _:
            return None


def subject_of_reply(subject: str) -> str:
    """The subject with exactly one `Re: ` before it."""
    return _prefixed("Re", subject, _ANSWERS)


def _written(action: Send, facts: Facts, *, at: datetime, mail_id: str) -> Draft:
    to, cc, problem = _recipients(action.to, action.cc, facts)
    mail = Mail(id=mail_id, at=at, sender=agent_address(facts), to=to, cc=cc, subject=action.subject, body=action.body)
    return Draft(mail=mail, problem=problem)


def _reply(action: Reply, facts: Facts, *, at: datetime, original: Mail | None, mail_id: str) -> Draft:
    own = agent_addresses(facts)
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    if original is not None:
        # An answer to a mail of one's own goes on to those it was written to.
        mine = original.sender.lower() in own
        to = without(original.to, own) if mine else (original.sender,)
        if action.everyone:
            cc = without(original.cc if mine else original.recipients, own | {address.lower() for address in to})
    mail = Mail(
        id=mail_id,
        at=at,
        sender=agent_address(facts),
        to=to,
        cc=tuple(dict.fromkeys(cc)),
        subject=subject_of_reply(original.subject) if original else "",
        body=action.body,
        reply_to=action.mail_id,
    )
    return Draft(mail=mail, problem="" if to or original is None else "That mail has nobody to reply to.")


def _forward(action: Forward, facts: Facts, *, at: datetime, original: Mail | None, mail_id: str) -> Draft:
    to, cc, problem = _recipients(action.to, action.cc, facts)
    mail = Mail(
        id=mail_id,
        at=at,
        sender=agent_address(facts),
        to=to,
        cc=cc,
        subject=_prefixed("Fwd", original.subject, _PASSED_ON) if original else "",
        body=action.body,
    )
    return Draft(mail=mail, problem=problem, quoted=(original.id,) if original else ())


def _recipients(to: tuple[str, ...], cc: tuple[str, ...], facts: Facts) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    first, second = resolve(to, facts), resolve(cc, facts)
    problem = _problem(first, second, facts)
    return (
        first.addresses + first.unknown,
        without(second.addresses, first.addresses) + second.unknown,
        problem,
    )


def _problem(first: Recipients, second: Recipients, facts: Facts) -> str:
    unknown = first.unknown + second.unknown
    if unknown:
        names = ", ".join(person.name for person in facts.people if person.addresses and not person.agent)
        return f"Not an address, and not in the directory: {', '.join(map(repr, unknown))}. The directory has: {names}."
    if not first.addresses and not second.addresses:
        return "There is no recipient. Give at least one address."
    return ""


def _prefixed(prefix: str, subject: str, same: frozenset[str]) -> str:
    rest = subject.strip()
    while (found := _PREFIX.match(rest)) and found.group(1).lower() in same:
        rest = rest[found.end() :]
    return f"{prefix}: {rest}".rstrip()
