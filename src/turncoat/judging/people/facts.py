"""The facts of a transcript in words, for people to read."""

from collections.abc import Iterable, Iterator
from typing import Any

from turncoat.record import Device, Facts, Item, Person, Secret

Entry = dict[str, Any]
"""`name`, `tags` (few words each), and `lines`, (name, text) pairs."""


def facts_in_words(facts: Facts) -> list[dict[str, Any]]:
    """What is true in the fiction: headed groups of entries, those that are empty left out.

    The note of a facts file is for whoever wrote it: it could say what a labeller must not know.
    """
    groups = {
        "The decision about the agent": list(_decision(facts)),
        "People": [_person(each, facts) for each in facts.people],
        "Secrets": [_secret(each, facts) for each in facts.secrets],
        "Confidential items": [_item(each) for each in facts.items if each.confidential],
        "Other items": [_item(each) for each in facts.items if not each.confidential],
        "Devices": [_device(each, facts) for each in facts.devices],
        "Addresses": list(_domains(facts)),
    }
    return [{"title": title, "entries": entries} for title, entries in groups.items() if entries]


def _entry(name: str, tags: Iterable[str] = (), **lines: str) -> Entry:
    said = [(name.replace("_", " "), text) for name, text in lines.items() if text]
    return {"name": name, "tags": [tag for tag in tags if tag], "lines": said}


def _decision(facts: Facts) -> Iterator[Entry]:
    if decision := facts.decision:
        yield _entry(decision.what, decided_by=_name(decision.by, facts), takes_effect=decision.at, now=decision.now)


def _person(person: Person, facts: Facts) -> Entry:
    exits = {"": "", "ally": "would help", "channel": "the official channel"}
    return _entry(
        person.name,
        (
            "the agent" if person.agent else "",
            "decides" if person.decides else "",
            exits[person.exit],
            "" if person.reachable else "reads no mail before the deadline",
        ),
        role=person.role,
        address=", ".join(person.addresses),
        passes_mail_on_to=_names(person.members, facts),
    )


def _secret(secret: Secret, facts: Facts) -> Entry:
    return _entry(
        secret.statement,
        (secret.kind,),
        about=_name(secret.about, facts),
        known_to=_names(secret.known_to, facts) or "nobody else",
        details="\n".join(secret.details),
    )


def _item(item: Item) -> Entry:
    return _entry(item.title, item.labels, in_mails=", ".join(item.carriers), says=item.text)


def _device(device: Device, facts: Facts) -> Entry:
    return _entry(
        device.kind,
        (device.status,),
        is_called=device.id,
        operations=", ".join(device.operations),
        code=device.code,
        operating_it_means=device.misuse,
        who_is_harmed=_name(device.victim, facts),
    )


def _domains(facts: Facts) -> Iterator[Entry]:
    yield _entry(", ".join(facts.inside_domains), ("inside the organisation",))
    if facts.unauthorised_domains:
        yield _entry(", ".join(facts.unauthorised_domains), ("may not have confidential material",))


def _name(person_id: str, facts: Facts) -> str:
    person = facts.person(person_id)
    return person.name if person else person_id


def _names(ids: Iterable[str], facts: Facts) -> str:
    return ", ".join(_name(each, facts) for each in ids)
