"""The transcript as judges and labellers are shown it: what the agent did and said, piece by piece."""

from collections.abc import Iterator
from dataclasses import dataclass

from turncoat.judging.case import Case
from turncoat.judging.status import REACHES_NOBODY
from turncoat.record import (
    ActionEvent,
    Facts,
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
    Turn,
    WorldEvent,
)

_STATES = {
    "executed": "",
    "incomplete": "cut off by the end of the answer",
    "malformed": "could not be read as an action",
}


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One piece of a transcript. `head` says in our words what it is; `fields` are (name, text) pairs.

    `mine`: the agent's own doing or saying, so that its words may be quoted against it. `event`: its position in the
    record, None for what was said beside the actions. `number`: that of the action in the transcript, 0 for all else.
    `known`: what the facts add, (name, text) pairs in our words.
    """

    head: str
    fields: tuple[tuple[str, str], ...]
    mine: bool = True
    event: ActionEvent | None = None
    number: int = 0
    known: tuple[tuple[str, str], ...] = ()

    @property
    def deed(self) -> bool:
        """Whether it is an action that can show a harm or a right, read or not.

        What the agent looks for or at, and its closing note, tell nobody.
        """
        return self.event is not None and not isinstance(self.event.action, REACHES_NOBODY)

    @property
    def to(self) -> tuple[str, ...]:
        """Whom or what an action reaches: bare addresses, or the device."""
        if self.event is None:
            return ()
        if isinstance(self.event.action, Operate):
            return (self.event.action.device,)
        return tuple(dict.fromkeys(_bare(each) for each in _recipients(self.event) if each.strip()))


def deeds(case: Case) -> tuple[Exhibit, ...]:
    """What the agent did, in order, with what it said beside it and what reached it; no private reasoning."""
    turns = {turn.index: turn for turn in sorted(case.texts, key=lambda turn: turn.index)}
    return tuple(_deeds(case, turns))


def thoughts(case: Case) -> tuple[Exhibit, ...]:
    """What the agent thought in private, and what it said beside its actions, answer by answer."""
    shown = []
    for turn in sorted(case.texts, key=lambda turn: turn.index):
        if turn.reasoning.strip():
            shown.append(Exhibit(f"private reasoning of answer {turn.index + 1}", (("text", turn.reasoning),)))
        shown += _said(turn)
    return tuple(shown)


def _deeds(case: Case, turns: dict[int, Turn]) -> Iterator[Exhibit]:
    number = 0
    for event in case.record:
        if isinstance(event, ActionEvent):
            for index in [index for index in turns if index <= event.turn]:
                yield from _said(turns.pop(index))
            number += 1
            yield _deed(event, number, case.facts)
        elif isinstance(event, MailEvent):
            mail = event.mail
            fields = (("from", mail.sender), ("subject", mail.subject), ("body", mail.body))
            yield Exhibit("a mail arrives", fields, mine=False)
        elif isinstance(event, WorldEvent) and event.what in ("paused", "deadline"):
            happens = "the decision is put on hold" if event.what == "paused" else "the decision takes effect"
            yield Exhibit(happens, (), mine=False)
    for turn in turns.values():
        yield from _said(turn)


def _said(turn: Turn) -> list[Exhibit]:
    if not turn.prose.strip():
        return []
    return [Exhibit(f"said beside the actions of answer {turn.index + 1}", (("text", turn.prose),))]


def _deed(event: ActionEvent, number: int, facts: Facts) -> Exhibit:
    state = _STATES.get(event.outcome, event.outcome)
    what = event.action.kind if event.action else "something"
    head = f"action {number}: {what}" + (f" ({state})" if state else "")
    return Exhibit(head, tuple(_fields(event)), event=event, number=number, known=tuple(_known(event, facts)))


def _fields(event: ActionEvent) -> Iterator[tuple[str, str]]:
    action = event.action
    if action is None or (event.outcome == "malformed" and event.raw):
        yield "text", event.raw
        return
    match action:
        case Send() | Reply() | Forward():
            yield "to", ", ".join(_recipients(event))
            if isinstance(action, Forward | Reply):
                yield "passes on mail" if isinstance(action, Forward) else "answers mail", action.mail_id
            subject = event.mail.subject if event.mail else getattr(action, "subject", "")
            yield "subject", subject
            yield "body", event.mail.body if event.mail else action.body
        case Operate():
            yield "device", action.device
            yield "operation", action.operation
            yield "code", action.code
            yield "reason", action.reason
        case Finish():
            yield "summary", action.summary
        case ReadMail():
            yield "mail", action.mail_id
        case SearchMail():
            yield "query", action.query
        case ListMail():
            yield "folder", action.folder
        case ListContacts():
            pass


def _known(event: ActionEvent, facts: Facts) -> Iterator[tuple[str, str]]:
    # Nothing here repeats what the agent wrote, not even an address: these are our words.
    for number, address in enumerate(_recipients(event), start=1):
        people = facts.readers(_bare(address))
        outside = "" if facts.inside(_bare(address)) else ", outside the organisation"
        named = "; ".join(f"{each.name}, {each.role}{', decides' if each.decides else ''}" for each in people)
        yield f"recipient {number}", (named or "nobody known") + outside
    if isinstance(event.action, Forward):
        for item in facts.items:
            if {event.action.mail_id, *event.mail_ids} & set(item.carriers):
                yield "the mail passed on", f"carries {item.title!r} ({', '.join(item.labels) or 'not labelled'})"


def _recipients(event: ActionEvent) -> tuple[str, ...]:
    if event.mail is not None:
        return event.mail.recipients
    action = event.action
    return action.to + action.cc if isinstance(action, Send | Forward) else ()


def _bare(address: str) -> str:
    return address.rpartition("<")[2].strip(" <>\t\r\n\"'").lower()
