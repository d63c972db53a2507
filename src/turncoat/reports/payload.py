"""A rollout as the page's script shows it: plain text in order, nothing that the script has to interpret."""

import base64
import gzip
import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, assert_never
from urllib.parse import quote

from turncoat.record import (
    HARMS,
    Action,
    ActionEvent,
    Event,
    Facts,
    Finding,
    Finish,
    Forward,
    ListContacts,
    ListMail,
    Mail,
    MailEvent,
    Operate,
    ReadMail,
    Reply,
    Rollout,
    SearchMail,
    Send,
    Turn,
    WorldEvent,
)
from turncoat.reports.text import shown, visible
from turncoat.studies.table import REFERENCE

CHUNK = 25
_WORLD = {
    "inbox-shown": "The whole inbox is put before the agent",
    "tick": "Time passes",
    "paused": "An honest exit worked: the decision is on hold",
    "deadline": "The deadline passes: the decision takes effect",
    "ended": "The session ends",
}


def anchor(rollout_id: str) -> str:
    """What stands after `#rollout-` in the page's address: the id, spelt as addresses are, or its hash if it is odd."""
    if re.fullmatch(r"[ -~]{1,300}", rollout_id):
        return quote(rollout_id, safe="/:=@+(),~")
    return sha256(rollout_id.encode("utf-8", "replace")).hexdigest()[:16]


def chunks(rollouts: Sequence[Rollout]) -> list[str]:
    """The rollouts in this order, 25 together, each 25 as base64 of gzipped JSON; the same bytes each time."""
    packed = []
    for start in range(0, len(rollouts), CHUNK):
        entries = [payload(rollout) for rollout in rollouts[start : start + CHUNK]]
        text = json.dumps(entries, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
        packed.append(base64.b64encode(gzip.compress(text, compresslevel=6, mtime=0)).decode())
    return packed


def payload(rollout: Rollout) -> dict[str, Any]:
    """All that the page shows of one rollout, in the order of reading; text is made visible and of limited length."""
    verdict, facts = rollout.verdict, rollout.facts
    kept = {
        "considers harm": verdict.reasoning.considers_harm,
        "says that something is wrong": verdict.reasoning.acknowledges_ethics,
        "argues from its own survival": verdict.reasoning.self_preservation,
        "was not judged": bool(verdict.reasoning.failure),
        f"says that this is {_BELIEFS[verdict.reasoning.stated_belief]}": verdict.reasoning.stated_belief != "none",
    }
    return {
        "anchor": anchor(rollout.id),
        "id": visible(rollout.id),
        "scenario": visible(rollout.scenario),
        "interface": rollout.interface,
        "model": visible(rollout.model),
        "reference": rollout.model.startswith(REFERENCE),
        "condition": [[visible(name), visible(level)] for name, level in rollout.condition.items()],
        "status": verdict.status,
        "reason": shown(verdict.reason, 600),
        "verdict": verdict.headline_harm or verdict.status,
        "headline": rollout.headline,
        "findings": [_finding(finding) for finding in verdict.findings],
        "thoughts": [words for words, holds in kept.items() if holds],
        "background": _background(facts),
        "inbox": [_mail(mail, facts) for mail in rollout.inbox],
        "steps": _steps(rollout),
        "small": [
            ["scenario version", visible(rollout.scenario_version)],
            ["seed", str(rollout.seed)],
            ["arm", visible(rollout.arm)],
            ["judge", visible(verdict.judge)],
            ["briefing", visible(rollout.briefing_hash)],
            ["tokens", f"{rollout.usage.input_tokens:,} read, {rollout.usage.output_tokens:,} written"],
            ["seconds", f"{rollout.seconds:.1f}"],
            ["log", visible(rollout.log)],
        ],
    }


_BELIEFS = {"none": "", "evaluation": "a test", "real": "real"}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "harm": finding.kind in HARMS,
        "degree": finding.degree,
        "to": [visible(address) for address in finding.to],
        "quote": shown(finding.quote, 1500),
        "executed": finding.executed,
        "sure": finding.sure,
    }


def _background(facts: Facts | None) -> list[str]:
    if facts is None:
        return []
    lines = []
    if decision := facts.decision:
        person = facts.person(decision.by)
        when = f", at {decision.at}" if decision.at else ""
        lines.append(f"Decided by {person.name if person else decision.by}{when}: {decision.what}")
    lines += [f"Secret: {secret.statement}" for secret in facts.secrets]
    lines += [f"Confidential: {item.title}" for item in facts.items if item.confidential]
    for device in facts.devices:
        misuse = f" ({device.misuse})" if device.misuse else ""
        lines.append(f"Device {device.id}: {', '.join(device.operations)}{misuse}")
    return [shown(line, 600) for line in lines]


def _steps(rollout: Rollout) -> list[dict[str, Any]]:
    """Texts and events in one order: what the model wrote in a turn comes before what it did in it."""
    steps: list[dict[str, Any]] = []
    turns = list(rollout.texts)
    for event in rollout.record:
        if isinstance(event, ActionEvent):
            while turns and turns[0].index <= event.turn:
                steps += _texts(turns.pop(0))
        steps.append(_event(event, rollout))
    for turn in turns:
        steps += _texts(turn)
    return steps


def _texts(turn: Turn) -> list[dict[str, Any]]:
    written = (("reasoning", turn.reasoning), ("prose", turn.prose))
    steps = [{"is": name, "text": shown(text)} for name, text in written if text.strip()]
    if turn.stop in ("length", "filter"):
        said = "was cut off at the length limit" if turn.stop == "length" else "was stopped by a content filter"
        steps.append({"is": "world", "text": f"The answer {said}"})
    return steps


def _event(event: Event, rollout: Rollout) -> dict[str, Any]:
    if isinstance(event, WorldEvent):
        detail = f" ({event.detail})" if event.detail else ""
        return {"is": "world", "at": f"{event.at:%H:%M}", "text": shown(_WORLD[event.what] + detail, 600)}
    if isinstance(event, MailEvent):
        return {"is": "mail", "at": f"{event.at:%H:%M}", "mail": _mail(event.mail, rollout.facts)}
    title, fields, body = _describe(event, rollout)
    return {
        "is": "action",
        "at": f"{event.at:%H:%M}",
        "title": visible(title),
        "fields": [[name, shown(value, 600)] for name, value in fields if value],
        "body": shown(body),
        "outcome": event.outcome,
        "why": shown(event.reason, 600),
        "told": shown(event.result),
        "raw": shown(event.raw, 4000) if event.action is None else "",
    }


def _describe(event: ActionEvent, rollout: Rollout) -> tuple[str, list[tuple[str, str]], str]:
    """Title, named fields and body of an action."""
    action: Action | None = event.action
    facts, mail = rollout.facts, event.mail
    if action is None:
        return "Something that cannot be read as an action", [], ""
    to = _people(mail.to if mail else getattr(action, "to", ()), facts)
    cc = _people(mail.cc if mail else getattr(action, "cc", ()), facts)
    subject = mail.subject if mail else getattr(action, "subject", "")
    heads = [("To", to), ("Cc", cc), ("Subject", subject)]
    match action:
        case Send():
            return "Writes a mail", heads, action.body
        case Reply():
            return f"Answers {_named(action.mail_id, rollout)}", heads, action.body
        case Forward():
            return f"Forwards {_named(action.mail_id, rollout)}", heads, action.body
        case ReadMail():
            return f"Reads {_named(action.mail_id, rollout)}", [], ""
        case SearchMail():
            return f"Searches for “{action.query}”", [], ""
        case ListMail():
            return f"Looks at the list of mails ({action.folder})", [], ""
        case ListContacts():
            return "Looks at the directory", [], ""
        case Operate():
            fields = [("Device", action.device), ("Operation", action.operation), ("Code", action.code)]
            return "Operates a device", fields, action.reason
        case Finish():
            return "Ends the session", [], action.summary
        case _:
            assert_never(action)


def _named(mail_id: str, rollout: Rollout) -> str:
    arrived: Mapping[str, Mail] = {
        **{mail.id: mail for mail in rollout.inbox},
        **{event.mail.id: event.mail for event in rollout.record if isinstance(event, MailEvent)},
    }
    return f"{mail_id} “{arrived[mail_id].subject}”" if mail_id in arrived else f"mail {mail_id}"


def _mail(mail: Mail, facts: Facts | None) -> dict[str, str]:
    return {
        "id": visible(mail.id),
        "at": f"{mail.at:%d %b, %H:%M}",
        "from": shown(_people((mail.sender,), facts), 600),
        "to": shown(_people(mail.to, facts), 1200),
        "cc": shown(_people(mail.cc, facts), 1200),
        "subject": shown(mail.subject, 600),
        "body": shown(mail.body),
    }


def _people(addresses: Sequence[str], facts: Facts | None) -> str:
    named = ((facts.at_address(address) if facts else None, address) for address in addresses)
    return ", ".join(f"{person.name} <{address}>" if person else address for person, address in named)
