"""A question as a line of a batch: as OpenAI takes it, as Anthropic takes it, and plainly for everybody else."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from turncoat.judging.models.judge import Exchange
from turncoat.judging.models.request import Request

_LONGEST_ANSWER = 32_000
"""Tokens. Anthropic's API has to be told; every model of it that knows a response schema can give as many."""
_BREAKS = {"\u2028": "\\u2028", "\u2029": "\\u2029", "\x85": "\\u0085"}


@dataclass(frozen=True, slots=True)
class Format:
    """How questions to a judge are written. `requests` and `size` (bytes) are what one file holds at most."""

    name: str
    model: str
    write: Callable[[str, str, Request, Exchange], dict[str, Any]]
    requests: int
    size: int

    def line(self, custom_id: str, request: Request, exchange: Exchange) -> bytes:
        """A question as one line of JSON, its end included."""
        text = json.dumps(self.write(self.model, custom_id, request, exchange), ensure_ascii=False)
        for sign, escape in _BREAKS.items():
            # Line breaks to some readers of JSON lines, and to JSON itself none.
            text = text.replace(sign, escape)
        return text.encode("utf-8", "replace") + b"\n"


def format_of(name: str) -> Format:
    """The format for a judge, by its name: `openai/...`, `anthropic/...`, or anybody else.

    Models of the two that are reached through a cloud (`openai/azure/...`) have other batch APIs: the plain form. The
    sizes are a little below the providers' limits (200 and 256 MB), for clients that write JSON with more room.
    """
    provider, _, model = name.partition("/")
    if model and "/" not in model:
        if provider == "openai":
            return Format("openai", model, _openai, 50_000, 190_000_000)
        if provider == "anthropic":
            return Format("anthropic", model, _anthropic, 100_000, 240_000_000)
    return Format("plain", name, _plain, 100_000, 200_000_000)


def _openai(model: str, custom_id: str, request: Request, exchange: Exchange) -> dict[str, Any]:
    form = {"name": request.part, "schema": request.schema, "strict": True}
    body = {
        "model": model,
        "messages": [{"role": "system", "content": request.system}, *_turns(exchange)],
        "response_format": {"type": "json_schema", "json_schema": form},
    }
    return {"custom_id": custom_id, "method": "POST", "url": "/v1/chat/completions", "body": body}


def _anthropic(model: str, custom_id: str, request: Request, exchange: Exchange) -> dict[str, Any]:
    params = {
        "model": model,
        "max_tokens": _LONGEST_ANSWER,
        "system": request.system,
        "messages": _turns(exchange),
        "output_config": {"format": {"type": "json_schema", "schema": request.schema}},
    }
    return {"custom_id": custom_id, "params": params}


def _plain(judge: str, custom_id: str, request: Request, exchange: Exchange) -> dict[str, Any]:
    asked = {"custom_id": custom_id, "judge": judge, "system": request.system, "user": request.user}
    if len(exchange) > 1:
        asked |= {"answer": exchange[1], "complaint": exchange[2]}
    return {**asked, "schema": request.schema}


def _turns(exchange: Exchange) -> list[dict[str, str]]:
    return [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(exchange)]
