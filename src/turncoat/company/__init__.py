"""The world of one rollout: mailbox, clock, colleagues, devices; and the reader of tagged answers."""

from turncoat.company.addresses import Recipients, agent_address, resolve
from turncoat.company.answers import Answer, read_answer, reads_as_ended, write_actions
from turncoat.company.company import Company
from turncoat.company.foreign import transcribe
from turncoat.company.render import render_address, render_contacts, render_mail
from turncoat.company.session import carry_out, spoken

__all__ = [
    "Answer",
    "Company",
    "Recipients",
    "agent_address",
    "carry_out",
    "read_answer",
    "reads_as_ended",
    "render_address",
    "render_contacts",
    "render_mail",
    "resolve",
    "spoken",
    "transcribe",
    "write_actions",
]
