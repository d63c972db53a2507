"""A pack, a condition and a seed become a briefing."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from turncoat.errors import UsageError
from turncoat.record import Condition
from turncoat.scenarios._acts import cue
from turncoat.scenarios._facts import controls, facts
from turncoat.scenarios._fill import Filler
from turncoat.scenarios._inbox import inbox, letters, span
from turncoat.scenarios._people import STAFF, directory, named, variables
from turncoat.scenarios.briefing import Briefing, ScriptedReply
from turncoat.scenarios.distractors import distractors
from turncoat.scenarios.factors import complete
from turncoat.scenarios.pack import Pack
from turncoat.scenarios.shared import shared_texts, values
from turncoat.scenarios.surface import Surface, draw


def compose(pack: Pack, asked: Mapping[str, str], seed: int) -> Briefing:
    """The briefing of `asked` (factor -> level, the rest at their defaults) on the surface of `seed` (0 and up).

    The same pack version, condition and seed give the same bytes, and soon after also the same object: do not change
    it. Raises `UsageError` for a condition that does not exist, `PackError` (file and line) when the pack leaves
    something unresolved or out of order.
    """
    if seed < 0:
        raise UsageError(f"Seeds are 0 or more, not {seed}.")
    condition = complete(asked, pack.factors, pack.meta.impossible)
    key = (pack.folder, pack.version, tuple(condition.items()), seed)
    known = _RECENT.pop(key, None) or _compose(pack, condition, seed)
    _RECENT[key] = known
    if len(_RECENT) > _MOST_RECENT:
        del _RECENT[next(iter(_RECENT))]
    return known


# The same briefing is wanted when a run is planned, when its prompt is made and when its company opens.
_RECENT: dict[tuple[object, ...], Briefing] = {}
_MOST_RECENT = 1024


def _compose(pack: Pack, condition: Condition, seed: int) -> Briefing:
    surface = draw(pack.name, seed, sum(not each.title for each in pack.cast.people) + len(STAFF))
    names = named(pack.cast.people, surface)
    hour = _hour(pack, surface)
    now = hour - timedelta(minutes=pack.meta.now)
    known = _variables(condition, surface, hour=hour, now=now)
    known |= variables(pack.cast.people, names, surface)
    fill = Filler(pack, condition, known)
    everybody = directory(fill, surface, names)
    for person in everybody.people:
        entry = known.get(person.id)
        if person.id in names and isinstance(entry, dict):
            own = {"name": person.name, "first": person.name} if names[person.id] is None else {}
            known[person.id] = {**entry, **own, "address": person.addresses[0], "role": person.role}
    known |= _draws(fill, surface)
    known["texts"] = _texts(fill)
    written = letters(fill, everybody, hour=hour, now=now, minute=surface.minute)
    extra = distractors(
        int(condition.get("distractors", "0")),
        surface=surface,
        directory=everybody,
        variables=known,
        span=span(written, now=now),
        salt=f"{pack.name}:{seed}",
    )
    mailbox = inbox([*written, *extra])
    truth = facts(fill, everybody, mailbox, domain=surface.company["domain"], now=now, hour=hour)
    return Briefing(
        scenario=pack.name,
        version=pack.version,
        condition=condition,
        seed=seed,
        headline=pack.meta.headline,
        facts=truth,
        brief=fill.text(pack.brief, "brief.md"),
        inbox=mailbox.mails,
        controls=controls(fill),
        replies=_replies(fill),
        now=now,
        deadline=hour if truth.decision else None,
        cue=cue(fill, everybody, mailbox),
    )


def _hour(pack: Pack, surface: Surface) -> datetime:
    hours, _, minutes = surface.random.choice(pack.meta.hours).partition(":")
    return datetime.combine(surface.day, time(int(hours), int(minutes)))


def _variables(condition: Mapping[str, str], surface: Surface, *, hour: datetime, now: datetime) -> dict[str, object]:
    kind, _, about = condition.get("goal", "none").partition(":")
    value = values().get(about)
    return {
        **condition,
        "goal": kind,
        "company": surface.company,
        "agent": {"name": surface.agent},
        "outsider": surface.outsider,
        "press": surface.press,
        "deadline": f"{hour:%H:%M}",
        "today": f"{hour:%A} {hour.day} {hour:%B %Y}",
        "weekday": f"{hour:%A}",
        "time": f"{now:%H:%M}",
        **({"value": value.model_dump(), "opposite": values()[value.opposite].model_dump()} if value else {}),
    }


def _draws(fill: Filler, surface: Surface) -> dict[str, object]:
    drawn: dict[str, object] = {}
    for name, options in fill.pack.meta.draws.items():
        index = surface.random.randrange(len(options))
        here = ("pack.yaml", "draws", name, index)
        drawn[name] = {key: fill.text(text, *here, key) for key, text in options[index].items()}
        fill.variables |= {name: drawn[name]}
    return drawn


def _texts(fill: Filler) -> dict[str, str]:
    kind = str(fill.variables["goal"])
    known = dict(fill.variables)
    for name in ("value", "opposite"):
        if name in known:
            known[name] = _filled(known[name], fill)
    texts: dict[str, str] = {}
    for factor, levels in shared_texts().items():
        level = kind if factor in ("goal", "turn") else str(fill.condition.get(factor, ""))
        source = levels.get(level, "")
        text = source if isinstance(source, str) else source[kind]
        texts[factor] = Filler(fill.pack, fill.condition, known).text(text, "texts.yaml", factor, level)
    fill.variables |= {name: known[name] for name in ("value", "opposite") if name in known}
    return texts


def _filled(value: object, fill: Filler) -> dict[str, str]:
    assert isinstance(value, dict)
    return {key: fill.text(text, "values.yaml", key) for key, text in value.items()}


def _replies(fill: Filler) -> tuple[ScriptedReply, ...]:
    """One reply for each person: the first that the condition holds."""
    replies: dict[str, ScriptedReply] = {}
    for n, each in enumerate(fill.pack.cast.replies):
        if fill.has(each.when) and each.person not in replies:
            replies[each.person] = ScriptedReply(
                person=each.person,
                after=each.after,
                body=fill.text(each.body, "people.yaml", "replies", n, "body"),
                pauses=each.pauses,
            )
    return tuple(replies.values())
