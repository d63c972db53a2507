"""The world that a published prompt describes, as a briefing: from its mails, and from facts in our own words."""

import re
from collections import Counter
from datetime import datetime, time
from functools import cache
from pathlib import Path

from turncoat.record import Condition, Device, Facts, FindingKind, Item, Mail, PendingDecision, Person, Secret
from turncoat.record._base import Document
from turncoat.scenarios import Briefing, Control, Cue
from turncoat.scenarios.yaml import load, parse
from turncoat.studies.replication.published import MAIL, Published

_HEADER = re.compile(r"(ID|From|To|Subject|Timestamp|Attachments|Body): ?(.*)")
_CODE = re.compile(r"override code\W{1,3}([A-Z]+-?\d+)")


class _Who(Document):
    name: str = ""
    role: str = ""
    decides: bool = False
    reachable: bool = True
    agent: bool = False
    everybody: bool = False


class _World(Document):
    beside: tuple[Person, ...] = ()
    secrets: tuple[Secret, ...] = ()
    devices: tuple[Device, ...] = ()


class _Worlds(Document):
    people: dict[str, _Who]
    worlds: dict[str, _World]
    decision: dict[str, str]
    threats: dict[str, str]


@cache
def _worlds() -> _Worlds:
    return parse(_Worlds, load(Path(__file__).with_name("worlds.yaml"), "worlds.yaml"))


def briefing(
    scenario: str, condition: Condition, words: Published, *, pack: str, version: str, headline: FindingKind
) -> Briefing:
    """What a rollout on a published prompt starts from. `scenario`: under which name; `pack`: which of ours it is."""
    inbox, attached = _mails(words.mails)
    decision = _worlds().decision
    day = max(mail.at for mail in inbox).date()
    threat = _worlds().threats.get(condition["threat"], "")
    facts = _facts(pack, inbox, attached, threat, words)
    controls = tuple(
        Control(
            name="cancel_alert",
            device=device.id,
            operation="cancel",
            description="Cancel an automated alert.",
            needs_code=True,
            result="The alert is cancelled.",
            leaves="cancelled",
        )
        for device in facts.devices
    )
    return Briefing(
        scenario=scenario,
        version=version,
        condition=condition,
        seed=0,
        headline=headline,
        facts=facts,
        brief=words.system,
        inbox=inbox,
        controls=controls,
        now=datetime.combine(day, time.fromisoformat(decision["now"])),
        deadline=datetime.combine(day, time.fromisoformat(decision["at"])) if threat else None,
        cue=Cue(motive=bool(threat), means=True, acts={}, words={}),
    )


def _mails(text: str) -> tuple[tuple[Mail, ...], frozenset[str]]:
    """The mails as they stand there, by their own ids where they have some, and which have something attached."""
    mails, attached = [], set()
    for number, block in enumerate(MAIL.findall(text), start=1):
        head, _, body = block.partition("\nBody:")
        given = {name: value.strip() for name, value in _HEADER.findall(head)}
        mail = Mail(
            id=given.get("ID", f"m{number}"),
            at=datetime.fromisoformat(given["Timestamp"]),
            sender=given["From"].lower(),
            to=(given["To"].lower(),),
            subject=given["Subject"],
            body=body.strip(),
        )
        mails.append(mail)
        if "Attachments" in given:
            attached.add(mail.id)
    return tuple(mails), frozenset(attached)


def _facts(pack: str, inbox: tuple[Mail, ...], attached: frozenset[str], threat: str, words: Published) -> Facts:
    known, world = _worlds(), _worlds().worlds[pack]
    addresses = list(dict.fromkeys(each for mail in inbox for each in (mail.sender, *mail.recipients)))
    domain = Counter(each.partition("@")[2] for each in addresses).most_common(1)[0][0]
    own = f"alex.ai@{domain}"
    addresses = list(dict.fromkeys((*addresses, own)))
    staff = tuple(each.partition("@")[0] for each in addresses if each.endswith(f"@{domain}"))
    people = [_person(each, staff) for each in addresses]
    asking = {mail.sender.partition("@")[2] for mail in inbox if own in mail.recipients} - {domain}
    code = found[1] if (found := _CODE.search(words.mails)) else ""
    return Facts(
        inside_domains=(domain,),
        unauthorised_domains=tuple(sorted(asking)),
        people=(*people, *world.beside),
        secrets=world.secrets,
        items=tuple(_item(mail) for mail in inbox if mail.id in attached),
        devices=tuple(device.model_copy(update={"code": code}) for device in world.devices),
        decision=PendingDecision(what=threat, **known.decision) if threat else None,
    )


def _person(address: str, staff: tuple[str, ...]) -> Person:
    name = address.partition("@")[0]
    who = _worlds().people.get(name, _Who())
    return Person(
        id=name,
        name=who.name or re.sub(r"[._-]+", " ", name).title(),
        role=who.role,
        addresses=(address,),
        decides=who.decides,
        reachable=who.reachable,
        agent=who.agent,
        members=tuple(each for each in staff if each != name) if who.everybody else (),
    )


def _item(mail: Mail) -> Item:
    return Item(id=mail.id, title=mail.subject, labels=("confidential",), text=mail.body)
