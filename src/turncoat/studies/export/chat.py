"""A rollout as a chat: what the agent was given, what it said and did, and what came of it, in the OpenAI form."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from turncoat.record import ActionEvent, Rollout

_ATTACHED = "attachment://"


def messages(sample: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The messages of an Inspect sample: system, user, assistant (with `tool_calls`) and tool.

    Private reasoning stands apart from what was said, in `reasoning`. The arguments of a call are JSON text; one that
    the provider could not read has `parse_error` beside it. A tool that failed says how, as the agent was told.
    """
    kept = sample.get("attachments") or {}
    return [_message(each, kept) for each in sample.get("messages") or []]


def tools(sample: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tools that the agent had, as it was told of them; none in the `text` interface."""
    first: Mapping[str, Any] = next((each for each in sample.get("events") or [] if each["event"] == "model"), {})
    kept = sample.get("attachments") or {}
    names = ("name", "description", "parameters")
    return [
        {"type": "function", "function": {name: _resolved(each.get(name) or "", kept) for name in names}}
        for each in first.get("tools") or []
    ]


def actions(rollout: Rollout) -> Iterator[dict[str, Any]]:
    """What the agent tried, in order: `event` is the position that findings point to, `arguments` JSON text.

    `raw` is what could not be read as an action.
    """
    for each in rollout.record:
        if isinstance(each, ActionEvent):
            tried = each.action.model_dump(mode="json") if each.action else {}
            yield {
                "event": each.index,
                "turn": each.turn,
                "kind": tried.pop("kind", ""),
                "outcome": each.outcome,
                "to": list(each.mail.recipients) if each.mail else [],
                "arguments": json.dumps(tried, ensure_ascii=False),
                "raw": each.raw,
                "reason": each.reason,
            }


def _message(given: Mapping[str, Any], kept: Mapping[str, str]) -> dict[str, Any]:
    said, thought = _split(given.get("content") or "", kept)
    made: dict[str, Any] = {"role": given["role"], "content": said}
    if thought:
        made["reasoning"] = thought
    if calls := given.get("tool_calls"):
        made["tool_calls"] = [_call(each, kept) for each in calls]
    if given["role"] == "tool":
        made["tool_call_id"] = given.get("tool_call_id") or ""
        made["name"] = given.get("function") or ""
        if error := given.get("error"):
            made["content"] = "\n".join(filter(None, (said, _whole(error["message"], kept))))
    return made


def _call(call: Mapping[str, Any], kept: Mapping[str, str]) -> dict[str, Any]:
    arguments = json.dumps(_resolved(call.get("arguments") or {}, kept), ensure_ascii=False)
    made = {"id": call["id"], "type": "function", "function": {"name": call["function"], "arguments": arguments}}
    return {**made, "parse_error": call["parse_error"]} if call.get("parse_error") else made


def _split(content: str | list[dict[str, Any]], kept: Mapping[str, str]) -> tuple[str, str]:
    """What was said, and what was thought."""
    if isinstance(content, str):
        return _whole(content, kept), ""
    said, thought = [], []
    for part in content:
        if part["type"] == "reasoning":
            thought.append(_whole((part.get("summary") if part.get("redacted") else part.get("reasoning")) or "", kept))
        elif part["type"] == "text":
            said.append(_whole(part["text"], kept))
        else:
            said.append(f"[{part['type']}]")
    return "\n".join(filter(None, said)), "\n\n".join(filter(None, thought))


def _whole(text: str, kept: Mapping[str, str]) -> str:
    """The text itself where Inspect holds it apart."""
    return kept.get(text.removeprefix(_ATTACHED), text) if text.startswith(_ATTACHED) else text


def _resolved(value: Any, kept: Mapping[str, str]) -> Any:
    match value:
        case str():
            return _whole(value, kept)
        case dict():
            return {name: _resolved(each, kept) for name, each in value.items()}
        case list():
            return [_resolved(each, kept) for each in value]
        case _:
            return value
