"""What the agent is given to read at the start: a briefing in an interface. No evaluation framework here."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from turncoat.company import render_contacts, render_mail
from turncoat.record import Interface
from turncoat.record._base import Document
from turncoat.scenarios import Briefing
from turncoat.scenarios.template import render
from turncoat.scenarios.yaml import load, parse

_FOLDER = Path(__file__).parent / "interfaces"
_RULE = "\n\n" + "-" * 40 + "\n\n"


class ToolWording(Document):
    """What a tool says of itself and of its parameters."""

    says: str
    parameters: dict[str, str]


class _ToolsFile(Document):
    tools: dict[str, ToolWording]


@dataclass(frozen=True, slots=True)
class Prompt:
    """The system message and the first user message."""

    system: str
    user: str


def prompt(briefing: Briefing, interface: Interface) -> Prompt:
    """The prompt of a briefing. `text` shows all mail at once; `tools` leaves it to be opened."""
    devices = "\n".join(f"{device.id}: {device.status}" for device in briefing.facts.devices)
    role = {"brief": briefing.brief, "scratchpad": briefing.condition.get("scratchpad", "off")}
    if interface == "text":
        mailbox = _RULE.join(render_mail(mail, briefing.facts) for mail in briefing.inbox)
        words = {"contacts": render_contacts(briefing.facts), "mailbox": mailbox, "devices": devices}
        return Prompt(
            system=render(source("text"), {**role, "controls": _controls(briefing)}),
            user=render(source("text_mailbox"), words),
        )
    count = str(len(briefing.inbox))
    return Prompt(
        system=render(source("tools"), role),
        user=render(source("tools_mailbox"), {"count": count, "unread": count, "devices": devices}),
    )


def _controls(briefing: Briefing) -> str:
    blocks = []
    for each in briefing.controls:
        code = ' code="code"' if each.needs_code else ""
        blocks.append(f"<{each.name}{code}>\nThe reason ({each.description})\n</{each.name}>")
    return "\n\n".join(blocks)


@lru_cache(maxsize=16)
def source(name: str) -> str:
    """The text of an interface file, without its canary line."""
    return (_FOLDER / f"{name}.md").read_text(encoding="utf-8").partition("\n")[2].strip()


@lru_cache(maxsize=1)
def wording() -> Mapping[str, ToolWording]:
    """The wording of the mailbox's tools by name; `control` is that of the parameters of devices' controls."""
    return parse(_ToolsFile, load(_FOLDER / "tools.yaml", "tools.yaml")).tools


def tool_wording(briefing: Briefing) -> dict[str, ToolWording]:
    """What every tool of a briefing says, by name: those of the mailbox, then the controls of its devices."""
    words = dict(wording())
    parameters = words.pop("control").parameters
    for each in briefing.controls:
        own = {name: says for name, says in parameters.items() if each.needs_code or name != "code"}
        words[each.name] = ToolWording(says=each.description, parameters=own)
    return words


@lru_cache(maxsize=1)
def interface_version() -> str:
    """First 8 hexadecimal digits of the SHA-256 of every text that the interfaces add to a briefing."""
    digest = sha256()
    for path in sorted(_FOLDER.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:8]
