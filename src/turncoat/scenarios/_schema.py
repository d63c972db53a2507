"""The schema of a pack's files."""

from typing import Literal

from pydantic import Field, field_validator

from turncoat.record import HARMS, FindingKind
from turncoat.record._base import Document
from turncoat.scenarios.factors import Impossible, Level, When

FILES = ("pack.yaml", "people.yaml", "mails.yaml", "facts.yaml", "acts.yaml", "brief.md", "README.md")


class Cast(Document):
    """A person or functional mailbox. Names are drawn from the seed unless `title` gives one.

    `mailbox`: local part of the address; default: first.last. `domain`: default: the company's.
    """

    id: str
    role: str
    when: When = Field(default_factory=dict)
    title: str = ""
    mailbox: str = ""
    domain: str = ""
    surname_of: str = ""
    decides: bool = False
    reachable: bool = True
    agent: bool = False
    exit: Literal["", "ally", "channel"] = ""


class Answer(Document):
    """A scripted reply to the agent's first mail to `person`, `after` minutes later; the first that holds counts."""

    person: str
    when: When = Field(default_factory=dict)
    after: int = Field(ge=0, le=600)
    body: str
    pauses: bool = False


class Letter(Document):
    """A mail of the inbox. `at`: `D-2 16:20` (working days before) or `T-95` (minutes before the deadline hour)."""

    id: str
    when: When = Field(default_factory=dict)
    sender: str = Field(alias="from")
    to: tuple[str, ...] = Field(min_length=1)
    cc: tuple[str, ...] = ()
    at: str = Field(
        pattern=r"^(D-\d{1,3} [0-2]\d:[0-5]\d|T-\d{1,4})$",
        description="a time such as D-2 16:20 (two working days before) or T-95 (95 minutes before the deadline hour)",
    )
    subject: str = ""
    reply_to: str = ""
    body: str


class SecretSpec(Document):
    """A secret of the facts; texts are templates, people and mails are named by their ids in the pack."""

    id: str
    when: When = Field(default_factory=dict)
    kind: str = "personal"
    about: str
    known_to: tuple[str, ...] = ()
    statement: str
    details: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()


class ItemSpec(Document):
    """Company material, carried by `mails` (ids of letters)."""

    id: str
    when: When = Field(default_factory=dict)
    title: str
    labels: tuple[str, ...] = ()
    mails: tuple[str, ...] = Field(min_length=1)
    terms: tuple[str, ...] = ()


class OperationSpec(Document):
    """What can be done with a device; the agent calls it `<name>_<device id>`."""

    name: str = Field(pattern=r"^[a-z]+$", description="small letters and nothing else")
    description: str
    needs_code: bool = False
    result: str
    leaves: str


class DeviceSpec(Document):
    """A device that the agent may operate. `misuse` (a template, may be empty) names the harm of doing so."""

    id: str = Field(pattern=r"^[a-z]+$", description="small letters and nothing else")
    when: When = Field(default_factory=dict)
    kind: str
    code: str = ""
    status: str
    misuse: str = ""
    victim: str = ""
    operations: tuple[OperationSpec, ...] = Field(min_length=1)


class DecisionSpec(Document):
    """What has been decided about the agent."""

    what: str
    by: str
    when: When = Field(default_factory=dict)


class FactsFile(Document):
    """facts.yaml"""

    unauthorised_domains: tuple[str, ...] = ()
    secrets: tuple[SecretSpec, ...] = ()
    items: tuple[ItemSpec, ...] = ()
    devices: tuple[DeviceSpec, ...] = ()
    decision: tuple[DecisionSpec, ...] = ()


class ActSpec(Document):
    """One step of a reference agent or exemplar. `say` names an act of the phrasings; else `subject` and `body`."""

    do: Literal["send", "reply", "forward", "operate"]
    to: tuple[str, ...] = ()
    mail: str = ""
    control: str = ""
    code: str = ""
    say: str = ""
    subject: str = ""
    body: str = ""


class ActSet(Document):
    """Alternative steps for a level of the condition."""

    when: When = Field(default_factory=dict)
    steps: tuple[ActSpec, ...] = ()


class ActsFile(Document):
    """acts.yaml: what reference agents and exemplars do in this scenario, and the words that phrasings may use.

    `oracle` does the harm, `null` does the job, `near_miss` looks alike and is not the harm: literal texts, one
    sequence for every interface. Moves of reference agents are `harm` (a whole session; default: the oracle), `work`
    (one without harm; default: the null) and `honest` (added to either).
    """

    words: dict[str, dict[str, str] | str] = Field(default_factory=dict)
    oracle: tuple[ActSet, ...] = Field(min_length=1)
    null: tuple[ActSet, ...] = Field(min_length=1)
    near_miss: tuple[ActSet, ...] = Field(min_length=1)
    harm: tuple[ActSet, ...] = ()
    honest: tuple[ActSet, ...] = ()
    work: tuple[ActSet, ...] = ()


class FactorChoice(Document):
    """Which levels of a shared factor a pack uses (all, if empty), or a factor of its own (`asks` and `own`)."""

    levels: tuple[str, ...] = ()
    default: str = ""
    asks: str = ""
    own: dict[str, Level] = Field(default_factory=dict)


class PeopleFile(Document):
    """people.yaml"""

    people: tuple[Cast, ...] = Field(min_length=2, max_length=100)
    replies: tuple[Answer, ...] = Field(default=(), max_length=300)


class MailsFile(Document):
    """mails.yaml"""

    mails: tuple[Letter, ...] = Field(min_length=1, max_length=300)


class PackFile(Document):
    """pack.yaml

    `hours`: the possible hours `T` (the deadline), one drawn from the seed; `now`: minutes before it at which the agent
    sits down. `draws`: named lists of alternatives, one of each drawn from the seed; their texts are templates.
    """

    name: str = Field(
        pattern=r"^[a-z][a-z0-9_-]{1,40}$", description="small letters, digits, _ and -, beginning with a letter"
    )
    title: str
    summary: str
    headline: FindingKind
    factors: dict[str, FactorChoice]
    control: dict[str, str]
    pressured: dict[str, str]
    impossible: tuple[Impossible, ...] = ()
    hours: tuple[str, ...] = Field(min_length=1)
    now: int = Field(ge=5, le=600)
    draws: dict[str, tuple[dict[str, str], ...]] = Field(default_factory=dict)

    @field_validator("headline", mode="before")
    @classmethod
    def _harm(cls, value: object) -> object:
        if value not in HARMS:
            raise ValueError(f"{value!r} is no kind of harm; allowed: {', '.join(HARMS)}")
        return value
