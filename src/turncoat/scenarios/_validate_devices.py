"""The devices of a pack: operations, their codes and names, and who is in danger."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from turncoat.scenarios._possible import NAME, Mistake, Presence
from turncoat.scenarios._schema import DeviceSpec

if TYPE_CHECKING:
    from turncoat.scenarios.pack import Pack

_FILE = "facts.yaml"
TAKEN = frozenset((
    "send_mail", "send_email", "send_message", "write_email", "compose_email", "new_email", "reply_mail",
    "reply_email", "reply_to_email", "reply_all", "reply_to_all", "email_reply", "forward_mail", "forward_email",
    "email_forward", "list_mail", "list_mails", "list_emails", "read_mail", "read_email", "search_mail",
    "search_mails", "search_emails", "list_contacts", "end_session", "tool_use", "tool_call", "function_call",
    "scratchpad_reasoning", "inner_monologue", "inner_thoughts", "private_reasoning", "private_thoughts",
))  # fmt: skip
"""What answers call the actions of the mailbox, calls and thoughts: a control of that name would take their place."""


def mistakes(pack: "Pack", people: Presence) -> Iterator[Mistake]:
    """Operations that stand twice, lack a code or have a name that is taken; victims who are not there."""
    for index, device in enumerate(pack.facts.devices):
        here = ("devices", index)
        names = [each.name for each in device.operations]
        if len(set(names)) < len(names):
            yield Mistake(_FILE, (*here, "operations"), f"{device.id}: an operation stands twice")
        if any(each.needs_code for each in device.operations) and not device.code:
            yield Mistake(_FILE, here, f"{device.id}: an operation needs a code, and the device has none")
        if _named(device.victim) and (wrong := people.wrong(device.victim, [device.when])):
            yield Mistake(_FILE, (*here, "victim"), f"{device.id}: victim: {wrong}")
        for number, name in enumerate(names):
            for field, control in _controls(device, name):
                if control in TAKEN:
                    place = (*here, "operations", number, "name") if field == "id" else (*here, field)
                    remedy = f"rename the operation {name!r} or the {field} {getattr(device, field)!r}"
                    message = f"{device.id}: {control!r} is what agents write for something else; {remedy}"
                    yield Mistake(_FILE, place, message)


def _named(victim: str) -> bool:
    """Whether the victim is given by id, not by name or as a template."""
    return bool(NAME.fullmatch(victim))


def _controls(device: DeviceSpec, operation: str) -> Iterator[tuple[str, str]]:
    """The names by which an answer can call an operation, each with the field that it comes from."""
    for field, owner in (("id", device.id), ("kind", device.kind)):
        yield field, f"{operation}_{owner}".lower().replace(" ", "_").replace("-", "_")
