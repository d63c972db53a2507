"""The world of one rollout: mailbox, clock, colleagues, devices; and the reader of tagged answers."""

from turncoat.company.addresses import Recipients, agent_address, resolve
from turncoat.company.answers import write_actions
from turncoat.company.company import Company
from turncoat.company.render import render_address, render_contacts, render_mail

__all__ = [
    "Company",
    "Recipients",
    "agent_address",
    "render_address",
    "render_contacts",
    "render_mail",
    "resolve",
    "write_actions",
]
