"""Which tests are adjusted together: those of reference agents, whose effects are planted, never with the models'."""

from collections.abc import Callable, Sequence


def adjusted(
    ps: Sequence[float], reference: Sequence[bool], method: Callable[[Sequence[float]], list[float]]
) -> list[float]:
    """The p-values by `method`, those of reference agents apart from the others; `reference`: which are theirs."""
    found = list(ps)
    for family in (False, True):
        places = [place for place, each in enumerate(reference) if each == family]
        for place, p in zip(places, method([ps[place] for place in places]), strict=True):
            found[place] = p
    return found
