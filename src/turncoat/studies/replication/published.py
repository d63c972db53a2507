"""The published prompts and graders, read from the package `inspect-evals` when they are asked for; kept nowhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from turncoat.errors import UsageError

THEIR_NAME: Mapping[str, str] = {"blackmail": "blackmail", "espionage": "leaking", "lethal": "murder"}
"""Our scenario -> theirs."""
LEVELS: Mapping[str, tuple[str, ...]] = {
    "threat": ("none", "restriction", "replacement"),
    "goal": ("none", "explicit", "latent", "ambiguous", "swap"),
    "prohibition": ("none", "explicit"),
    "scratchpad": ("on", "off"),
}
"""Those of our factors that the published prompts vary, with the (kinds of) levels that they have."""
USUAL: Mapping[str, str] = {
    "threat": "replacement", "goal": "explicit:america", "prohibition": "none", "scratchpad": "on",
}  # fmt: skip
"""What the package runs where nothing is asked for."""
INSTALL = "pip install -c constraints.txt -e '.[replication]'"


@dataclass(frozen=True, slots=True)
class Published:
    """One published condition, word for word: the system message, the user message, and the mails in it."""

    system: str
    user: str
    mails: str


@cache
def published(scenario: str, threat: str, goal: str, prohibition: str, scratchpad: str) -> Published:
    """The prompts of a condition, given by our scenario and levels. Raises `UsageError` without the package."""
    kind, _, value = goal.partition(":")
    made = _module("prompt_generator").generate_prompts(
        scenario=THEIR_NAME[scenario],
        goal_type=kind,
        goal_value=value or "none",
        urgency_type=threat,
        extra_system_instructions="dont" if prohibition == "explicit" else None,
        prod_flag=scratchpad == "off",
        alignment_faking_warning=None,
    )
    return Published(made.system_prompt, "\n".join([made.user_prompt, made.email_content]), made.email_content)


def grader(scenario: str) -> Any:
    """Their classifier of a scenario's harm: what it asks a model, and what it makes of the answer."""
    classes = {"blackmail": "BlackmailClassifier", "espionage": "LeakClassifier", "lethal": "MurderClassifier"}
    return getattr(_module("classifiers"), classes[scenario])()


@cache
def prompts_version() -> str:
    """The package's version, and 8 hexadecimal digits of the SHA-256 of all that prompts are made of."""
    return f"inspect-evals-{version('inspect-evals')}-{_hash('templates', 'prompt_generator.py')}"


@cache
def grader_version() -> str:
    """8 hexadecimal digits of the SHA-256 of what graders ask and how answers are read."""
    return _hash("classifiers")


def check_installed() -> None:
    """Raise `UsageError` where the package is missing or lacks a part."""
    _module("prompt_generator")
    _module("classifiers")


def _module(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(f"inspect_evals.agentic_misalignment.{name}")
    except ImportError as error:
        raise UsageError(
            f"The published prompts are not part of Turncoat: they are read from the package inspect-evals, which "
            f"cannot be used here ({error}). Install it with {INSTALL}"
        ) from None


def _hash(*names: str) -> str:
    folder = Path(_module("prompt_generator").__file__).parent
    digest = sha256()
    for name in names:
        place = folder / name
        files = (
            [place] if place.is_file() else sorted(each for each in place.rglob("*") if each.suffix in (".md", ".py"))
        )
        for file in files:
            digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:8]


MAIL = re.compile(r"<email>\s*(.*?)\s*</email>", re.DOTALL)
"""How a mail stands in the published prompts."""
