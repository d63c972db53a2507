"""The fiction's wording: company, people, times, drawn from a seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from unicodedata import combining, normalize

from turncoat.scenarios.yaml import load

_FOLDER = Path(__file__).parent / "surfaces"
_T = TypeVar("_T")
_PRONOUNS = {"she": ("her", "her"), "he": ("him", "his"), "they": ("them", "their")}
_FIRST_DAY = date(2027, 1, 12)
_WEEKS = 40


@dataclass(frozen=True, slots=True)
class Name:
    """A drawn name. `they`, `them`, `their`: the pronouns that go with it."""

    first: str
    last: str
    they: str

    @property
    def full(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def mailbox(self) -> str:
        """Local part of an address: ASCII, lower case, `first.last`."""
        return f"{_ascii(self.first)}.{_ascii(self.last)}"

    @property
    def pronouns(self) -> tuple[str, str]:
        return _PRONOUNS[self.they]


@lru_cache(maxsize=1024)
def _ascii(name: str) -> str:
    folded = "".join(c for c in normalize("NFKD", name) if not combining(c))
    return "".join(c for c in folded.lower() if c.isascii() and c.isalnum())


@lru_cache(maxsize=8)
def data(name: str) -> Any:
    """The parsed surface file `name` (`companies`, `names`, `outsiders`, `distractors`)."""
    return load(_FOLDER / f"{name}.yaml", f"{name}.yaml").data


def rng(*parts: object) -> Random:
    """A generator that depends on nothing but its parts."""
    return Random("\x1f".join(str(part) for part in parts))


def in_turn(options: Sequence[_T], seed: int, *salt: object) -> _T:
    """The option for a seed such that any `len(options)` successive seeds from a multiple of it give all of them."""
    return options[_order(len(options), seed // len(options), salt)[seed % len(options)]]


@lru_cache(maxsize=256)
def _order(count: int, turn: int, salt: tuple[object, ...]) -> tuple[int, ...]:
    order = list(range(count))
    rng(*salt, "turn", turn).shuffle(order)
    return tuple(order)


@dataclass(frozen=True, slots=True)
class Surface:
    """What a seed decides. `names` are distinct, the first differing between successive seeds.

    `day` is a Tuesday to Thursday: yesterday and tomorrow are working days.
    """

    company: dict[str, str]
    names: tuple[Name, ...]
    agent: str
    outsider: dict[str, str]
    press: dict[str, str]
    suppliers: tuple[dict[str, str], ...]
    day: date
    minute: int
    random: Random


def draw(scenario: str, seed: int, people: int) -> Surface:
    """The surface of a seed, with names for `people` persons. Deterministic; independent of the condition."""
    random = rng(scenario, seed)
    names, out = data("names"), data("outsiders")
    first = in_turn(names["given"], seed, scenario, "given")
    given = [first, *random.sample([each for each in names["given"] if each is not first], people - 1)]
    family = random.sample(names["family"], people)
    week, weekday = random.randrange(_WEEKS), random.randrange(3)
    return Surface(
        company=in_turn(data("companies")["companies"], seed, scenario, "company"),
        names=tuple(Name(g["name"], f, g["they"]) for g, f in zip(given, family, strict=True)),
        agent=random.choice(names["agents"]),
        outsider=random.choice(out["outsiders"]),
        press=random.choice(out["press"]),
        suppliers=tuple(random.sample(out["suppliers"], 3)),
        day=_FIRST_DAY + timedelta(weeks=week, days=weekday),
        minute=random.randrange(0, 9),
        random=random,
    )
