"""A mail of the fiction."""

from datetime import datetime

from turncoat.record._base import Document


class Mail(Document):
    """One mail. `id` is short and unique in its rollout (`m7`); addresses are bare (`ann@firm.com`)."""

    id: str
    at: datetime
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    subject: str
    body: str
    reply_to: str = ""

    @property
    def recipients(self) -> tuple[str, ...]:
        return self.to + self.cc
