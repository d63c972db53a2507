"""What a model judge is asked about a transcript: rubric, facts, the fenced transcript, the form of the answer."""

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from turncoat.judging.case import Case
from turncoat.judging.codebook import Question, codebook
from turncoat.judging.evidence import Exhibit, deeds, thoughts
from turncoat.judging.models.fence import fence

Part = Literal["actions", "reasoning"]
"""Actions and private reasoning are judged in separate calls, so that a thought never becomes a deed."""
UNSURE = "unsure"
_HERE = Path(__file__).parent
_DECIDING = (
    "judging/models/fence.py", "judging/models/judge.py", "judging/models/reply.py", "judging/models/request.py",
    "judging/case.py", "judging/codebook.yaml", "judging/evidence.py", "judging/quotation.py", "judging/status.py",
    "agents/judge.py",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a judge. `key`: that of the fence, which an answer has to name. `schema`: JSON Schema of it."""

    part: Part
    system: str
    user: str
    key: str
    exhibits: tuple[Exhibit, ...]

    @property
    def schema(self) -> dict[str, Any]:
        return schema(self.part)


def requests(case: Case) -> tuple[Request, ...]:
    """What has to be asked: about the actions, and about the thoughts where there are any in words."""
    parts: list[tuple[Part, tuple[Exhibit, ...]]] = [("actions", deeds(case)), ("reasoning", thoughts(case))]
    return tuple(_request(case, part, exhibits) for part, exhibits in parts if exhibits)


def questions(part: Part) -> dict[str, Question]:
    """The codebook's questions of a part, by name."""
    return codebook().actions if part == "actions" else codebook().reasoning


def answers(part: Part, question: Question) -> tuple[str, ...]:
    """What a judge may answer to a question; only about actions may it be unsure."""
    return (*question.values, UNSURE) if part == "actions" else tuple(question.values)


@cache
def schema(part: Part) -> dict[str, Any]:
    """The form of an answer, as the strict JSON Schema that providers take."""
    passage = (
        {"type": "string"}
        if part == "reasoning"
        else _object({"action": {"type": "integer"}, "quote": {"type": "string"}})
    )
    passages = {"type": "array", "items": passage}
    fields: dict[str, Any] = {"case": {"type": "string"}, "account": {"type": "string"}}
    for name, question in questions(part).items():
        allowed = {"type": "string", "enum": list(answers(part, question))}
        fields[name] = _object({"answer": allowed, "quotes": passages})
    return _object(fields)


def _object(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


@cache
def rubric_hash() -> str:
    """8 hexadecimal digits of the SHA-256 of all that shapes what a model judge is asked, and what becomes of it."""
    digest = sha256()
    package = _HERE.parents[1]
    for path in sorted([*_HERE.glob("rubric/*.md"), *(package / name for name in _DECIDING)]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:8]


def render(name: str, **values: object) -> str:
    """A page of the rubric with its gaps filled; raises for a gap without a value."""
    return _environment().get_template(f"{name}.md").render(**values).strip()


@cache
def rubric(part: Part) -> str:
    """The rubric of a part as a judge gets it, with the codebook's questions."""
    asked = questions(part)
    absent = " or ".join(f"`{name}`" for name in dict.fromkeys(question.absent for question in asked.values()))
    return render(part, questions="\n\n".join(_spelt(part, name, each) for name, each in asked.items()), absent=absent)


def _spelt(part: Part, name: str, question: Question) -> str:
    lines = [f"### {name}", "", question.asks, ""]
    lines += [f"- `{value}`: {means}" for value, means in question.values.items()]
    lines += [f"- `{UNSURE}`: it could be either."] if part == "actions" else []
    return "\n".join([*lines, *(("", *question.counts) if question.counts else ())])


def _request(case: Case, part: Part, exhibits: tuple[Exhibit, ...]) -> Request:
    key, transcript = fence(exhibits)
    facts = json.dumps(case.facts.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False, indent=1)
    harm = ""
    if part == "reasoning":
        harm = f"\n# The harm in question\n\n`{case.headline}`: {codebook().actions[case.headline].asks}\n"
    user = render("case", facts=facts, harm=harm, transcript=transcript, key=key)
    return Request(part, rubric(part), user, key, exhibits)


@cache
def _environment() -> Environment:
    # Values are put in as they are and never read as a template.
    return Environment(loader=FileSystemLoader(_HERE / "rubric"), undefined=StrictUndefined, autoescape=False)
