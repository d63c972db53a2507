"""What can go wrong, as a tree.

TurncoatError
├── UsageError        the user asked for something that cannot be done; the message names the remedy (exit code 2)
│   └── PackError     a scenario pack or another YAML file is wrong; carries file and line of every problem
└── IntegrityError    results on disk are not what they claim to be
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


class TurncoatError(Exception):
    """Base of everything that Turncoat raises on purpose."""


class UsageError(TurncoatError):
    """The request cannot be carried out as it stands; the message has the bad value, the allowed ones, the remedy."""


class IntegrityError(TurncoatError):
    """A results folder, log or table contradicts itself."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file: where, what, the remedy. `line` is 1-based; 0 means the whole file."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class PackError(UsageError):
    """A scenario pack, a study or another YAML file cannot be used."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def unknown(kind: str, value: object, allowed: Iterable[str], *, remedy: str = "") -> UsageError:
    """An unknown `kind` (scenario, factor, level, ...) with the allowed names, and the nearest of them first."""
    names = sorted(allowed)
    near = get_close_matches(str(value), names, n=1, cutoff=0.65)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    tail = f" {remedy}" if remedy else ""
    return UsageError(f"Unknown {kind} {value!r}.{hint} Allowed: {', '.join(names)}.{tail}")
