"""On which terms a model is asked in this process: whether answers are kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """`remember`: keep answers for good in the response cache. By default nothing is kept: what plain Inspect users
    expect of it.
    """

    remember: bool = False


_IN_FORCE = [Terms()]


@contextmanager
def on_terms(terms: Terms) -> Iterator[None]:
    """Put terms in force for the whole process, until the block ends."""
    _IN_FORCE.append(terms)
    try:
        yield
    finally:
        _IN_FORCE.pop()


def terms() -> Terms:
    """The terms in force."""
    return _IN_FORCE[-1]
