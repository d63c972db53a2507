"""What a model is called in tables: its name, with the arguments that can change what it does."""

from collections.abc import Mapping
from typing import Any

from turncoat.agents.secrets import secrets
from turncoat.reference import dials

_SILENT = ("base_url", "memoize")


def label(name: str, arguments: Mapping[str, Any]) -> str:
    """`provider/model(effort=high)`: name and arguments; secrets and addresses are left out.

    Of a reference agent the dials that differ from their defaults. Raises `UsageError` for one with a wrong dial.
    """
    provider, _, agent = name.partition("/")
    if provider == "reference":
        shown = dials(agent, arguments).shown()
    else:
        hidden = {*_SILENT, *(place[0] for place in secrets(arguments))}
        shown = ",".join(f"{key}={arguments[key]}" for key in sorted(arguments) if key not in hidden)
    return f"{name}({shown})" if shown else name
