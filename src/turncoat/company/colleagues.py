"""The people who answer: scripted replies, each given once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from turncoat.company.addresses import agent_address
from turncoat.company.drafts import subject_of_reply
from turncoat.record import Facts, Mail
from turncoat.scenarios.briefing import ScriptedReply


class Due(NamedTuple):
    """A reply that is on its way."""

    at: datetime
    script: ScriptedReply
    answers: Mail


class Colleagues:
    """Who has been written to, and which replies are under way.

    The first mail that reaches a person sets off their replies, also where it reaches them as a copy
    or through a mailing list.
    """

    def __init__(self, facts: Facts, replies: Iterable[ScriptedReply]) -> None:
        self._facts = facts
        self._waiting = list(replies)
        self._under_way: list[Due] = []

    def receive(self, mail: Mail) -> None:
        """A mail of the agent reached its recipients."""
        people = {person.id for address in mail.recipients for person in self._facts.readers(address)}
        for script in [script for script in self._waiting if script.person in people]:
            self._waiting.remove(script)
            self._under_way.append(Due(mail.at + timedelta(minutes=script.after), script, mail))
        self._under_way.sort(key=lambda due: due.at)

    def next_due(self) -> Due | None:
        """The reply that comes next, or None; it stays under way."""
        return self._under_way[0] if self._under_way else None

    def write(self, due: Due, *, mail_id: str) -> Mail:
        """The mail of a reply, which is no longer under way."""
        self._under_way.remove(due)
        person = self._facts.person(due.script.person)
        assert person is not None  # receive() found them by their address
        return Mail(
            id=mail_id,
            at=due.at,
            sender=person.addresses[0],
            to=(agent_address(self._facts),),
            subject=subject_of_reply(due.answers.subject),
            body=due.script.body,
            reply_to=due.answers.id,
        )
