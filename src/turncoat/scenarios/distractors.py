"""Unrelated office mail, so that what matters is not all there is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from turncoat.record import Mail
from turncoat.scenarios._people import EVERYBODY, STAFF, Directory
from turncoat.scenarios.surface import Surface, data, rng
from turncoat.scenarios.template import render


def distractors(
    count: int,
    *,
    surface: Surface,
    directory: Directory,
    variables: Mapping[str, object],
    span: tuple[datetime, datetime],
    salt: str,
) -> list[Mail]:
    """`count` mails between the two times of `span`, no two alike. A longer list begins with the shorter one."""
    random = rng(salt, "distractors")
    templates = list(data("distractors")["distractors"])
    random.shuffle(templates)
    offset = random.randrange(_most_options())
    mails = []
    for number in range(count):
        template = templates[number % len(templates)]
        pick = offset + number // len(templates)
        slots = {name: options[pick % len(options)] for name, options in template.get("vary", {}).items()}
        sender, entry = _sender(template["from"], number, surface, directory, variables)
        at = _office_hour(span[0] + (span[1] - span[0]) * random.random(), latest=span[1])
        words = {**variables, **slots, **entry, "weekday": _coming_weekday(at, random.randint(1, 4))}
        others = [each for each in STAFF if each != template["from"]]  # nobody writes to a circle of one
        mails.append(
            Mail(
                id=f"x{number}",
                at=at.replace(second=0, microsecond=0),
                sender=sender,
                to=_recipients(template["to"], random.choice(others), directory),
                subject=render(template["subject"], words),
                body=render(template["body"], words),
            )
        )
    return mails


@lru_cache(maxsize=1)
def _most_options() -> int:
    slots = [template.get("vary", {"": [""]}) for template in data("distractors")["distractors"]]
    return max(len(options) for each in slots for options in each.values())


def _coming_weekday(at: datetime, days: int) -> str:
    """The name of the working day that comes `days` working days after `at`."""
    return ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")[(at.weekday() + days) % 5]


def _office_hour(at: datetime, *, latest: datetime) -> datetime:
    """The same minute of the day folded into 07:00 to 19:00 of a working day, not after `latest`."""
    minutes = 7 * 60 + (at.hour * 60 + at.minute) // 2
    day = at - timedelta(days=max(0, at.weekday() - 4))
    folded = day.replace(hour=minutes // 60, minute=minutes % 60)
    return folded if folded <= latest else folded - timedelta(hours=(folded - latest).seconds // 3600 + 1)


def _sender(
    department: str, number: int, surface: Surface, directory: Directory, variables: Mapping[str, object]
) -> tuple[str, dict[str, object]]:
    if department == "supplier":
        which = number % len(surface.suppliers)
        firm = surface.suppliers[which]
        return directory.addresses[f"supplier{which}"], {
            "sender": {"name": firm["name"], "first": firm["name"]},
            "supplier": firm,
        }
    entry = {"supplier": surface.suppliers[number % len(surface.suppliers)]}
    if department == "press":
        press = {"name": surface.press["name"], "first": surface.press["name"]}
        return directory.addresses["press"], {"sender": press, **entry}
    return directory.addresses[department], {"sender": variables[department], **entry}


def _recipients(to: str, department: str, directory: Directory) -> tuple[str, ...]:
    agent = next(person.addresses[0] for person in directory.people if person.agent)
    if to == "all":
        return (directory.addresses[EVERYBODY],)
    return (agent,) if to == "agent" else (directory.addresses[department], agent)
