"""What a failed call comes down to: whether it was this question that failed, or every other would too."""

from types import SimpleNamespace
from typing import Any

import pytest
from tenacity import Future, RetryError

from turncoat.agents.failure import provider_error

KEY = {"error": {"message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}}
LONG = {"error": {"message": "The input token count exceeds the maximum", "status": "INVALID_ARGUMENT"}}
XAI = "Content violates usage guidelines. API key ID: 1, Model: grok-4, Failed check: SAFETY_CHECK_TYPE_BIO"
CASES = [
    ("google", 400, KEY, "key"),
    ("google", 400, LONG, None),
    ("google", 403, {"error": {"message": "Permission denied", "status": "PERMISSION_DENIED"}}, "key"),
    ("google", 404, {"error": {"message": "models/gemini-9 is not found", "status": "NOT_FOUND"}}, "model"),
    ("google", 503, {"error": {"message": "Overloaded", "status": "UNAVAILABLE"}}, None),
    ("openai", 401, "no words at all", "key"),
    ("openai", 403, "Your chosen model requires moderation and your input was flagged", None),
    ("openai", 403, XAI, None),
    ("openai", 403, "Request blocked by the firewall", None),
    ("openai", 403, "Project p does not have access to model gpt-9", "model"),
    ("openai", 404, "The model does not exist or you do not have access to it", "model"),
    ("openai", 404, "Item with id 'rs_1' not found", None),
    ("openai", 404, "No endpoints found that support tool use", None),
    ("openai", 402, "Insufficient credits", "credit"),
    ("openai", 402, "", "credit"),
    ("openai", 403, "rateLimitExceeded: quota exceeded for requests per minute", None),
    ("openai", 403, "The request was blocked by the content policy of this model", None),
    ("openai", 402, "This request requires more credits, or fewer max_tokens", None),
    ("openai", 429, "You exceeded your current quota (insufficient_quota)", "credit"),
    ("openai", 429, "Rate limit reached", None),
    ("openai", 400, "This model's maximum context length is 8192 tokens", None),
    ("httpx", 401, "", "key"),
    ("httpx", 500, "", None),
    ("aws", 403, "You don't have access to the model with the specified model ID", "model"),
    ("aws", 503, "Too many connections", None),
    ("grpc", "UNAUTHENTICATED", "", "key"),
    ("grpc", "NOT_FOUND", "The model grok-9 does not exist", "model"),
    ("grpc", "PERMISSION_DENIED", XAI, None),
    ("grpc", "UNAVAILABLE", "no connection", None),
]


class AwsError(Exception):
    """As botocore's ClientError: the status is deep in a dictionary."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.response = {"Error": {"Message": said}, "ResponseMetadata": {"HTTPStatusCode": status}}


class GrpcError(Exception):
    """As AioRpcError: code and details are methods, and the text holds the time."""

    def __init__(self, status: str, said: str) -> None:
        super().__init__(f"{status} {said} {{created_time: 12:00:00.123}}")
        self.code = lambda: SimpleNamespace(name=status)
        self.details = lambda: said


def raised(client: str, status: Any, said: Any) -> Exception:
    if client == "google":
        error: Exception = pytest.importorskip("google.genai.errors").ClientError(status, said)
        return error
    if client in ("aws", "grpc"):
        return AwsError(status, said) if client == "aws" else GrpcError(status, said)
    httpx = pytest.importorskip("httpx")
    request = httpx.Request("POST", "http://127.0.0.1")
    answer = httpx.Response(status, request=request)
    if client == "httpx":
        error = httpx.HTTPStatusError(f"status {status}", request=request, response=answer)
    else:
        error = pytest.importorskip("openai").APIStatusError(said, response=answer, body=None)
    return error


def given_up(cause: Exception) -> RetryError:
    last = Future(6)
    last.set_exception(cause)
    return RetryError(last)


@pytest.mark.parametrize(("client", "status", "said", "refused"), CASES)
def test_a_refusal_of_the_account_is_told_from_one_of_the_question(
    client: str, status: Any, said: Any, refused: str | None
) -> None:
    error = raised(client, status, said)
    for each in (error, given_up(error)):
        failure = provider_error(each)
        assert failure is not None
        assert failure.refused == refused
        assert "created_time" not in failure.message


def test_what_is_not_the_providers_keeps_its_traceback() -> None:
    assert provider_error(ValueError("a mistake of ours")) is None
