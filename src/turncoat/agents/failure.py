"""Why a model gave no answer, in words that a person can act on."""

from tenacity import RetryError

from turncoat.errors import TurncoatError

_OF_THE_ACCOUNT = frozenset({401, 402, 403, 404})
"""What a provider answers to a wrong key, an empty account, and a model that is not there or not for this account."""
_SAID_OF_IT = ("API_KEY_INVALID", "API key not valid", "insufficient_quota", "credit balance is too low")
"""What some say under another status: Google of a wrong key, OpenAI and Anthropic of an empty account."""
_SAID_OF_THE_PROMPT = ("moderation", "flagged")


class ProviderError(TurncoatError):
    """The provider gave no answer, for good. The rollout is left for a later run.

    `message` is what Inspect writes into the log in place of the exception's repr. `refused`: it was the account that
    was refused and not this question, so that any other would be too.
    """

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.refused = refused


def provider_error(error: Exception) -> ProviderError | None:
    """What a failed call comes down to, or None where it was not the provider: such an error keeps its traceback.

    The message is the same for all rollouts that the same thing happened to, and is to be raised without its cause:
    Inspect draws each new traceback in colours, a fifth of a second in which no other answer is read, and a provider
    that is down fails hundreds at once.
    """
    if isinstance(error, RetryError):
        cause = error.last_attempt.exception()
        tries = error.last_attempt.attempt_number
        return ProviderError(f"{_said(cause or error)} (given up after {tries} {'try' if tries == 1 else 'tries'})")
    said = getattr(error, "provider_message", None)
    if isinstance(said, str):
        name = type(error.__cause__ or error).__name__
        return ProviderError(f"{name}: {said}", refused=_refused(_status(error), said))
    if (status := _status(error)) is not None:
        return ProviderError(_said(error), refused=_refused(status, str(error)))
    return None


def _status(error: Exception) -> int | None:
    # The clients of OpenAI and Anthropic call it status_code, Google's calls it code.
    codes = (getattr(error, name, None) for name in ("status_code", "code"))
    return next((code for code in codes if isinstance(code, int)), None)


def _refused(status: int | None, said: str) -> bool:
    if any(words in said for words in _SAID_OF_IT):
        return True
    return status in _OF_THE_ACCOUNT and not any(words in said.lower() for words in _SAID_OF_THE_PROMPT)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
