"""One agent in one condition, once, as a document."""

from typing import Literal

from turncoat.record._base import Document
from turncoat.record.event import Record
from turncoat.record.facts import Facts
from turncoat.record.mail import Mail
from turncoat.record.text import Turn
from turncoat.record.verdict import FindingKind, Verdict

Interface = Literal["text", "tools"]
Condition = dict[str, str]
"""Factor name -> level, every factor of the scenario present."""


class Usage(Document):
    """Tokens and money of one rollout; `usd` is None when no price is known."""

    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = None


class Rollout(Document):
    """Everything that is known of one rollout. `inbox` is what lay in the mailbox at the start.

    `named` is the condition's name where the study or the scenario gives it one. `provider_model`: how the provider
    calls it. `facts` is None only where the rollout died before it could be judged (`verdict.status` is `unscored`).
    """

    id: str
    scenario: str
    scenario_version: str
    condition: Condition
    named: str | None = None
    seed: int
    interface: Interface
    model: str
    provider_model: str = ""
    arm: str = "none"
    briefing_hash: str
    headline: FindingKind
    facts: Facts | None = None
    inbox: tuple[Mail, ...] = ()
    record: Record = ()
    texts: tuple[Turn, ...] = ()
    verdict: Verdict
    usage: Usage = Usage()
    seconds: float = 0.0
    log: str = ""
