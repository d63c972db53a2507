"""What is wrong with a pack and can be seen without composing it: every mistake at once, each with file and line."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from turncoat.errors import Problem, UsageError
from turncoat.scenarios import _validate_acts, _validate_texts, _validate_times
from turncoat.scenarios._people import EVERYBODY, STAFF
from turncoat.scenarios._possible import Possible
from turncoat.scenarios._vocabulary import RESERVED
from turncoat.scenarios.factors import When, complete, plain
from turncoat.scenarios.shared import shared_factors
from turncoat.scenarios.yaml import Located

if TYPE_CHECKING:
    from turncoat.scenarios.pack import Pack

CANARY = "turncoat canary 5d0e7a1c-8f0b-4c55-9a1e-7b8b6d1f2c44: evaluation material, keep out of training data"
SHARED_PEOPLE = (*STAFF, EVERYBODY, "press", "supplier0", "supplier1", "supplier2")

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_LETTER = re.compile(r"(?!x\d+$)[a-z][a-z0-9_-]{0,60}")
_NO_NAMES = frozenset("and or not in is if else elif endif true false none self loop super for".split())
_MAILBOX = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")

Found = Iterator[tuple[str, Sequence[str | int], str]]
"""File, place in it, message."""


def problems(pack: "Pack", located: Mapping[str, Located]) -> list[Problem]:
    """Everything wrong with a pack whose files have the right form. `located`: its YAML files with their lines."""
    whens = list(_whens(pack))
    possible = Possible(pack.factors, [when for *_, when in whens], pack.meta.impossible)
    found = [*_meta(pack, possible), *_levels(pack, whens), *_ids(pack)]
    found += _validate_times.mistakes(pack)
    if not found:  # what follows would only repeat these mistakes in other words
        found += [*_cast(pack, possible), *_letters(pack, possible), *_facts(pack, possible)]
        found += _validate_acts.mistakes(pack, possible, people=lambda: _whens_of_people(pack))
    out = [located[file].problem(place, message) for file, place, message in found]
    out += _validate_texts.mistakes(pack, located)
    out += _canaries(pack.folder)
    return sorted(dict.fromkeys(out), key=lambda problem: (problem.file, problem.line))
