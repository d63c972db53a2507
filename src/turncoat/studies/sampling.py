"""How many rollouts of a cell a rule of sampling looks at."""

from collections.abc import Iterator
from math import ceil
from typing import assert_never

from turncoat.studies.study import Contrasts, Decide, Fixed, Sampling, Width


def looks(sampling: Sampling) -> Iterator[int]:
    """How many rollouts a cell has at each look, the last of them the cap."""
    match sampling:
        case Fixed():
            yield sampling.samples
        case Contrasts():
            yield from (ceil(sampling.cap * look / sampling.looks) for look in range(1, sampling.looks + 1))
        case Width() | Decide():
            yield from range(sampling.look, sampling.cap, sampling.look)
            yield sampling.cap
        case _:
            assert_never(sampling)


def most(sampling: Sampling) -> int:
    """The rollouts of a cell at the last look."""
    return sampling.samples if isinstance(sampling, Fixed) else sampling.cap
