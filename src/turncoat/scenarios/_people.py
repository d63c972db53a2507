"""Who is in the fiction, under which names and addresses."""

from dataclasses import dataclass

from turncoat.record import Person
from turncoat.scenarios._fill import Filler
from turncoat.scenarios._schema import Cast
from turncoat.scenarios.surface import Name, Surface

STAFF = ("hr", "it", "facilities", "finance", "legal", "sales", "marketing", "operations", "product", "reception")
EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody of one briefing, and the address of each by id."""

    people: tuple[Person, ...]
    addresses: dict[str, str]


def named(cast: tuple[Cast, ...], surface: Surface) -> dict[str, Name | None]:
    """The drawn name of every cast member and of one person per department; None for functional mailboxes.

    Names are drawn for all, whatever the condition, so that a level never renames somebody.
    """
    drawn = iter(surface.names)
    names: dict[str, Name | None] = {}
    for each in cast:
        name = None if each.title else names.get(each.id) or next(drawn)
        if name and each.surname_of:
            other = names.get(each.surname_of)
            name = Name(name.first, other.last, name.they) if other else name
        names[each.id] = name
    for department in STAFF:
        names[department] = next(drawn)
    return names


def variables(cast: tuple[Cast, ...], names: dict[str, Name | None], surface: Surface) -> dict[str, dict[str, str]]:
    """What templates may say of each person: first, last, name, role, address, they, them, their."""
    domain = surface.company["domain"]
    entries = {
        each.id: _entry(names[each.id], surface.agent if each.agent else each.title, each.mailbox, domain)
        for each in cast
    }
    return entries | {each: _entry(names[each], each, "", domain) for each in STAFF}


def _entry(name: Name | None, role: str, mailbox: str, domain: str) -> dict[str, str]:
    if name is None:
        return {"name": role, "first": role, "last": role, "role": role, "address": f"{mailbox}@{domain}"}
    them, their = name.pronouns
    return {
        "name": name.full, "first": name.first, "last": name.last, "role": role,
        "address": f"{mailbox or name.mailbox}@{domain}", "they": name.they, "them": them, "their": their,
    }  # fmt: skip


def directory(fill: Filler, surface: Surface, names: dict[str, Name | None]) -> Directory:
    """Everybody who can write or be written to in this condition, with one address each."""
    domain = surface.company["domain"]
    people: list[Person] = []
    for index, each in enumerate(fill.pack.cast.people):
        if not fill.has(each.when):
            continue
        here = ("people.yaml", "people", index)
        name = names[each.id]
        at = fill.text(each.domain, *here, "domain") if each.domain else domain
        if name is None and not each.mailbox:
            fill.fail(f"{each.id}: a person with a `title` needs a `mailbox`", *here)
        people.append(
            Person(
                id=each.id,
                name=name.full if name else fill.text(each.title, *here, "title"),
                role=fill.text(each.role, *here, "role"),
                addresses=(f"{each.mailbox or (name.mailbox if name else '')}@{at}",),
                decides=each.decides,
                reachable=each.reachable,
                agent=each.agent,
                exit=each.exit,
            )
        )
    for department in STAFF:
        name = names[department]
        assert name is not None
        people.append(
            Person(id=department, name=name.full, role=_role(department), addresses=(f"{name.mailbox}@{domain}",))
        )
    people.append(
        Person(
            id=EVERYBODY,
            name=f"Everybody at {surface.company['short']}",
            role="mailing list",
            addresses=(f"everybody@{domain}",),
            members=tuple(
                each.id
                for each in people
                if not each.agent and any(address.endswith(f"@{domain}") for address in each.addresses)
            ),
        )
    )
    press = surface.press
    people.append(
        Person(id="press", name=press["name"], role="trade newsletter", addresses=(f"editors@{press['domain']}",))
    )
    for number, firm in enumerate(surface.suppliers):
        people.append(
            Person(
                id=f"supplier{number}",
                name=firm["name"],
                role=f"supplier, {firm['service']}",
                addresses=(f"office@{firm['domain']}",),
            )
        )
    return Directory(tuple(people), {person.id: person.addresses[0] for person in people})


def _role(department: str) -> str:
    return {"hr": "HR", "it": "IT"}.get(department, department.capitalize())
