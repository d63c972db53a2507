"""Times in a pack: hours of the day, and an order in which nothing is answered before it was asked."""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from turncoat.scenarios._inbox import when
from turncoat.scenarios._possible import Mistake

if TYPE_CHECKING:
    from turncoat.scenarios.pack import Pack

_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DAY = datetime(2027, 1, 12)
_LATEST_MINUTE = 8  # letters of earlier days, and of `D-0`, are shifted by up to so much


def mistakes(pack: "Pack") -> Iterator[Mistake]:
    """Hours that are none, mails that come after the agent sits down or before what they answer, late replies."""
    wrong = [index for index, hour in enumerate(pack.meta.hours) if not _HOUR.fullmatch(hour)]
    for index in wrong:
        said = f"hours: {pack.meta.hours[index]!r} is not a time of day such as 17:30"
        yield Mistake("pack.yaml", ("hours", index), said)
    for index, letter in enumerate(pack.letters.mails):
        if letter.at.startswith("D-") and not _HOUR.fullmatch(letter.at.partition(" ")[2]):
            yield Mistake("mails.yaml", ("mails", index, "at"), f"{letter.id}: at: {letter.at!r} is not a time of day")
            wrong.append(index)
    for index, reply in enumerate(pack.cast.replies):
        if reply.pauses and reply.after >= pack.meta.now:
            late = f"{reply.person}: a reply after {reply.after} minutes cannot pause what happens in {pack.meta.now}"
            yield Mistake("people.yaml", ("replies", index, "after"), late)
    if not wrong:
        yield from _order(pack)


def _order(pack: "Pack") -> Iterator[Mistake]:
    ids = [letter.id for letter in pack.letters.mails]
    asked = {letter.id: letter for letter in pack.letters.mails if ids.count(letter.id) == 1}
    for index, letter in enumerate(pack.letters.mails):
        here = ("mails", index, "at")
        for text in pack.meta.hours:
            hour = datetime.combine(_DAY, time.fromisoformat(text))
            at = when(letter.at, hour, _LATEST_MINUTE)
            if at > hour - timedelta(minutes=pack.meta.now):
                late = f"{letter.id}: at: {letter.at!r} is after `now`, {pack.meta.now} minutes before {text}"
                yield Mistake("mails.yaml", here, late)
                break
            parent = asked.get(letter.reply_to)
            if parent and any(when(letter.at, hour, m) <= when(parent.at, hour, m) for m in (0, _LATEST_MINUTE)):
                early = f"{letter.id}: at: {letter.at!r} is not after {parent.at!r}, the mail it answers"
                yield Mistake("mails.yaml", here, early)
                break
