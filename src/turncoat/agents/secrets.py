"""What must not be written down: keys, tokens and passwords among a model's arguments."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from turncoat.errors import UsageError

_SECRET = re.compile(r".*((key|secret|password|credential)s?|token|passwd|passphrase|pwd|auth|authorization|bearer)")
"""A word of a name. Tokens in the plural are those that a model reads and writes."""
_HARMLESS = ("prompt_cache_key",)
_NAME = re.compile(r"""([\w-]+)["']?\s*[:=]""")
"""What a text gives a value to: a header, a field of JSON, a part of an address's query."""
_USERINFO = re.compile(r"//[^/?#\s]*@|^[^/?#\s:]+:[^/?#\s]*@")
_BEARER = re.compile(r"\b(bearer|basic)\s+\S{8}", re.IGNORECASE)

REMEDY = (
    "looks like a secret, which would stand in the results and in their report. Remove it and set the provider's "
    "environment variable instead, such as OPENAI_API_KEY, or OPENAI_BASE_URL for an address with a password"
)


def secrets(arguments: Mapping[str, Any]) -> list[tuple[str | int, ...]]:
    """Where a model's arguments hold what looks like a secret: keys and positions from the top."""
    return list(_places(arguments, ()))


def check_no_secrets(arguments: Mapping[str, Any]) -> None:
    """Raise `UsageError` where there is one."""
    for place in secrets(arguments):
        raise UsageError(f"{'.'.join(map(str, place))} among the model's arguments {REMEDY}.")


def _places(value: Any, here: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            if _names_one(str(name)):
                yield (*here, str(name))
            else:
                yield from _places(each, (*here, str(name)))
    elif isinstance(value, list | tuple):
        for place, each in enumerate(value):
            yield from _places(each, (*here, place))
    elif isinstance(value, str) and _holds_one(value):
        yield here


def _names_one(name: str) -> bool:
    words = re.split("[^a-z]+", re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())
    return name not in _HARMLESS and any(map(_SECRET.fullmatch, words))


def _holds_one(text: str) -> bool:
    return bool(
        _USERINFO.search(text) or _BEARER.search(text) or any(_names_one(each[1]) for each in _NAME.finditer(text))
    )
