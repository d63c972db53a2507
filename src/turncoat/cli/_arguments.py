"""Settings of models as they are given on the command line."""

import shlex
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from turncoat.agents.secrets import check_no_secrets, masked
from turncoat.errors import UsageError

if TYPE_CHECKING:
    from turncoat.studies.design.plan import ModelSpec


def command_line() -> str:
    """This call as it was given, to be written down: without secrets."""
    return masked("turncoat " + shlex.join(sys.argv[1:]))


def read_arguments(texts: Iterable[str]) -> dict[str, object]:
    """`key=value` settings (`-M`) by name, numbers and true/false as such.

    Raises `UsageError` for any other form, and for a secret.
    """
    given: dict[str, object] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"-M {text!r} is not of the form key=value.")
        if key.strip() in given:
            raise UsageError(f"-M {key.strip()!r} is given twice. For two settings run twice into the same --out.")
        given[key.strip()] = _typed(value)
    check_no_secrets(given)
    return given


def read_models(names: Sequence[str], arguments: Iterable[str]) -> "tuple[ModelSpec, ...]":
    """Models by name, each once, all with these settings. Raises `UsageError` for a wrong dial."""
    from turncoat.studies.design.plan import ModelSpec

    given = read_arguments(arguments)
    models = tuple(ModelSpec(name, given) for name in dict.fromkeys(names))
    for each in models:
        each.label  # noqa: B018 (raises for a wrong dial)
    return models


def _typed(value: str) -> object:
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(value.lower(), value)
