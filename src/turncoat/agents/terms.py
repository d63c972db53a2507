"""On which terms a model is asked in this process: whether answers are kept, and what they may cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from turncoat.agents.budget import Budget


@dataclass(frozen=True, slots=True)
class Terms:
    """`remember`: keep answers for good in the response cache. By default nothing is kept and nothing limited: what
    plain Inspect users expect of it.
    """

    remember: bool = False
    budget: Budget | None = None


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
