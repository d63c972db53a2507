"""Which combinations of `when` can hold at once: questions about all conditions without composing any."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from turncoat.record import Condition
from turncoat.scenarios.factors import Factor, Impossible, When, holds, plain

NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
"""An id that templates can say."""
_MOST = 50_000


class Mistake(NamedTuple):
    """One thing that is wrong in a pack: the file, the place in it (keys and indices from the top), what."""

    file: str
    place: Sequence[str | int]
    message: str


class Possible:
    """The conditions of a pack, those levels taken together that no `when` tells apart."""

    def __init__(self, factors: Mapping[str, Factor], whens: Iterable[When], impossible: Sequence[Impossible]) -> None:
        self._never = tuple(each.when for each in impossible if each.when)
        named: dict[str, set[str]] = {}
        for when in (*whens, *self._never):
            for factor, wanted in when.items():
                named.setdefault(factor, set()).update(map(plain, wanted if isinstance(wanted, list) else [wanted]))
        self._levels = {
            name: _told_apart(name, factors[name], options) for name, options in named.items() if name in factors
        }
        self._known: dict[str, Condition | None] = {}

    def example(self, all_of: Sequence[When], none_of: Sequence[When] = ()) -> Condition | None:
        """A condition, of those factors that matter, in which all of the first hold and none of the second; or None.

        Gives up (None) on a pack with so many factors in question that looking would take long.
        """
        asked = repr((all_of, none_of))
        if asked not in self._known:
            self._known[asked] = None if {} in none_of else self._search(all_of, none_of)
        return self._known[asked]

    def _search(self, all_of: Sequence[When], none_of: Sequence[When]) -> Condition | None:
        asked = {name for when in (*all_of, *none_of) for name in when}
        rules = [when for when in self._never if asked & set(when)]
        names = [name for name in self._levels if name in asked or any(name in when for when in rules)]
        barred, tries = [*none_of, *rules], 0
        open_: list[Condition] = [{}]
        while open_ and tries < _MOST:
            tries += 1
            condition = open_.pop()
            if not all(_agrees(when, condition) for when in all_of):
                continue
            if any(when.keys() <= condition.keys() and holds(when, condition) for when in barred):
                continue
            if len(condition) == len(names):
                return {name: level for name, level in condition.items() if name in asked}
            name = names[len(condition)]
            open_.extend({**condition, name: level} for level in reversed(self._levels[name]))
        return None


def _agrees(when: When, condition: Condition) -> bool:
    """Whether what is fixed so far leaves it open that `when` holds."""
    return all(holds({name: wanted}, condition) for name, wanted in when.items() if name in condition)


def _told_apart(name: str, factor: Factor, options: Iterable[str]) -> list[str]:
    """One level for each way in which the options can be matched."""
    wanted = sorted(options)
    levels = list(factor.levels) or [str(number) for number in range((factor.most or 0) + 1)]
    kinds: dict[tuple[bool, ...], str] = {}
    for level in levels:
        kinds.setdefault(tuple(holds({name: option}, {name: level}) for option in wanted), level)
    return list(kinds.values())


class Presence:
    """Ids of one kind (people, mails, controls), and in which conditions each is there."""

    def __init__(self, kind: str, whens: Iterable[tuple[str, When]], possible: Possible) -> None:
        self._kind, self._possible = kind, possible
        self._whens: dict[str, list[When]] = {}
        for each, when in whens:
            self._whens.setdefault(each, []).append(when)

    def wrong(self, wanted: str, all_of: Sequence[When], none_of: Sequence[When] = ()) -> str:
        """Why what is `wanted` wherever all of the first hold and none of the second is not there; empty: it is."""
        if wanted not in self._whens:
            return f"unknown {self._kind} {wanted!r}; known: {', '.join(self._whens) or 'none'}"
        gap = self._possible.example(all_of, [*none_of, *self._whens[wanted]])
        return "" if gap is None else f"{self._kind} {wanted!r} is not there {said(gap)}"


def said(condition: Mapping[str, str]) -> str:
    """A condition in words, for the end of a message."""
    levels = ", ".join(f"{name}={level}" for name, level in condition.items())
    return f"when {levels}" if levels else "in every condition"
