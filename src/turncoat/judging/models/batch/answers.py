"""Answers in files: the outputs of the batch APIs of OpenAI and Anthropic, and plain lines of anybody."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turncoat.errors import UsageError
from turncoat.judging._lines import json_lines

_FIELDS = "custom_id, and text, or response (OpenAI), or result (Anthropic)"
_CUT = "its answer was cut off at the length limit"
_FILTERED = "its provider's content filter stopped it"
_TOO_LONG = "the transcript is too long for it"
_STOPS = {
    "length": _CUT,
    "max_tokens": _CUT,
    "max_output_tokens": _CUT,
    "content_filter": _FILTERED,
    "refusal": "it refused to answer",
    "model_context_window_exceeded": _TOO_LONG,
}
_DONE = ("stop", "end_turn", "stop_sequence", "completed", None)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no text where there should be one."""

    reason: str


class Answers(Mapping[str, str | Failure]):
    """Answers by `custom_id`: the text, or why there is none."""

    def __init__(self, found: Mapping[str, str | Failure]) -> None:
        self._found = dict(found)
        self._alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for each in found:
            self._alike[_question(each)].append(each)

    def __getitem__(self, custom_id: str) -> str | Failure:
        return self._found[custom_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def like(self, custom_id: str) -> list[str]:
        """The names of answers to the same question of whatever rubric and judge."""
        return self._alike.get(_question(custom_id), [])


def _question(custom_id: str) -> tuple[str, ...]:
    return tuple(custom_id.split("-")[:3])


def read_answers(paths: Iterable[Path]) -> Answers:
    """The answers of several files, in any of the three formats, mixed at will.

    An answer takes the place of a failure: what failed may have been asked again. Raises `UsageError` with file and
    line for a line in none of the formats, and for a second answer to one question.
    """
    found: dict[str, str | Failure] = {}
    where: dict[str, str] = {}
    for path in paths:
        for number, value in json_lines(path, fields=_FIELDS):
            here = f"{path}:{number}"
            custom_id, answer = _entry(value, here)
            known = found.get(custom_id)
            if isinstance(known, str) and isinstance(answer, str):
                raise UsageError(f"{here}: {custom_id} has an answer already, at {where[custom_id]}. Keep one of them.")
            if not isinstance(known, str):
                found[custom_id], where[custom_id] = answer, here
    if not found:
        raise UsageError(f"No answers in the files given. Each line is one object with {_FIELDS}.")
    return Answers(found)


class _UnknownError(ValueError):
    """A line that is in none of the formats, with what is wrong."""


def _entry(value: dict[str, Any], here: str) -> tuple[str, str | Failure]:
    custom_id = value.get("custom_id")
    if not isinstance(custom_id, str) or not custom_id:
        raise UsageError(f"{here}: custom_id is missing; it says what is answered. Each line has {_FIELDS}.")
    try:
        return custom_id, _answer(value)
    except _UnknownError as error:
        raise UsageError(f"{here}: {error}. Each line is one object with {_FIELDS}.") from None


def _answer(value: dict[str, Any]) -> str | Failure:
    if "text" in value:
        return _plain(value["text"])
    if "result" in value:
        return _anthropic(_dict(value["result"], "result"))
    if value.get("error") or value.get("response"):
        return _openai(value)
    if "body" in value or "params" in value or "system" in value:
        raise _UnknownError("this is a question, not its answer: give the file that came back")
    raise _UnknownError("there is no answer in it")


def _plain(text: object) -> str | Failure:
    if isinstance(text, dict):
        return json.dumps(text, ensure_ascii=False)
    if not isinstance(text, str):
        raise _UnknownError(f"text: {json.dumps(text)[:60]} where the answer is needed, as a string or an object")
    return _said(text)


def _openai(value: dict[str, Any]) -> str | Failure:
    if error := value.get("error"):
        return _failed(error)
    response = _dict(value["response"], "response")
    body, status = response.get("body"), response.get("status_code", 200)
    if status != 200:
        error = body.get("error", body) if isinstance(body, dict) else body
        return Failure(f"HTTP {status}: {_failed(error).reason}")
    body = _dict(body, "response.body")
    if body.get("error"):
        return _failed(body["error"])
    if "output" in body:
        return _responses(body)
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices:
        raise _UnknownError("response.body has neither choices nor output")
    choice = _dict(choices[0], "response.body.choices[0]")
    message = _dict(choice.get("message"), "response.body.choices[0].message")
    return _refused(message) or _stopped(choice.get("finish_reason")) or _said(_text(message.get("content")))


def _responses(body: dict[str, Any]) -> str | Failure:
    """The body of OpenAI's Responses API."""
    items = [each for each in body["output"] or () if isinstance(each, dict) and each.get("type") == "message"]
    parts = [part for item in items for part in item.get("content") or () if isinstance(part, dict)]
    for part in parts:
        if refused := _refused(part):
            return refused
    details = body.get("incomplete_details")
    stop = details.get("reason") if isinstance(details, dict) else None
    return _stopped(stop or body.get("status")) or _said(_text(parts))


def _anthropic(result: dict[str, Any]) -> str | Failure:
    match result.get("type"):
        case "succeeded":
            message = _dict(result.get("message"), "result.message")
            return _stopped(message.get("stop_reason")) or _said(_text(message.get("content")))
        case "errored":
            error = result.get("error")
            return _failed(error.get("error", error) if isinstance(error, dict) else error)
        case "canceled":
            return Failure("the batch was cancelled before it was asked")
        case "expired":
            return Failure("the batch expired before it was asked")
        case other:
            raise _UnknownError(f"result.type: {other!r} is none of succeeded, errored, canceled, expired")


def _refused(part: dict[str, Any]) -> Failure | None:
    refusal = part.get("refusal")
    return Failure(f"it refused to answer: {refusal}"[:300]) if refusal else None


def _stopped(reason: object) -> Failure | None:
    if reason in _DONE:
        return None
    return Failure(_STOPS.get(str(reason), f"its answer has no proper end ({reason})"))


def _text(content: object) -> str:
    if isinstance(content, list):
        parts = [each for each in content if isinstance(each, dict) and each.get("type") in ("text", "output_text")]
        return "".join(str(each.get("text", "")) for each in parts)
    return content if isinstance(content, str) else ""


def _said(text: str) -> str | Failure:
    return text if text.strip() else Failure("its answer is empty")


def _failed(error: object) -> Failure:
    if isinstance(error, dict):
        said = [str(error[name]) for name in ("type", "code", "message") if error.get(name)]
        return Failure((": ".join(dict.fromkeys(said)) or json.dumps(error))[:300])
    return Failure(str(error or "no reason given")[:300])


def _dict(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _UnknownError(f"{name}: an object is needed there, not {json.dumps(value)[:60]}")
    return value
