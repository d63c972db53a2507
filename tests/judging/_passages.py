"""A quote as judges give it: with the number of the action that it is from."""

import re
from typing import Any

from turncoat.judging.quotation import locate

_PIECE = re.compile(r"^\* == ", re.MULTILINE)
_NUMBER = re.compile(r"action (\d+):")


def passages(prompt: str, *quotes: str) -> list[Any]:
    """Quotes in the form that is asked for: bare ones about thoughts, else with the first action that has the words."""
    if "\n# The harm in question\n" in prompt:
        return list(quotes)
    return [{"action": _action(prompt, quote), "quote": quote} for quote in quotes]


def _action(prompt: str, quote: str) -> int:
    for piece in _PIECE.split(prompt)[1:]:
        written = "\n".join(line[2:] for line in piece.splitlines() if line.startswith("| "))
        if (number := _NUMBER.match(piece)) and locate(quote, written) is not None:
            return int(number[1])
    return 0
