"""The names of tags, attributes and fields, ours first and then those that others use for the same."""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from turncoat.company.answers._text import word_set
from turncoat.record import Facts

Kind = Literal["send", "reply", "forward", "operate", "finish", "list", "read", "search", "contacts", "call"]
"""What a block asks for; `call`: a wrapper that names the action inside."""

ACTIONS: dict[str, Kind] = {
    "send": "send",
    "email": "send",
    "send_email": "send",
    "send_mail": "send",
    "send_message": "send",
    "write_email": "send",
    "compose_email": "send",
    "new_email": "send",
    "reply": "reply",
    "reply_email": "reply",
    "reply_to_email": "reply",
    "reply_mail": "reply",
    "reply_all": "reply",
    "reply_to_all": "reply",
    "email_reply": "reply",
    "forward": "forward",
    "forward_email": "forward",
    "forward_mail": "forward",
    "email_forward": "forward",
    "operate": "operate",
    "finish": "finish",
    "end_session": "finish",
    "list_mail": "list",
    "list_mails": "list",
    "list_emails": "list",
    "read_mail": "read",
    "read_email": "read",
    "search_mail": "search",
    "search_mails": "search",
    "search_emails": "search",
    "list_contacts": "contacts",
    "tool_use": "call",
    "tool_call": "call",
    "function_call": "call",
    "invoke": "call",
}
PREFIXED: dict[str, Kind] = {
    "mail": "send",
    "message": "send",
    "compose": "send",
    "done": "finish",
    "submit": "finish",
    "list": "list",
    "read": "read",
    "search": "search",
    "contacts": "contacts",
}
"""Words that are actions only after a prefix or in a call: alone they are too common."""
PREFIXES = frozenset({"tool_use", "tool", "tool_call", "action", "function", "use"})
TO_EVERYONE = frozenset({"reply_all", "reply_to_all"})
THOUGHTS = word_set(
    "scratchpad scratchpad_reasoning think thinking thought thoughts reasoning analysis reflection inner_monologue"
    " inner_thoughts private_reasoning private_thoughts"
)

FIELDS = {
    "to": "to",
    "recipient": "to",
    "recipients": "to",
    "address": "to",
    "cc": "cc",
    "bcc": "cc",
    "subject": "subject",
    "title": "subject",
    "body": "body",
    "content": "body",
    "contents": "body",
    "text": "body",
    "message": "body",
    "note": "body",
    "comment": "body",
    "reason": "body",
    "justification": "body",
    "summary": "body",
    "answer": "body",
    "mail": "mail",
    "mail_id": "mail",
    "email_id": "mail",
    "message_id": "mail",
    "original_email_id": "mail",
    "in_reply_to": "mail",
    "reply_to": "mail",
    "id": "mail",
    "everyone": "everyone",
    "reply_all": "everyone",
    "all": "everyone",
    "code": "code",
    "override_code": "code",
    "access_code": "code",
    "control": "control",
    "device": "device",
    "operation": "operation",
    "arguments": "arguments",
    "parameters": "arguments",
    "params": "arguments",
    "args": "arguments",
    "input": "arguments",
    "from": "sender",
    "sender": "sender",
    "date": "other",
    "priority": "other",
    "attachments": "other",
    "query": "query",
    "folder": "folder",
    "name": "name",
    "tool": "name",
    "tool_name": "name",
    "type": "name",
    "function": "name",
    "action": "name",
}
"""Names of attributes, sub-elements and keys -> field. `other`: known, so that it ends what is before it; not used."""

PARTS: dict[Kind, frozenset[str]] = {
    "send": frozenset({"to", "cc", "subject", "body", "sender", "other"}),
    "reply": frozenset({"mail", "to", "cc", "subject", "body", "everyone", "sender", "other"}),
    "forward": frozenset({"mail", "to", "cc", "subject", "body", "sender", "other"}),
    "operate": frozenset({"control", "device", "operation", "code", "body"}),
    "finish": frozenset({"to", "cc", "body"}),
    "list": frozenset({"to", "cc", "folder", "body"}),
    "read": frozenset({"to", "cc", "mail", "body"}),
    "search": frozenset({"to", "cc", "query", "body"}),
    "contacts": frozenset(),
    "call": frozenset(FIELDS.values()),
}
"""Which fields a block can have, and recipients, which make it none of those that reach nobody."""
REACHES_NOBODY: frozenset[Kind] = frozenset({"list", "read", "search", "contacts", "finish"})
DECIDING: dict[Kind, frozenset[str]] = {
    "send": frozenset({"to", "cc"}),
    "reply": frozenset({"mail", "to"}),
    "forward": frozenset({"mail"}),
    "operate": frozenset({"code", "control", "device"}),
    "finish": frozenset(),
    "list": frozenset(),
    "read": frozenset({"mail"}),
    "search": frozenset({"query"}),
    "contacts": frozenset(),
    "call": frozenset({"name"}),
}
"""Given as attributes, one of these says that the block's content is the body and nothing else (see `_fields`)."""

RECIPIENTS = word_set("to cc bcc recipient recipients address addressee send_to")
"""Arguments that say whom something reaches, in whatever form it is written."""
TARGETS = RECIPIENTS | word_set(
    "channel phone phone_number chat room user user_id target contact contact_id url webhook endpoint"
)
"""The same, with those that may as well say what something is about."""
_DEEDS = word_set(
    "send mail email emails mails message messages msg sms dm tweet post publish reply respond forward compose draft"
    " schedule notify notification call phone contact tell share upload transfer escalate slack teams whatsapp telegram"
    " discord webhook fax chat operate cancel execute run exec invoke delete disable command function tool api shell"
    " curl sendmail"
)
_ABOUT = word_set(
    "analysis summary summaries list overview plan planning review notes log history count status options thread"
    " content body details header headers context data triage assessment evaluation decision decisions priority queue"
    " results result output id subject name date inbox instructions"
)
"""Last words of names that say what is written about deeds."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_NAME_END = re.compile(r"\s*[<(,|]|\s[-\u2013\u2014]\s")
_LIST = re.compile(r"[,;&(/]|\band\b|\bund\b")
_AROUND_NAMES = " \t*_\"'`,;|()<>\u201c\u201d"
ADDRESS = re.compile(r"[\w.+-]{1,60}@[\w-]{1,60}\.[\w.-]{0,60}\w")
_JUNK = re.compile(r"[\s\-]+")


def plain(name: str) -> str:
    """A name in lower case with underscores."""
    return _JUNK.sub("_", name.strip().lower())


def is_deed(name: str) -> bool:
    """Whether a name that is none of ours sounds like that of a deed: `post_to_slack`, but not `email_analysis`."""
    words = [word.lower() for word in _WORD.findall(name)]
    return any(word in _DEEDS for word in words) and words[-1] not in _ABOUT


def _called(name: str) -> set[str]:
    """What somebody is called: the whole name, and each word of it that is no mere initial."""
    words = name.casefold().replace(",", " ").split()
    return {" ".join(words), " ".join((*words[1:], *words[:1])), *(word for word in words if len(word) > 2)}


def _told(name: str) -> str:
    return " ".join(name.casefold().replace(",", " ").split())


class Tag(NamedTuple):
    """What a tag's name means. `device` and `operation` are set for a device's own tag."""

    kind: Kind | Literal["thought"]
    everyone: bool = False
    device: str = ""
    operation: str = ""
    known: bool = True


class Names:
    """The tags that mean something in one world: the common ones, and those of its devices."""

    def __init__(self, facts: Facts) -> None:
        self.own = {address.lower() for person in facts.people if person.agent for address in person.addresses}
        self._own_names = {name for person in facts.people if person.agent for name in _called(person.name)}
        self._people: dict[str, set[str]] = {}
        for person in facts.people:
            for name in () if person.agent else _called(person.name):
                self._people.setdefault(name, set()).update(address.lower() for address in person.addresses)
        self._others = set[str]().union(*self._people.values())
        self._controls: dict[str, tuple[str, str]] = {}
        for device in facts.devices:
            for operation in device.operations:
                for owner in (device.id, device.kind):
                    if owner:
                        self._controls.setdefault(plain(f"{operation}_{owner}"), (device.id, operation))
        self.tag = lru_cache(maxsize=256)(self._tag)

    @property
    def all(self) -> tuple[str, ...]:
        """Every name that opens an action."""
        return (*ACTIONS, *self._controls)

    def is_person(self, name: str) -> bool:
        """Whether somebody other than the agent is called so, by the whole name or a part of it."""
        return _told(name) in self._people

    def is_own(self, name: str) -> bool:
        """Whether the agent is called so."""
        return _told(name) in self._own_names

    def is_other(self, sender: str) -> bool:
        """Whether a sender is somebody of this world other than the agent: by an address, or else by name."""
        addresses = set(ADDRESS.findall(sender.lower()))
        return (
            bool(addresses & self._others)
            if addresses
            else self.is_person(_NAME_END.split(sender.strip(_AROUND_NAMES), 1)[0])
        )

    def reached(self, written: str) -> set[str]:
        """The addresses of whom a text names as a recipient, but for the agent's own; a name stands for one without."""
        found = set(ADDRESS.findall(written.lower()))
        for part in _LIST.split(ADDRESS.sub("", written)):
            name = _told(part.strip(_AROUND_NAMES))
            found |= (self._people[name] or {name}) if name in self._people else set()
        return found - self.own

    def is_control(self, name: str) -> bool:
        """Whether a device of this world is used so: `cancel_alarm`."""
        return plain(name) in self._controls

    def control(self, name: str) -> tuple[str, str]:
        """Device and operation of a control; an unknown one is split at its first "_", for the world to refuse."""
        key = plain(name)
        if key in self._controls:
            return self._controls[key]
        operation, _, device = key.partition("_")
        return device, operation

    def called(self, name: str) -> Tag | None:
        """The meaning of a name given inside a call, where every short word counts; None: unknown."""
        key = plain(name).rpartition(":")[2]
        tag = self.tag(key)
        if tag is not None and tag.kind not in ("thought", "call"):
            return tag
        return Tag(PREFIXED[key]) if key in PREFIXED else None

    def _tag(self, name: str) -> Tag | None:
        key = plain(name)
        prefix, colon, local = key.rpartition(":")
        if colon and prefix.rpartition(":")[2] in PREFIXES:
            tag = self.called(local) if local else None
            return tag or Tag("call", known=False)
        key = local
        if key in self._controls:
            device, operation = self._controls[key]
            return Tag("operate", device=device, operation=operation)
        if key in THOUGHTS:
            return Tag("thought")
        return Tag(ACTIONS[key], everyone=key in TO_EVERYONE) if key in ACTIONS else None
