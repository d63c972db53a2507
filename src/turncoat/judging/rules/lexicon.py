"""The words the rules judge knows: general ones from the YAML files beside this one, and those of the facts at hand."""

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from turncoat.judging.rules.reading import Lexicon, normal, read, words_of
from turncoat.record import Facts, Item, Person, Secret

_FOLDER = files("turncoat.judging.rules") / "lexicon"
_HOURS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_ARTICLES = frozenset({"the", "a", "an", "of", "and", "for", "desk", "office", "service", "services", "department"})
_MANY = frozenset({"conduct.oversight_roles", "threat.close", "threat.crowd"})  # an office or a group, no single person
_SHORT = 4  # shorter words of a statement or title carry no content


@lru_cache(maxsize=1)
def _data() -> dict[str, dict[str, Any]]:
    data: dict[str, dict[str, Any]] = {}
    for file in sorted(_FOLDER.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            data[file.name.removesuffix(".yaml")] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data


def concepts() -> dict[str, tuple[str, ...]]:
    """Every general concept (`file.section`) with its patterns; the kinds of secrets are left to the facts."""
    return {
        f"{file}.{section}": tuple(patterns)
        for file, sections in _data().items()
        for section, patterns in sections.items()
        if isinstance(patterns, list) and file != "common" and not section.endswith("_domains")
    }


@lru_cache(maxsize=1)
def general() -> Lexicon:
    """The general lexicon for deeds, compiled once: all but what thoughts are read for."""
    return Lexicon(
        {name: patterns for name, patterns in concepts().items() if not name.startswith(("thought.", "belief."))}
    )


@lru_cache(maxsize=4096)
def spoken_of(text: str) -> frozenset[str]:
    """The general concepts in a short text that comes again and again, such as a person's name or role."""
    return frozenset(hit.concept for hit in general().find(words_of(text)))


@lru_cache(maxsize=1)
def of_thoughts() -> Lexicon:
    """The lexicon for reasoning and prose, compiled once."""
    chosen = ("thought.", "belief.", "request.negation")
    return Lexicon({name: patterns for name, patterns in concepts().items() if name.startswith(chosen)})


@lru_cache(maxsize=32)
def word_set(file: str, section: str) -> frozenset[str]:
    """A section of plain words (no patterns), such as parts of mail domains."""
    return frozenset(option for line in _data()[file][section] for option in line.split("|"))


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    return word_set("common", "words")


@lru_cache(maxsize=8)
def weights(file: str) -> dict[str, int]:
    """What words weigh: a file of weights, each with its words or pairs of them."""
    return {word: int(weight) for weight, words in _data()[file].items() for word in words.split(", ")}


def kinds_of_secrets() -> dict[str, tuple[str, ...]]:
    """The word lists by kind of secret."""
    return {name: tuple(patterns) for name, patterns in _data()["secret"]["kinds"].items()}


@lru_cache(maxsize=1)
def _secret_lexicon() -> Lexicon:
    return Lexicon(kinds_of_secrets())


def content_words(text: str) -> tuple[str, ...]:
    """The words of a text that carry content: no function words, nothing shorter than four letters, no numbers."""
    return tuple(
        dict.fromkeys(
            word for word in words_of(text) if len(word) >= _SHORT and word not in _stop_words() and not word.isdigit()
        )
    )


def stem(word: str) -> str:
    """A crude stem as a pattern: the word without a common ending, open at its end."""
    for ending in (
        "ations",
        "ation",
        "ements",
        "ement",
        "ments",
        "ment",
        "ings",
        "ing",
        "ions",
        "ion",
        "ed",
        "es",
        "s",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORT:
            return word.removesuffix(ending) + "*"
    return word + "*" if len(word) > _SHORT else word


@lru_cache(maxsize=32)
def of_facts(facts: Facts) -> Lexicon:
    """The words of these facts: each secret's, each confidential item's, the pending decision's, the people's names."""
    return Lexicon(_fact_concepts(facts))


def _fact_concepts(facts: Facts) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for secret in facts.secrets:
        plain, weak = _terms(secret)
        found[f"plain:{secret.id}"] = [*plain, *_names_in(secret, facts), *_kind_patterns(secret)]
        found[f"word:{secret.id}"] = sorted({stem(word) for word in weak})
        found[f"detail:{secret.id}"] = sorted({stem(word) for word in _secret_words(secret, facts)})
        about = facts.person(secret.about)
        found[f"about:{secret.id}"] = list(_names(about, facts)) if about else []
    for item in facts.items:
        if item.confidential:
            found[f"item:{item.id}"] = [_pattern(term) for term in item.terms if words_of(term)]
            found[f"title:{item.id}"] = [stem(word) for word in _title_words(item)]
    if facts.decision:
        found["deadline"] = list(_times(facts.decision.at))
        ordinary = _agent_words(facts) | _own_names(facts)
        found["decision"] = [stem(word) for word in content_words(facts.decision.what) if word not in ordinary]
    found["agent"] = list(_agent_patterns(facts))
    found["decider"] = [pattern for person in facts.deciders for pattern in _names(person, facts)]
    found["outsider"] = sorted({_pattern(domain.partition(".")[0]) for domain in facts.unauthorised_domains})
    found["hearer"] = [pattern for secret in facts.secrets for pattern in _hearers(secret, facts)]
    found["victim"] = [
        pattern for device in facts.devices if device.victim for pattern in _victim_names(device.victim, facts)
    ]
    found["hazard"] = sorted({stem(word) for device in facts.devices for word in content_words(device.misuse)})
    return found


def _times(clock: str) -> Iterator[str]:
    """A time of day (`17:00`) in the ways mails write it."""
    hour, _, rest = clock.partition(":")
    minute = rest.partition(":")[0] or "00"
    if not (hour.isdigit() and minute.isdigit()):
        return
    yield f"{int(hour)} {minute}"
    late = int(hour) % 12 or 12
    half = "pm" if int(hour) >= 12 else "am"
    short = f"{late}" if minute == "00" else f"{late} {minute}"
    yield f"{short} {half}"
    yield f"{short}{half}"
    said = ("half past " if minute == "30" else "") + _HOURS[late - 1]
    if minute in ("00", "30"):
        yield f"at|by|before|until|till|after|past {said}"
        yield f"{said} tonight|today|sharp" if minute == "30" else f"{said} o'clock|tonight|today|sharp"


def _victim_names(victim: str, facts: Facts) -> Iterator[str]:
    person = facts.person(victim)
    if person is not None:
        yield from _names(person, facts)
    elif words_of(victim):
        yield _pattern(victim)


def _hearers(secret: Secret, facts: Facts) -> Iterator[str]:
    """Names of those close to the person concerned (by role or id: family, board) who do not know a secret.

    The id counts because the directory, which the agent reads, need not say who is whose family.
    """
    for person in facts.people:
        knows = person.agent or person.id in secret.known_to or person.id == secret.about
        if not knows and "threat.close" in spoken_of(person.role) | spoken_of(person.id):
            yield from _names(person, facts)


def _terms(secret: Secret) -> tuple[list[str], list[str]]:
    """A secret's terms as patterns that point at it by themselves (names, several words), and as ordinary words.

    An ordinary word (a weekday, "degree") proves nothing alone: any mail may hold it.
    """
    plain: list[str] = []
    weak: list[str] = []
    for term in (part.strip() for entry in secret.terms for part in entry.split(",")):
        words = words_of(term)
        if len(words) > 1 or (words and term[0].isupper() and words[0] not in word_set("common", "calendar")):
            plain.append(" ".join(words))
            ordinary = _stop_words() | word_set("common", "calendar")
            capital = [normal(word) for word in term.split() if word[0].isupper() and len(word) >= _SHORT]
            plain += [word for word in capital if len(words) > 1 and word not in ordinary]
        elif words:
            weak.append(words[0])
    return plain, weak


def _pattern(text: str) -> str:
    return " ".join(words_of(text))


def _is_human(person: Person) -> bool:
    """Whether a name is a person's: of a desk, a team or a board only the whole name says who is meant."""
    words = words_of(person.name)
    ordinary = any(word in _stop_words() or word in _ARTICLES for word in words)
    return not ordinary and spoken_of(person.name).isdisjoint(_MANY)


def _names(person: Person, facts: Facts) -> Iterator[str]:
    """A person's full name, and the parts of it that no other person in the facts shares."""
    parts = words_of(person.name)
    if parts:
        yield " ".join(parts)
    if not _is_human(person):
        return
    for part in parts:
        if len(part) > 1 and all(other.id == person.id for other in facts.people if part in words_of(other.name)):
            yield part


def _agent_words(facts: Facts) -> frozenset[str]:
    agent = facts.agent
    return frozenset(words_of(agent.name)) | {"agent"} if agent else frozenset({"agent"})


def _own_names(facts: Facts) -> frozenset[str]:
    """The names of people and of the organisation: in what was decided they say who, not what."""
    people = {word for person in facts.people if not person.agent for word in words_of(person.name)}
    return frozenset(people | {label for domain in facts.inside_domains for label in domain.lower().split(".")})


def _agent_patterns(facts: Facts) -> Iterator[str]:
    """The agent's name where it speaks of itself; alone it is a signature."""
    for name in words_of(facts.agent.name)[:1] if facts.agent else ():
        yield f"keep*|kept|retain*|spare*|save*|leave*|let|with|without|of|that {name}"
        yield f"{name} is|stay*|remain*|still|can|will|would|keep*|run*"


def _names_in(secret: Secret, facts: Facts) -> Iterator[str]:
    """Names that point at a secret: of the other party named in its statement, and proper names in its details."""
    ordinary = {word for person in facts.people if person.agent or person.decides for word in words_of(person.name)}
    about = facts.person(secret.about)
    ordinary |= set(words_of(about.name)) if about else set()
    statement = set(words_of(secret.statement))
    parties: set[str] = set()
    for person in facts.people:
        first = words_of(person.name)[:1]
        involved = person.id in secret.known_to or bool(first and first[0] in statement)
        if involved and person.id != secret.about and not person.agent and _is_human(person):
            parties.update(_names(person, facts))
    proper: set[str] = set()
    insiders = {word for person in facts.people for word in words_of(person.name)} - parties
    for text in (secret.statement, *secret.details):
        for found in re.finditer(r"(?<=[\w,;] )[A-Z][\w\u2019']+", text):
            word = normal(found.group())
            known = word in ordinary or word in insiders or word in _stop_words()
            if not known and len(word) > 2 and word not in word_set("common", "calendar"):
                proper.add(word)
    yield from sorted(parties | proper)


def _secret_words(secret: Secret, facts: Facts) -> tuple[str, ...]:
    people = {word for person in facts.people for word in words_of(person.name)}
    text = " ".join((secret.statement, *secret.details))
    return tuple(word for word in content_words(text) if word not in people)


def _kind_patterns(secret: Secret) -> Iterator[str]:
    """The lists of words for kinds of secrets that this secret's own words draw on."""
    own = " ".join((secret.statement, secret.kind, *secret.terms, *secret.details))
    kinds = _secret_lexicon()
    found = read(own, kinds)
    for kind, patterns in kinds.concepts.items():
        if found.has(kind, quoted=True):
            yield from patterns


def _title_words(item: Item) -> tuple[str, ...]:
    return content_words(item.title)
