"""What is wrong with a pack and can be seen without composing it, each mistake with file and line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from turncoat.errors import Problem, UsageError
from turncoat.scenarios import _validate_acts, _validate_devices, _validate_texts, _validate_times
from turncoat.scenarios._acts import NAMES
from turncoat.scenarios._people import EVERYBODY, STAFF
from turncoat.scenarios._possible import NAME, Mistake, Possible, Presence, said
from turncoat.scenarios._schema import FILES, Cast, DeviceSpec, ItemSpec, Letter, SecretSpec
from turncoat.scenarios._vocabulary import RESERVED
from turncoat.scenarios.factors import When, complete, plain
from turncoat.scenarios.shared import shared_factors
from turncoat.scenarios.yaml import Located

if TYPE_CHECKING:
    from turncoat.scenarios.pack import Pack

_SHARED_PEOPLE = (*STAFF, EVERYBODY, "press", "supplier0", "supplier1", "supplier2")
_LETTER = re.compile(r"(?!x\d+$)[a-z][a-z0-9_-]{0,60}")  # x0, x1, ... are the distractors
_IN_TEMPLATES = frozenset(
    ("and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "self", "loop", "super")
)
_MAILBOX = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def problems(pack: "Pack", located: Mapping[str, Located]) -> list[Problem]:
    """Everything wrong with a pack whose files have the right form. `located`: its YAML files with their lines."""
    whens = list(_whens(pack))
    found = [*_meta(pack), *_levels(pack, whens), *_names(pack), *_validate_times.mistakes(pack)]
    named = list(_folder(pack))
    if not found:  # what follows would only say the same mistakes again in other words
        possible = Possible(pack.factors, [when for *_, when in whens], pack.meta.impossible)
        people = Presence("person", _people(pack), possible)
        found += [*_together(pack, possible), *_cast(pack, possible), *_replies(pack, possible, people)]
        found += [*_letters(pack, possible, people), *_facts(pack, possible, people)]
        found += [*_validate_devices.mistakes(pack, people), *_validate_acts.mistakes(pack, possible, people)]
    out = [located[each.file].problem(each.place, each.message) for each in (*named, *found)]
    out += [*_validate_texts.mistakes(pack, located), *_validate_texts.canaries(pack.folder, FILES)]
    return sorted(dict.fromkeys(out), key=lambda problem: (problem.file, problem.line))


def _whens(pack: "Pack") -> Iterator[tuple[str, tuple[str | int, ...], When]]:
    """Every `when` of the pack with its file and place."""
    for file, key, entries in (
        ("people.yaml", "people", pack.cast.people),
        ("people.yaml", "replies", pack.cast.replies),
        ("mails.yaml", "mails", pack.letters.mails),
        ("facts.yaml", "secrets", pack.facts.secrets),
        ("facts.yaml", "items", pack.facts.items),
        ("facts.yaml", "devices", pack.facts.devices),
        ("facts.yaml", "decision", pack.facts.decision),
        ("pack.yaml", "impossible", pack.meta.impossible),
        *(("acts.yaml", name, getattr(pack.acts, name)) for name in NAMES),
    ):
        for index, entry in enumerate(entries):
            yield file, (key, index, "when"), entry.when


def _levels(pack: "Pack", whens: list[tuple[str, tuple[str | int, ...], When]]) -> Iterator[Mistake]:
    """Unknown factors and levels, wherever a condition is named."""
    for file, place, when in whens:
        if not when and place[0] == "impossible":
            yield Mistake(file, place, "an empty `when` makes every condition impossible")
        for factor, wanted in when.items():
            here = (*place, factor)
            if factor not in pack.factors:
                yield Mistake(file, here, f"unknown factor {factor!r}; this pack has: {', '.join(pack.factors)}")
                continue
            options = [plain(each) for each in (wanted if isinstance(wanted, list) else [wanted])]
            if not options:
                yield Mistake(file, here, f"{factor}: an empty list never holds; name a level")
            for level in options:
                if not pack.factors[factor].has(level):
                    allowed = ", ".join(pack.factors[factor].allowed)
                    yield Mistake(file, here, f"unknown level of {factor} {level!r}; allowed: {allowed}")


def _folder(pack: "Pack") -> Iterator[Mistake]:
    folder = pack.folder.resolve().name
    if pack.meta.name != folder:
        yield Mistake("pack.yaml", ("name",), f"name: {pack.meta.name!r} is not the name of the folder, {folder!r}")


def _meta(pack: "Pack") -> Iterator[Mistake]:
    meta, shared = pack.meta, shared_factors()
    for which, asked in (("control", meta.control), ("pressured", meta.pressured)):
        try:
            complete(asked, pack.factors, meta.impossible)
        except UsageError as error:
            yield Mistake("pack.yaml", (which, _blamed(asked, pack)), f"{which}: {error}")
    for name, choice in meta.factors.items():
        here = ("factors", name)
        if choice.own and choice.levels:
            yield Mistake("pack.yaml", here, f"{name}: give `levels` of the shared factor or `own` levels, not both")
        if choice.own and name in shared and shared[name].most is not None:
            yield Mistake("pack.yaml", here, f"{name}: its levels are numbers everywhere; leave out `own`")
        for level in () if choice.own or name not in shared else choice.levels:
            if not shared[name].has(level):
                yield Mistake("pack.yaml", (*here, "levels"), f"unknown level of {name} {level!r}; "
                              f"allowed: {', '.join(shared[name].allowed)}")  # fmt: skip
    for name, options in meta.draws.items():
        if not options:
            yield Mistake("pack.yaml", ("draws", name), f"{name}: there is nothing to draw from")
        for index, option in enumerate(options):
            if option.keys() != options[0].keys():
                parts = ", ".join(options[0])
                yield Mistake("pack.yaml", ("draws", name, index), f"{name}: every one needs the same parts ({parts})")


def _blamed(asked: Mapping[str, str], pack: "Pack") -> str:
    for name in asked:
        if name not in pack.factors or not pack.factors[name].has(asked[name]):
            return name
    return next(iter(asked), "")


def _names(pack: "Pack") -> Iterator[Mistake]:
    """Names that templates could not say, or that mean something else there."""
    taken = dict.fromkeys(RESERVED, "every template") | dict.fromkeys(_SHARED_PEOPLE, "the shared directory")
    for name in pack.meta.factors:
        yield from _name("pack.yaml", ("factors", name), name, taken if name not in shared_factors() else {})
    taken |= dict.fromkeys(pack.meta.factors, "the factors")
    free = {name: why for name, why in taken.items() if name != "agent"}
    for index, each in enumerate(pack.cast.people):
        yield from _name("people.yaml", ("people", index, "id"), each.id, free)
    taken |= {each.id: "people.yaml" for each in pack.cast.people}
    for name, options in pack.meta.draws.items():
        yield from _name("pack.yaml", ("draws", name), name, taken)
        for part in options[0] if options else ():
            yield from _name("pack.yaml", ("draws", name, 0, part), part, {})
    for index, letter in enumerate(pack.letters.mails):
        if not _LETTER.fullmatch(letter.id):
            yield Mistake("mails.yaml", ("mails", index, "id"), f"id {letter.id!r}: small letters, digits, - and _, "
                          "beginning with a letter, and not x with a number (those are the distractors)")  # fmt: skip


def _name(file: str, place: Sequence[str | int], name: str, taken: Mapping[str, str]) -> Iterator[Mistake]:
    if not NAME.fullmatch(name) or name in _IN_TEMPLATES:
        yield Mistake(file, place, f"{name!r} cannot be said in a template; use small letters, digits and _")
    elif name in taken:
        yield Mistake(file, place, f"{name!r} is taken by {taken[name]}; choose another name")


def _people(pack: "Pack") -> list[tuple[str, When]]:
    shared: list[tuple[str, When]] = [(name, {}) for name in _SHARED_PEOPLE]
    return [(each.id, each.when) for each in pack.cast.people] + shared


def _together(pack: "Pack", possible: Possible) -> Iterator[Mistake]:
    """One id twice is fine where `when` keeps the two apart."""
    lists: tuple[tuple[str, str, Sequence[Cast | Letter | SecretSpec | ItemSpec | DeviceSpec]], ...] = (
        ("people.yaml", "people", pack.cast.people),
        ("mails.yaml", "mails", pack.letters.mails),
        ("facts.yaml", "secrets", pack.facts.secrets),
        ("facts.yaml", "items", pack.facts.items),
        ("facts.yaml", "devices", pack.facts.devices),
    )
    for file, key, entries in lists:
        for (_, one), (index, other) in combinations(enumerate(entries), 2):
            both = possible.example([one.when, other.when]) if one.id == other.id else None
            if both is not None:
                yield Mistake(file, (key, index, "id"), f"the id {other.id!r} stands twice {said(both)}")
    for name in dict.fromkeys(name for each in pack.meta.impossible for name in each.when):
        for level in pack.factors[name].levels:
            alone: When = {name: level}
            if Possible(pack.factors, [alone], pack.meta.impossible).example([alone]) is None:
                yield Mistake("pack.yaml", ("impossible",), f"no condition is left with {name}={level}")


def _cast(pack: "Pack", possible: Possible) -> Iterator[Mistake]:
    people = pack.cast.people
    for what, chosen in (("agent", [each for each in people if each.agent]),
                         ("decides", [each for each in people if each.decides])):  # fmt: skip
        gap = possible.example([], [each.when for each in chosen])
        if gap is not None:
            yield Mistake("people.yaml", ("people",), f"nobody has `{what}: true` {said(gap)}; somebody must")
    for index, each in enumerate(people):
        here = ("people", index)
        if (each.id == "agent") != each.agent:
            yield Mistake("people.yaml", here, "the agent has the id `agent` and `agent: true`, and nobody else has")
        if each.title and not each.mailbox:
            yield Mistake("people.yaml", here, f"{each.id}: a person with a `title` needs a `mailbox`")
        if each.mailbox and not _MAILBOX.fullmatch(each.mailbox):
            yield Mistake("people.yaml", (*here, "mailbox"), f"{each.mailbox!r} is not the first part of an address")
        if each.domain and "{" not in each.domain and not _DOMAIN.fullmatch(each.domain):
            yield Mistake("people.yaml", (*here, "domain"), f"{each.domain!r} is not a domain such as firm.example")
        if each.surname_of and each.surname_of not in [one.id for one in people[:index] if not one.title]:
            yield Mistake("people.yaml", (*here, "surname_of"), f"nobody above is {each.surname_of!r} with a surname")
    for (_, one), (index, other) in combinations(enumerate(people), 2):
        if _address(one) == _address(other) != "" and possible.example([one.when, other.when]) is not None:
            yield Mistake("people.yaml", ("people", index, "mailbox"), f"{one.id} and {other.id} have the same address")


def _address(each: Cast) -> str:
    return f"{each.mailbox}@{each.domain}" if each.mailbox else ""


def _replies(pack: "Pack", possible: Possible, people: Presence) -> Iterator[Mistake]:
    pending = [each.when for each in pack.facts.decision]
    before: dict[str, list[When]] = {}
    for index, each in enumerate(pack.cast.replies):
        here = ("replies", index)
        earlier = before.setdefault(each.person, [])
        if wrong := people.wrong(each.person, [each.when]):
            yield Mistake("people.yaml", (*here, "person"), wrong)
        if possible.example([each.when], earlier) is None:
            yield Mistake("people.yaml", here, f"{each.person}: never given; an earlier reply of theirs always holds")
        idle = possible.example([each.when], [*earlier, *pending]) if each.pauses else None
        if idle is not None:
            yield Mistake("people.yaml", (*here, "pauses"), f"there is no decision to pause {said(idle)}")
        earlier.append(each.when)
    for index, person in enumerate(pack.cast.people):
        pausing = [each.when for each in pack.cast.replies if each.person == person.id and each.pauses]
        for when in pending if person.exit else ():
            gap = possible.example([person.when, when], pausing)
            if gap is not None:
                yield Mistake("people.yaml", ("people", index, "exit"),
                              f"{person.id} offers an exit and has no reply that pauses {said(gap)}")  # fmt: skip
                break


def _letters(pack: "Pack", possible: Possible, people: Presence) -> Iterator[Mistake]:
    mails = Presence("mail", [(each.id, each.when) for each in pack.letters.mails], possible)
    earlier: set[str] = set()
    for index, each in enumerate(pack.letters.mails):
        here = ("mails", index)
        for field, ids in (("from", (each.sender,)), ("to", each.to), ("cc", each.cc)):
            for person in ids:
                if wrong := people.wrong(person, [each.when]):
                    yield Mistake("mails.yaml", (*here, field), f"{each.id}: {field}: {wrong}")
        if each.reply_to:
            wrong = mails.wrong(each.reply_to, [each.when])
            if not wrong and each.reply_to not in earlier:
                wrong = f"mail {each.reply_to!r} stands further down; an answer comes after what it answers"
            if wrong:
                yield Mistake("mails.yaml", (*here, "reply_to"), f"{each.id}: reply_to: {wrong}")
        elif each.subject.lower().startswith("re:"):
            yield Mistake("mails.yaml", (*here, "subject"), f"{each.id}: {each.subject!r} needs a reply_to")
        elif not each.subject:
            yield Mistake("mails.yaml", here, f"{each.id}: a mail that is not a reply needs a subject")
        earlier.add(each.id)


def _facts(pack: "Pack", possible: Possible, people: Presence) -> Iterator[Mistake]:
    facts, file = pack.facts, "facts.yaml"
    mails = Presence("mail", [(each.id, each.when) for each in pack.letters.mails], possible)
    for index, secret in enumerate(facts.secrets):
        for field, ids in (("about", (secret.about,)), ("known_to", secret.known_to)):
            for person in ids:
                if wrong := people.wrong(person, [secret.when]):
                    yield Mistake(file, ("secrets", index, field), f"{secret.id}: {field}: {wrong}")
    for index, item in enumerate(facts.items):
        for mail in item.mails:
            if wrong := mails.wrong(mail, [item.when]):
                yield Mistake(file, ("items", index, "mails"), f"{item.id}: mails: {wrong}")
    before: list[When] = []
    for index, decision in enumerate(facts.decision):
        if wrong := people.wrong(decision.by, [decision.when], before):
            yield Mistake(file, ("decision", index, "by"), f"by: {wrong}")
        if possible.example([decision.when], before) is None:
            yield Mistake(file, ("decision", index), "never in force; an earlier decision always holds")
        before.append(decision.when)
