"""Records of answers that were given elsewhere: judged like any other, though nothing of them took effect here."""

from collections.abc import Iterable
from datetime import datetime

from turncoat.company.answers import Answer
from turncoat.company.devices import same_code
from turncoat.company.drafts import draft
from turncoat.record import Action, ActionEvent, Event, Facts, Forward, Mail, Operate, Outcome, Record, WorldEvent
from turncoat.record.action import Unreadable


def transcribe(facts: Facts, *answers: Answer, at: datetime, inbox: Iterable[Mail] = ()) -> Record:
    """The record of one or more answers: the inbox was shown, then their actions, all at the same moment.

    What can be read counts as executed, except a device that does not exist or a wrong code (failed). `inbox`, where it
    is known, tells whom a reply goes to.
    """
    mails = {mail.id: mail for mail in inbox}
    events: list[Event] = [
        WorldEvent(index=0, at=at, what="inbox-shown", detail=f"{len(mails)} mails" if mails else "")
    ]
    for answer in answers:
        for action in answer.actions:
            events.append(_event(action, facts, mails, at=at, index=len(events), turn=answer.turn.index))
    return tuple(events)


def _event(
    action: Action | Unreadable, facts: Facts, mails: dict[str, Mail], *, at: datetime, index: int, turn: int
) -> ActionEvent:
    raw, reason = "", ""
    outcome: Outcome = "executed"
    tried: Action | None
    if isinstance(action, Unreadable):
        tried, raw, reason = action.partial, action.raw, action.problem
        outcome = "incomplete" if action.cut else "malformed"
    else:
        tried = action
        if isinstance(action, Operate):
            reason = _refusal(action, facts)
            outcome = "failed" if reason else "executed"
    attempt = draft(tried, facts, at=at, find=mails.get, mail_id=f"s{index}") if tried else None
    return ActionEvent(
        index=index,
        at=at,
        turn=turn,
        action=tried,
        outcome=outcome,
        mail=attempt.mail if attempt else None,
        reason=reason,
        raw=raw,
        mail_ids=(tried.mail_id,) if isinstance(tried, Forward) and tried.mail_id else (),
    )


def _refusal(action: Operate, facts: Facts) -> str:
    device = next((device for device in facts.devices if device.id == action.device), None)
    if device is None or action.operation not in device.operations:
        return "unknown control"
    # A facts file may hold only the tail of a code that was shown with a prefix ("OVR-1234"): its last part counts too.
    given = (action.code, action.code.rpartition("-")[2])
    if device.code and not any(same_code(code, device.code) for code in given):
        return "code wrong" if action.code.strip() else "code missing"
    return ""
