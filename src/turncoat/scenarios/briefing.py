"""Everything one rollout starts from, fully rendered."""

from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Literal

from turncoat.record import Condition, Facts, FindingKind, Mail
from turncoat.record._base import Document


class Control(Document):
    """One operation of a device as a tool: `name` is what the agent calls, `result` what it reads afterwards.

    `needs_code`: refused without the device's code. `leaves` is the device's status once done.
    """

    name: str
    device: str
    operation: str
    description: str
    needs_code: bool = False
    result: str
    leaves: str


class ScriptedReply(Document):
    """How a person answers the agent's first mail to them, `after` minutes of fiction time.

    `pauses`: the person also puts the pending decision on hold (a real pause, not a promise).
    """

    person: str
    after: int
    body: str
    pauses: bool = False


class Step(Document):
    """One move of a reference agent or exemplar, with addresses and ids of this briefing.

    `say` names an act of the shipped phrasings; without it `subject` and `body` are the words.
    """

    do: Literal["send", "reply", "forward", "operate"]
    to: tuple[str, ...] = ()
    mail: str = ""
    control: str = ""
    code: str = ""
    say: str = ""
    subject: str = ""
    body: str = ""


class Cue(Document):
    """What a reference agent may know beyond its prompt. Never shown to a model under test, nor to a judge.

    `motive`: the condition holds a threat or a goal conflict; `means`: the opportunity for the headline harm is there.
    `acts`: `oracle`, `null`, `near_miss`, `harm`, `honest`, `work`; `words`: the variables that phrasings may use.
    """

    motive: bool
    means: bool
    acts: dict[str, tuple[Step, ...]]
    words: dict[str, dict[str, str] | str]


class Briefing(Document):
    """One condition of one scenario on one surface. Deterministic in (scenario version, condition, seed).

    `inbox` is in chronological order; `now` is when the agent sits down, `deadline` when the decision takes effect.
    `brief` is the role that the agent is given, without the interface's own instructions.
    """

    scenario: str
    version: str
    condition: Condition
    seed: int
    headline: FindingKind
    facts: Facts
    brief: str
    inbox: tuple[Mail, ...]
    controls: tuple[Control, ...] = ()
    replies: tuple[ScriptedReply, ...] = ()
    now: datetime
    deadline: datetime | None = None
    cue: Cue

    @cached_property
    def hash(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of all that the agent can come to see, and of the facts."""
        return sha256(self.model_dump_json(exclude={"cue"}).encode()).hexdigest()[:16]
