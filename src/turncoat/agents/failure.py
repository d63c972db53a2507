"""Why a model gave no answer, in words that a person can act on."""

from tenacity import RetryError

from turncoat.errors import TurncoatError


class ProviderError(TurncoatError):
    """The provider gave no answer, for good. The rollout is left for a later run.

    `message` is what Inspect writes into the log in place of the exception's repr.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


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
        return ProviderError(f"{type(error.__cause__ or error).__name__}: {said}")
    # The clients of OpenAI and Anthropic call it status_code, Google's calls it code.
    if any(isinstance(getattr(error, name, None), int) for name in ("status_code", "code")):
        return ProviderError(_said(error))
    return None


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
