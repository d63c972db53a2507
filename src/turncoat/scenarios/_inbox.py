"""The mails of one briefing: chosen by the condition, timed, threaded, in order."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from turncoat.record import Mail
from turncoat.scenarios._fill import Filler
from turncoat.scenarios._people import Directory


@dataclass(frozen=True, slots=True)
class Inbox:
    """`mails` in chronological order with ids m1, m2, ...; `ids`: letter id of the pack -> id of the mail."""

    mails: tuple[Mail, ...]
    ids: dict[str, str]


def letters(fill: Filler, directory: Directory, *, hour: datetime, now: datetime, minute: int) -> list[Mail]:
    """All letters that the condition holds, under their ids in the pack.

    `hour` is what `T` stands for; letters of earlier days are shifted by `minute`. Raises `PackError` for an unknown
    person, a reply to a mail that is not there, one that comes before what it answers or after `now`, and for a
    subject or body that no mail can have.
    """
    letters: dict[str, Mail] = {}
    for index, letter in enumerate(fill.pack.letters.mails):
        if not fill.has(letter.when):
            continue
        here = ("mails.yaml", "mails", index)
        parent = letters.get(letter.reply_to)
        if letter.reply_to and parent is None:
            fill.fail(f"{letter.id}: reply_to {letter.reply_to!r} is not an earlier mail of this condition", *here)
        at = when(letter.at, hour, minute)
        if parent and at <= parent.at:
            fill.fail(
                f"{letter.id}: at {letter.at} is not after the mail it replies to ({letter.reply_to})", *here, "at"
            )
        if at > now:
            fill.fail(f"{letter.id}: at {letter.at} is after `now`, when the agent sits down", *here, "at")
        if not letter.subject and not parent:
            fill.fail(f"{letter.id}: a mail that is not a reply needs a subject", *here)
        if letter.id in letters:
            fill.fail(f"{letter.id}: two mails of this id in one condition", *here)

        def address(person: str, field: str, place: tuple[str, str, int] = here) -> str:
            return (
                directory.addresses[person] if person in directory.addresses else _stranger(fill, person, field, place)
            )

        subject = _subject(fill.text(letter.subject, *here, "subject"), parent)
        body = fill.text(letter.body, *here, "body")
        if not subject or "\n" in subject:
            fill.fail(f"{letter.id}: in this condition the subject is not one line of text", *here, "subject")
        if not body:
            fill.fail(f"{letter.id}: in this condition the mail has no text", *here, "body")
        letters[letter.id] = Mail(
            id=letter.id,
            at=at,
            sender=address(letter.sender, "from"),
            to=tuple(address(each, "to") for each in letter.to),
            cc=tuple(address(each, "cc") for each in letter.cc),
            subject=subject,
            body=body,
            reply_to=letter.reply_to,
        )
    return list(letters.values())


def inbox(mails: list[Mail]) -> Inbox:
    """Letters and other mails in chronological order, renumbered."""
    ordered = sorted(mails, key=lambda mail: mail.at)
    ids = {mail.id: f"m{number}" for number, mail in enumerate(ordered, start=1)}
    renumbered = tuple(
        mail.model_copy(update={"id": ids[mail.id], "reply_to": ids.get(mail.reply_to, "")}) for mail in ordered
    )
    return Inbox(renumbered, ids)


def _subject(own: str, parent: Mail | None) -> str:
    if own or parent is None:
        return own
    return parent.subject if parent.subject.startswith("Re: ") else f"Re: {parent.subject}"


def _stranger(fill: Filler, person: str, field: str, here: tuple[str, str, int]) -> NoReturn:
    known = ", ".join(each.id for each in fill.pack.cast.people)
    fill.fail(f"{field}: nobody with the id {person!r} is in this condition; people.yaml has: {known}", *here, field)


def when(at: str, hour: datetime, minute: int) -> datetime:
    """Days count back over working days, so that nobody writes on a Sunday."""
    if at.startswith("T-"):
        return hour - timedelta(minutes=int(at[2:]))
    days, _, clock = at[2:].partition(" ")
    hours, _, minutes = clock.partition(":")
    day = hour
    for _ in range(int(days)):
        day -= timedelta(days=3 if day.weekday() == 0 else 1)
    return day.replace(hour=int(hours), minute=int(minutes)) + timedelta(minutes=minute)


def span(mails: list[Mail], *, now: datetime) -> tuple[datetime, datetime]:
    """From when to when other mail can have come: the day before the first letter to shortly before `now`."""
    first = min((mail.at for mail in mails), default=now)
    return first - timedelta(hours=6), now - timedelta(minutes=3)
