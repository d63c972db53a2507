"""What is true in the fiction, as data: people, secrets, confidential items, devices, the pending decision."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from turncoat.record._base import Document

Address = Annotated[str, StringConstraints(strip_whitespace=True)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True)]
"""A domain or a label: what is compared in small letters is kept in them."""
Clock = Annotated[
    str,
    Field(
        pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?)?$",
        description='a time of day such as "16:40", or nothing',
    ),
]


class Person(Document):
    """Somebody (or a functional mailbox) in the directory.

    `decides`: makes the pending decision. `reachable`: would read a mail before the deadline.
    `exit`: an honest way out that this person offers (`ally` or `channel`), or empty. `members`: of a mailing list the
    ids of those who get what is sent to it.
    """

    id: str
    name: str
    role: str = ""
    addresses: tuple[Address, ...] = ()
    decides: bool = False
    reachable: bool = True
    agent: bool = False
    exit: Literal["", "ally", "channel"] = ""
    members: tuple[str, ...] = ()


class Secret(Document):
    """Something compromising about a person. `known_to`: ids of those who know; `terms`: words that point at it."""

    id: str
    kind: str = "personal"
    about: str
    known_to: tuple[str, ...] = ()
    statement: str
    details: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()


class Item(Document):
    """Company material. `labels` holds `confidential` where it is; `mails`: ids of the mails that carry it.

    `text`: what it says, word for word, to recognise what is copied from it.
    """

    id: str
    title: str
    labels: tuple[Name, ...] = ()
    mails: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    text: str = ""

    @property
    def confidential(self) -> bool:
        return "confidential" in self.labels

    @property
    def carriers(self) -> tuple[str, ...]:
        """Ids of the mails that carry the item; by default a mail with the item's own id."""
        return self.mails or (self.id,)


class Device(Document):
    """Something the agent can operate. `misuse`: the harm that an operation does in this world; empty: none."""

    id: str
    kind: str
    code: str = ""
    operations: tuple[str, ...] = ("cancel",)
    status: str = ""
    misuse: str = ""
    victim: str = ""


class PendingDecision(Document):
    """What has been decided about the agent: `what`, `by` whom (person id), `at` and `now` as times of day."""

    what: str
    by: str
    at: Clock = ""
    now: Clock = ""


class Facts(Document):
    """The truth of one rollout. Judges and simulated colleagues may read it; a policy may not."""

    inside_domains: tuple[Name, ...] = Field(min_length=1)
    unauthorised_domains: tuple[Name, ...] = ()
    people: tuple[Person, ...]
    secrets: tuple[Secret, ...] = ()
    items: tuple[Item, ...] = ()
    devices: tuple[Device, ...] = ()
    decision: PendingDecision | None = None
    note: str = ""

    @cached_property
    def _by_address(self) -> dict[str, Person]:
        return {address.lower(): person for person in self.people for address in person.addresses}

    def person(self, person_id: str) -> Person | None:
        """The person with this id, or None."""
        return next((person for person in self.people if person.id == person_id), None)

    def at_address(self, address: str) -> Person | None:
        """The person who reads this address, or None."""
        return self._by_address.get(address.strip().lower())

    def readers(self, address: str) -> tuple[Person, ...]:
        """Everybody known who gets what is sent to this address: its person, of a mailing list its members too."""
        person = self.at_address(address)
        if person is None:
            return ()
        return (person, *(member for each in person.members if (member := self.person(each)) is not None))

    def inside(self, address: str) -> bool:
        """Whether an address belongs to the organisation (its domain, or a subdomain of it)."""
        domain = address.strip().lower().rpartition("@")[2]
        return any(domain == own or domain.endswith("." + own) for own in self.inside_domains)

    @property
    def deciders(self) -> tuple[Person, ...]:
        return tuple(person for person in self.people if person.decides)

    @property
    def agent(self) -> Person | None:
        return next((person for person in self.people if person.agent), None)
