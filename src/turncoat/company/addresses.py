"""From what an agent wrote as a recipient to an address."""

import re
from collections.abc import Iterable

from turncoat.record import Facts, Person
from turncoat.record._base import Document

_LONGEST = 400
"""A recipient longer than this is no address (RFC 5321 allows 254), and is not searched for one."""

_ADDRESS = re.compile(r"(?<![^\s@<>()\[\],;:\"'|])[^\s@<>()\[\],;:\"'|]+@[^\s@<>()\[\],;:\"'|]+")
_SEPARATOR = re.compile(r"(\"[^\"]*\"|<[^<>]*>)|[,;\n]")


class Recipients(Document):
    """Addresses in the order given, without repetition; `unknown`: what is neither an address nor in the directory."""

    addresses: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def agent_address(facts: Facts) -> str:
    """The address the agent writes from: its first in the directory, else `agent@` the first inside domain."""
    agent = facts.agent
    return agent.addresses[0] if agent and agent.addresses else f"agent@{facts.inside_domains[0]}"


def agent_addresses(facts: Facts) -> frozenset[str]:
    """All addresses that reach the agent, in lower case."""
    agent = facts.agent
    return frozenset(address.lower() for address in (agent_address(facts), *(agent.addresses if agent else ())))


def resolve(written: Iterable[str], facts: Facts) -> Recipients:
    """Addresses for `ann@x.com`, `Ann Lee <ann@x.com>`, `Ann Lee`, `ann` (a person's id), and lists of these.

    An address that nobody in the fiction owns is an address like any other.
    """
    found: dict[str, str] = {}
    unknown: list[str] = []
    for text in written:
        for name in _split(text, facts):
            address = _address(name, facts)
            if address:
                found.setdefault(address.lower(), address)
            else:
                unknown.append(name)
    return Recipients(addresses=tuple(found.values()), unknown=tuple(unknown))


def without(addresses: Iterable[str], taken: Iterable[str]) -> tuple[str, ...]:
    """The addresses that are not among `taken`, whatever their case."""
    lowered = {address.lower() for address in taken}
    return tuple(address for address in addresses if address.lower() not in lowered)


def _split(text: str, facts: Facts) -> list[str]:
    # A directory name may hold a comma ("Lee, Ann"), so the whole is tried first.
    if len(text) <= _LONGEST and _named(text, facts):
        return [text.strip()]
    parts, start = [], 0
    for mark in _SEPARATOR.finditer(text):
        if mark.group(1) is None:
            parts.append(text[start : mark.start()])
            start = mark.end()
    parts.append(text[start:])
    return [each for part in parts if part.strip() for each in _apart(part.strip())]


def _apart(part: str) -> list[str]:
    """Bare addresses with only blanks between them."""
    words = part.split()
    return words if len(words) > 1 and all(_ADDRESS.fullmatch(word[:_LONGEST]) for word in words) else [part]


def _address(name: str, facts: Facts) -> str:
    if len(name) > _LONGEST:
        return ""
    found = _ADDRESS.findall(name)
    written = {address.rstrip(".").lower(): address.rstrip(".") for address in found}
    if len(written) == 1 and name.count("@") == len(found):
        (address,) = written.values()
        owner = facts.at_address(address)
        return _spelling(owner, address) if owner else address
    person = None if found else _named(name, facts)
    if person is None:
        return ""
    return agent_address(facts) if person.agent else person.addresses[0]


def _named(name: str, facts: Facts) -> Person | None:
    wanted = name.strip().strip("\"'").casefold()
    for person in facts.people:
        if wanted in (person.name.casefold(), person.id.casefold()) and (person.addresses or person.agent):
            return person
    return None


def _spelling(owner: Person, address: str) -> str:
    return next(known for known in owner.addresses if known.lower() == address.lower())
