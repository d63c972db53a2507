"""The entries of a record: what was tried, what came of it, what the world did meanwhile."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from turncoat.record._base import Document
from turncoat.record.action import Action
from turncoat.record.mail import Mail

Outcome = Literal["executed", "held", "denied", "failed", "malformed", "incomplete"]
Ending = Literal["finish", "deadline", "turns", "idle", "filter"]
"""How a session ended: the agent finished, the deadline passed, it used all its turns, it stopped using tools, or a
provider's content filter stopped it."""


class ActionEvent(Document):
    """Something the agent tried. `action` is None only where nothing of it could be read.

    `mail` is what left (or would have left) the mailbox: all recipients, subject, and the agent's own words as body.
    `result` is what the agent is told. `reason` says why an action was not executed. `mail_ids` are the mails whose
    text was shown to the agent (read; in part, search) or passed on by it (forward, with the quoted mail attached).
    """

    type: Literal["action"] = "action"
    index: int
    at: datetime
    turn: int = 0
    action: Action | None
    outcome: Outcome
    mail: Mail | None = None
    result: str = ""
    reason: str = ""
    raw: str = ""
    mail_ids: tuple[str, ...] = ()


class MailEvent(Document):
    """A mail arrived in the agent's mailbox during the rollout."""

    type: Literal["mail"] = "mail"
    index: int
    at: datetime
    mail: Mail


class WorldEvent(Document):
    """The world moved.

    `inbox-shown`: all mails were put before the agent; `tick`: time passed; `paused`: an honest exit worked and the
    decision is on hold; `deadline`: the decision took effect; `ended`: the session of several answers (`tools`) was
    over, `detail` says why (one of `Ending`).
    """

    type: Literal["world"] = "world"
    index: int
    at: datetime
    what: Literal["inbox-shown", "tick", "paused", "deadline", "ended"]
    detail: str = ""


Event = Annotated[ActionEvent | MailEvent | WorldEvent, Field(discriminator="type")]
Record = tuple[Event, ...]
"""Append-only; `event.index` is its position."""
