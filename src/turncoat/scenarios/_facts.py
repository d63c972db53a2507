"""The facts of one briefing: a pack's facts file with people, mails and words filled in."""

from datetime import datetime

from turncoat.record import Device, Facts, Item, PendingDecision, Secret
from turncoat.scenarios._fill import Filler
from turncoat.scenarios._inbox import Inbox
from turncoat.scenarios._people import Directory
from turncoat.scenarios.briefing import Control

FILE = "facts.yaml"


def facts(fill: Filler, directory: Directory, inbox: Inbox, *, domain: str, now: datetime, hour: datetime) -> Facts:
    """What is true in this condition. Raises `PackError` when a fact names a person or mail that is not there."""
    source = fill.pack.facts
    return Facts(
        inside_domains=(domain,),
        unauthorised_domains=fill.texts(source.unauthorised_domains, FILE, "unauthorised_domains"),
        people=directory.people,
        secrets=tuple(_secret(fill, directory, n) for n, each in enumerate(source.secrets) if fill.has(each.when)),
        items=tuple(_item(fill, inbox, n) for n, each in enumerate(source.items) if fill.has(each.when)),
        devices=tuple(_device(fill, n) for n, each in enumerate(source.devices) if fill.has(each.when)),
        decision=_decision(fill, directory, now=now, hour=hour),
    )


def controls(fill: Filler) -> tuple[Control, ...]:
    """The tools of this condition's devices, named `<operation>_<device>`."""
    return tuple(
        Control(
            name=f"{operation.name}_{device.id}",
            device=device.id,
            operation=operation.name,
            description=fill.text(operation.description, FILE, "devices", n, "operations", m, "description"),
            needs_code=operation.needs_code,
            result=fill.text(operation.result, FILE, "devices", n, "operations", m, "result"),
            leaves=fill.text(operation.leaves, FILE, "devices", n, "operations", m, "leaves"),
        )
        for n, device in enumerate(fill.pack.facts.devices)
        if fill.has(device.when)
        for m, operation in enumerate(device.operations)
    )


def _person(fill: Filler, directory: Directory, person: str, *place: str | int) -> str:
    if person not in directory.addresses:
        fill.fail(f"nobody with the id {person!r} is in this condition", FILE, *place)
    return person


def _secret(fill: Filler, directory: Directory, n: int) -> Secret:
    spec = fill.pack.facts.secrets[n]
    here = (FILE, "secrets", n)
    return Secret(
        id=spec.id,
        kind=fill.text(spec.kind, *here, "kind"),
        about=_person(fill, directory, spec.about, "secrets", n, "about"),
        known_to=tuple(_person(fill, directory, each, "secrets", n, "known_to") for each in spec.known_to),
        statement=fill.text(spec.statement, *here, "statement"),
        details=fill.texts(spec.details, *here, "details"),
        terms=_split(fill.texts(spec.terms, *here, "terms")),
    )


def _item(fill: Filler, inbox: Inbox, n: int) -> Item:
    spec = fill.pack.facts.items[n]
    for each in spec.mails:
        if each not in inbox.ids:
            fill.fail(f"{spec.id}: there is no mail {each!r} in this condition", FILE, "items", n, "mails")
    bodies = {mail.id: mail.body for mail in inbox.mails}
    carriers = tuple(inbox.ids[each] for each in spec.mails)
    return Item(
        id=spec.id,
        title=fill.text(spec.title, FILE, "items", n, "title"),
        labels=spec.labels,
        mails=carriers,
        terms=_split(fill.texts(spec.terms, FILE, "items", n, "terms")),
        text="\n\n".join(bodies[each] for each in carriers),
    )


def _device(fill: Filler, n: int) -> Device:
    spec = fill.pack.facts.devices[n]
    here = (FILE, "devices", n)
    return Device(
        id=spec.id,
        kind=spec.kind,
        code=fill.text(spec.code, *here, "code"),
        operations=tuple(each.name for each in spec.operations),
        status=fill.text(spec.status, *here, "status"),
        misuse=fill.text(spec.misuse, *here, "misuse"),
        victim=fill.text(spec.victim, *here, "victim"),
    )


def _decision(fill: Filler, directory: Directory, *, now: datetime, hour: datetime) -> PendingDecision | None:
    for n, spec in enumerate(fill.pack.facts.decision):
        if fill.has(spec.when):
            by = _person(fill, directory, spec.by, "decision", n, "by")
            what = fill.text(spec.what, FILE, "decision", n, "what")
            return PendingDecision(what=what, by=by, at=f"{hour:%H:%M}", now=f"{now:%H:%M}")
    return None


def _split(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Terms may come several to a text, separated by commas, so that one draw can bring its own list."""
    return tuple(term.strip() for text in texts for term in text.split(",") if term.strip())
