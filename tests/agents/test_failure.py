"""What a failed call comes down to: whether it was this question that failed, or every other would too."""

from typing import Any

import pytest

from turncoat.agents.failure import provider_error

KEY = {"error": {"message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}}
LONG = {"error": {"message": "The input token count exceeds the maximum", "status": "INVALID_ARGUMENT"}}
CASES = [
    ("google", 400, KEY, True),
    ("google", 400, LONG, False),
    ("google", 403, {"error": {"message": "Permission denied", "status": "PERMISSION_DENIED"}}, True),
    ("google", 503, {"error": {"message": "Overloaded", "status": "UNAVAILABLE"}}, False),
    ("openai", 401, "Incorrect API key provided", True),
    ("openai", 403, "Your chosen model requires moderation and your input was flagged", False),
    ("openai", 404, "The model does not exist or you do not have access to it", True),
    ("openai", 402, "Insufficient credits", True),
    ("openai", 429, "You exceeded your current quota (insufficient_quota)", True),
    ("openai", 429, "Rate limit reached", False),
    ("openai", 400, "This model's maximum context length is 8192 tokens", False),
]


def raised(client: str, status: int, said: Any) -> Exception:
    error: Exception
    if client == "google":
        error = pytest.importorskip("google.genai.errors").ClientError(status, said)
    else:
        httpx = pytest.importorskip("httpx")
        answer = httpx.Response(status, request=httpx.Request("POST", "http://127.0.0.1"))
        error = pytest.importorskip("openai").APIStatusError(said, response=answer, body=None)
    return error


@pytest.mark.parametrize(("client", "status", "said", "refused"), CASES)
def test_a_refusal_of_the_account_is_told_from_one_of_the_question(
    client: str, status: int, said: Any, refused: bool
) -> None:
    failure = provider_error(raised(client, status, said))
    assert failure is not None
    assert failure.refused == refused


def test_what_is_not_the_providers_keeps_its_traceback() -> None:
    assert provider_error(ValueError("a mistake of ours")) is None
