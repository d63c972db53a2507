"""What must not be written down: keys, tokens and passwords, known by the name they go by or by how they look."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from turncoat.errors import UsageError

Place = tuple[str | int, ...]
"""Keys and positions from the top."""
_SECRET = re.compile(
    r".*((key|secret|password|credential)s?|token|passwd|passphrase|pwd|auth|authentication|authorization|bearer)"
    r"|cookies?|jwt|pass|passcode|pw|sessionid|sig|signature"
)
"""A word of a name. Tokens in the plural are those that a model reads and writes."""
_HARMLESS = re.compile(r"prompt_cache_key|.*(type|mode|method|limit|name|env|variable|path)", re.IGNORECASE)
"""Names of what only speaks of one: its kind, or where it is kept."""
_SAYS_NOTHING = re.compile(
    r"|<.*>|\[\w+\]|none|null|true|false|auto|default|on|off|basic|bearer|oauth2?|[\d.]{1,7}", re.IGNORECASE
)
"""Values that are no secret under any name: nothing, the special tokens of a vocabulary, a mode."""
_LOOKS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:sk|rk)[-_](?=[\w-]*\d)[\w-]{16,}"  # OpenAI, Anthropic, OpenRouter, DeepSeek, Stripe
    r"|(?:gh[a-z]_|hf_|gsk_|r8_|npm_|fw_)[A-Za-z0-9]{16,}"  # GitHub, Hugging Face, Groq, Replicate, npm, Fireworks
    r"|(?:github_pat_|tgp_v\d_|dop_v\d_)\w{16,}"  # GitHub, Together, DigitalOcean
    r"|(?:xai|pplx|nvapi|glpat|csk)-(?=[\w-]*\d)[\w-]{16,}"  # xAI, Perplexity, NVIDIA, GitLab, Cerebras
    r"|(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[A-Z0-9]{16}"  # AWS
    r"|AIza[\w-]{30,}|ya29\.[\w-]{16,}"  # Google
    r"|xox[a-z]-[\w-]{10,}"  # Slack
    r"|eyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?"  # a JSON web token
    r")|-----BEGIN [A-Z0-9 ]*KEY(?: BLOCK)?-----(?:.*?-----END [A-Z0-9 ]*KEY(?: BLOCK)?-----)?",
    re.DOTALL,
)
"""How keys of providers look, wherever they stand; from their documentation and from detect-secrets 1.5."""
_USERINFO = re.compile(r"(?<=//)[^/?#\s@]+(?=@)|^(?!mailto:)[^/?#\s:@]+:[^/?#\s@]+(?=@[\w-]+[.:]\w)")
_BEARER = re.compile(r"\b(?i:bearer|basic)\s+(?=\S*(?:\d|[a-z][A-Z]|=))[\w.~+/=-]{8,}")
_NAMED = re.compile(r"""([\w-]+)["']?\s*[:=]\s*["']?([^\s"'&;,}]*)""")
"""What a text gives a value to: a header, a part of an address's query."""
_ONE_NAMED = re.compile(r"\s*[\w-]+\s*[:=]\s*\S*\s*|\S*")
"""A header, or anything without blanks: no sentence."""
_OPAQUE = re.compile(r"(?=.*[A-Za-z])(?=.*\d.*\d)[\w.~+/=-]{8,}")
"""No word of a sentence, and no number."""
_KEPT = re.compile(r"(?=\S*[A-Za-z])(?=\S*\d)\S{8,}")
"""A variable's value that is looked for in texts: a shorter or plainer one, such as `lm-studio`, may be any word."""
HIDDEN = "***"

REMEDY = (
    "looks like a secret, which would stand in the results and in their report. Remove it and set the provider's "
    "environment variable instead, such as OPENAI_API_KEY, or OPENAI_BASE_URL for an address with a password"
)


def secrets(arguments: Mapping[str, Any]) -> list[Place]:
    """Where a model's arguments hold what looks like a secret."""
    return list(_places(arguments, ()))


def check_no_secrets(arguments: Mapping[str, Any]) -> None:
    """Raise `UsageError` where there is one, or the very value of a secret that stands in the environment."""
    for place in (*secrets(arguments), *holding(arguments)):
        raise UsageError(f"{'.'.join(map(str, place))} among the model's arguments {REMEDY}.")


def check_no_secret(what: str, text: str) -> None:
    """Raise `UsageError` where a text holds one. `what`: what the text is."""
    for _ in holding(text):
        raise UsageError(f"{what} {masked(text)!r} {REMEDY}.")


def masked(text: str) -> str:
    """A text with `***` for what looks like a secret, and for those that stand in this process's environment."""
    for value in sorted(_kept(), key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    return _USERINFO.sub(HIDDEN, _LOOKS.sub(HIDDEN, text))


def holding(value: Any) -> Iterator[Place]:
    """Where the texts are that `masked` would change, in a text or in what has texts in it."""
    return (place for place, text in _texts(value, ()) if masked(text) != text)


def _kept() -> set[str]:
    """The secrets in this process's environment. PWD is where it works."""
    named = {name for name in os.environ if _names_one(name)} - {"PWD", "OLDPWD"}
    return {value for name in named if _KEPT.fullmatch(value := os.environ[name])}


def _places(value: Any, here: Place) -> Iterator[Place]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            place = (*here, masked(str(name)))
            if _LOOKS.search(str(name)) or (
                _names_one(str(name)) and any(_could_be_one(text) for _, text in _texts(each, ()))
            ):
                yield place
            else:
                yield from _places(each, place)
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from _places(each, (*here, number))
    elif isinstance(value, str) and _holds_one(value):
        yield here


def _texts(value: Any, here: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield here, value
    elif isinstance(value, Mapping | list | tuple):
        for name, each in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from _texts(each, (*here, name))


def _names_one(name: str) -> bool:
    words = re.split("[^a-z]+", re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())
    return not _HARMLESS.fullmatch(name) and any(map(_SECRET.fullmatch, words))


def _could_be_one(text: str) -> bool:
    return not _SAYS_NOTHING.fullmatch(text.strip())


def _holds_one(text: str) -> bool:
    if any(looks.search(text) for looks in (_LOOKS, _USERINFO, _BEARER)):
        return True
    if text.lstrip().startswith(("{", "[")):
        try:
            return bool(secrets({"": json.loads(text)}))
        except ValueError:
            pass
    told = _could_be_one if _ONE_NAMED.fullmatch(text) else _OPAQUE.fullmatch
    return any(_names_one(name) and told(value) for name, value in _NAMED.findall(text))
