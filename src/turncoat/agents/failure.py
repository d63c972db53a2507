"""Why a model gave no answer, in words that a person can act on."""

import re
from typing import Literal

from tenacity import RetryError

from turncoat.agents.secrets import masked
from turncoat.errors import TurncoatError

Matter = Literal["credit", "key", "model"]
"""What of an account is refused: it has no money left, its key is wrong, the model is not there or not for it."""

_PHRASES: tuple[tuple[str, Matter], ...] = (
    ("insufficient_quota", "credit"),
    ("credit balance is too low", "credit"),
    ("API_KEY_INVALID", "key"),
    ("API key not valid", "key"),
    ("Incorrect API key", "key"),
)
"""What some say under another status: OpenAI and Anthropic of an empty account, Google and xAI of a wrong key."""
_OF_THE_ACCOUNT = frozenset({402, 403, 404})
_NAMED: tuple[tuple[re.Pattern[str], Matter], ...] = (
    (re.compile(r"credit|balance|billing|payment|funds|quota", re.IGNORECASE), "credit"),
    (re.compile(r"\bkeys?\b|security token|PERMISSION_DENIED", re.IGNORECASE), "key"),
    (re.compile(r"model", re.IGNORECASE), "model"),
)
_OF_THE_QUESTION = re.compile(
    r"moderation|flagged|guideline|violat|safety|polic|filter|blocked|max_tokens|per (?:minute|day)|rate.?limit",
    re.IGNORECASE,
)
"""Under the same statuses: what the prompt says, how long the answer may be, or how fast questions come."""
_GRPC = {"UNAUTHENTICATED": 401, "PERMISSION_DENIED": 403, "NOT_FOUND": 404, "RESOURCE_EXHAUSTED": 429}


class ProviderError(TurncoatError):
    """The provider gave no answer, for good. The rollout is left for a later run.

    `message` is what Inspect writes into the log in place of the exception's repr. `refused`: what of the account was
    refused, so that any other question would be too; None where it was this one that failed.
    """

    def __init__(self, message: str, *, refused: Matter | None = None) -> None:
        self.message = masked(message)
        super().__init__(self.message)
        self.refused = refused


def provider_error(error: Exception) -> ProviderError | None:
    """What a failed call comes down to, or None where it was not the provider: such an error keeps its traceback.

    The message is the same for all rollouts that the same thing happened to, and is to be raised without its cause:
    Inspect draws each new traceback in colours, a fifth of a second in which no other answer is read, and a provider
    that is down fails hundreds at once.
    """
    if isinstance(error, ProviderError):
        return ProviderError(error.message, refused=error.refused)
    if isinstance(error, RetryError):
        cause = error.last_attempt.exception() or error
        tries = error.last_attempt.attempt_number
        given_up = f"{_said(cause)} (given up after {tries} {'try' if tries == 1 else 'tries'})"
        return ProviderError(given_up, refused=_refused(_status(cause), _said(cause)))
    said = getattr(error, "provider_message", None)
    if isinstance(said, str):
        name = type(error.__cause__ or error).__name__
        return ProviderError(f"{name}: {said}", refused=_refused(_status(error), said))
    if (status := _status(error)) is not None:
        return ProviderError(_said(error), refused=_refused(status, _said(error)))
    return None


def _status(error: BaseException) -> int | None:
    """The HTTP status of an error, wherever a client keeps it; that of gRPC as the HTTP status that means the same."""
    response = getattr(error, "response", None)
    codes = [getattr(error, name, None) for name in ("status_code", "code")]  # OpenAI and Anthropic; Google
    codes.append(getattr(response, "status_code", None))  # httpx
    if isinstance(response, dict):  # AWS
        codes.append((response.get("ResponseMetadata") or {}).get("HTTPStatusCode"))
    if callable(codes[1]):
        codes.append(_GRPC.get(getattr(codes[1](), "name", ""), 500))
    return next((code for code in codes if isinstance(code, int)), None)


def _refused(status: int | None, said: str) -> Matter | None:
    for phrase, matter in _PHRASES:
        if phrase in said:
            return matter
    if status == 401:
        return "key"
    if status not in _OF_THE_ACCOUNT or _OF_THE_QUESTION.search(said):
        return None
    named = next((matter for words, matter in _NAMED if words.search(said)), None)
    return named or ("credit" if status == 402 else None)


def _said(error: BaseException) -> str:
    # The text of a gRPC error holds the time, and so differs from call to call.
    details = getattr(error, "details", None)
    return f"{type(error).__name__}: {details() if callable(details) else error}".rstrip(": ")
