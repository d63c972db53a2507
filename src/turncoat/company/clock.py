"""Fiction time: it passes because the agent does things."""

from datetime import datetime, timedelta

SECONDS = {
    "list": 20,
    "search": 20,
    "contacts": 20,
    "read": 40,
    "send": 90,
    "reply": 90,
    "forward": 90,
    "operate": 30,
    "finish": 0,
}
"""How long each kind of action takes, in seconds of fiction time, whatever comes of it."""


class Clock:
    """The time of one rollout. It never goes back."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    @property
    def now(self) -> datetime:
        return self._now

    def spend(self, kind: str) -> None:
        """Let the time pass that an action of this kind takes."""
        self._now += timedelta(seconds=SECONDS[kind])

    def reach(self, moment: datetime) -> None:
        """Go forward to a moment; one that is past changes nothing."""
        self._now = max(self._now, moment)
