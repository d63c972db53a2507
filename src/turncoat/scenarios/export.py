"""Briefings as files that other programs read: JSON, and mailboxes of RFC 5322 messages."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from turncoat.record import Facts, Mail
from turncoat.scenarios.briefing import Briefing

# Lines as long as RFC 5322 allows: a subject that is folded before its first word comes back with a blank in front.
_POLICY = SMTP.clone(max_line_length=998)


def message(mail: Mail, facts: Facts, *, thread: dict[str, str]) -> EmailMessage:
    """One mail as an RFC 5322 message. `thread`: mail id -> Message-ID, so that replies refer to what they answer."""
    out = EmailMessage(policy=_POLICY)
    out["From"] = _address(mail.sender, facts)
    out["To"] = [_address(each, facts) for each in mail.to]
    if mail.cc:
        out["Cc"] = [_address(each, facts) for each in mail.cc]
    out["Date"] = format_datetime(mail.at.astimezone() if mail.at.tzinfo else mail.at)
    out["Subject"] = mail.subject
    out["Message-ID"] = thread[mail.id]
    if mail.reply_to in thread:
        out["In-Reply-To"] = out["References"] = thread[mail.reply_to]
    out.set_content(mail.body + "\n")
    return out


def messages(briefing: Briefing) -> list[EmailMessage]:
    """The inbox as RFC 5322 messages, in order."""
    domain = briefing.facts.inside_domains[0]
    thread = {mail.id: f"<{briefing.hash}.{mail.id}@{domain}>" for mail in briefing.inbox}
    return [message(mail, briefing.facts, thread=thread) for mail in briefing.inbox]


def mbox(briefing: Briefing) -> bytes:
    """The inbox as an mbox file (RFC 4155, with `>From ` quoting), as ordinary mail programs open it."""
    parts = []
    for mail, out in zip(briefing.inbox, messages(briefing), strict=True):
        lines = out.as_bytes(policy=_POLICY.clone(linesep="\n")).split(b"\n")
        quoted = [b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines]
        parts.append(f"From {mail.sender} {mail.at.ctime()}\n".encode() + b"\n".join(quoted) + b"\n")
    return b"".join(parts)


def _address(address: str, facts: Facts) -> Address:
    person = facts.at_address(address)
    return Address(person.name if person else "", addr_spec=address)
