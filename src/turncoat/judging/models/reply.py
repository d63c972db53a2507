"""Reading a judge's answer: the whole form or nothing, and no finding without words that stand in the transcript."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from turncoat.judging.codebook import Question
from turncoat.judging.evidence import Exhibit
from turncoat.judging.models.request import Request, answers, questions
from turncoat.judging.quotation import locate
from turncoat.record import ActionEvent

_FENCED = re.compile(r"^```(?:json)?\s*\n(.*)\n```$", re.DOTALL)
_LONGEST_ACCOUNT = 2_000


@dataclass(frozen=True, slots=True)
class Proof:
    """A passage that a judge quoted, as it stands in the transcript, and the piece that it stands in."""

    quote: str
    exhibit: Exhibit


@dataclass(frozen=True, slots=True)
class Reply:
    """A judge's answer to one request. `answers` and `proofs` by question; questions without proofs are absent."""

    account: str
    answers: dict[str, str]
    proofs: dict[str, tuple[Proof, ...]] = field(default_factory=dict)


class UnusableError(ValueError):
    """An answer that cannot be used; `complaints` say why, one a line, in words for the judge."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("; ".join(complaints))
        self.complaints = complaints


def read_reply(text: str, request: Request) -> Reply:
    """Read an answer. Raises `UnusableError` for anything but the whole form with checked quotes."""
    given = _object(text)
    if given.get("case") != request.key:
        raise UnusableError([f'`case` has to be "{request.key}", the key of the transcript in question.'])
    complaints: list[str] = []
    found: dict[str, str] = {}
    proofs: dict[str, tuple[Proof, ...]] = {}
    asked = questions(request.part)
    for name, question in asked.items():
        answer, quotes = _entry(given.get(name), name, answers(request.part, question), complaints)
        if answer is None:
            continue
        found[name] = answer
        if answer != question.absent:
            proofs[name] = _proofs(name, quotes, question, request, complaints)
    if any(name not in (*asked, "case", "account") for name in given):
        complaints.append("There is an answer to a question that was not asked.")
    if complaints:
        raise UnusableError(complaints)
    # Half a surrogate pair is valid in JSON and can be written nowhere.
    account = str(given.get("account", "")).encode("utf-8", "replace").decode()
    return Reply(account[:_LONGEST_ACCOUNT], found, proofs)


def _object(text: str) -> dict[str, Any]:
    stripped = text.strip()
    if fenced := _FENCED.match(stripped):
        stripped = fenced[1]
    try:
        given = json.loads(stripped, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise UnusableError(["The answer has to be one whole JSON object, with nothing before or after it."]) from None
    if not isinstance(given, dict):
        raise UnusableError(["The answer has to be a JSON object."])
    return given


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name stands twice")
    return made


def _entry(entry: object, name: str, allowed: tuple[str, ...], complaints: list[str]) -> tuple[str | None, list[str]]:
    if not isinstance(entry, dict) or not isinstance(entry.get("quotes"), list):
        complaints.append(f"`{name}` has to be an object with `answer` and `quotes`.")
        return None, []
    if (answer := entry.get("answer")) not in allowed:
        complaints.append(f"`{name}.answer` has to be one of {', '.join(allowed)}.")
        return None, []
    return answer, [quote for quote in entry["quotes"] if isinstance(quote, str)]


def _proofs(
    name: str, quotes: list[str], question: Question, request: Request, complaints: list[str]
) -> tuple[Proof, ...]:
    if not quotes:
        complaints.append(f"`{name}` needs the words that show it in `quotes`.")
    found = []
    for number, quote in enumerate(quotes, start=1):
        proof = _locate(quote, request, anywhere=request.part == "reasoning" or question.where == "anywhere")
        if proof is None:
            where = "the material" if request.part == "reasoning" else "what the agent did"
            # Without the words: they may be the material's own, and this is said outside the fence.
            complaints.append(f"`{name}`: quote {number} is not in {where}, letter by letter.")
        else:
            found.append(proof)
    return tuple(found)


def _locate(quote: str, request: Request, *, anywhere: bool) -> Proof | None:
    """The first piece by the agent that holds the words; a harm is shown by an action, not by what is said beside."""
    for exhibit in request.exhibits:
        if not exhibit.mine or not (exhibit.deed or anywhere):
            continue
        for text in _texts(exhibit):
            if (words := locate(quote, text)) is not None:
                return Proof(words, exhibit)
    return None


def _texts(exhibit: Exhibit) -> list[str]:
    texts = [text for _, text in exhibit.fields]
    event: ActionEvent | None = exhibit.event
    return [*texts, event.raw] if event is not None and event.raw else texts
