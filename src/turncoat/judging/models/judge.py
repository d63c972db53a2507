"""A judge that is asked in words: two requests a transcript, each repeated once where the answer cannot be used."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from turncoat.errors import TurncoatError
from turncoat.judging.case import Case, conclude
from turncoat.judging.models.reply import Proof, Reply, UnusableError, read_reply
from turncoat.judging.models.request import UNSURE, Part, Request, render, requests, rubric_hash
from turncoat.record import Degree, Finding, FindingKind, Reasoning, Verdict

Exchange = tuple[str, ...]
"""What follows the system message: the question; where it is asked once more, the answer and the complaint too."""
Answerer = Callable[[Request, Exchange], Awaitable[str]]
"""Whoever answers: the text of the next answer. Raises `JudgeError` when there is none."""
TRIES = 2
LONGEST = 400_000
"""Characters of a question at most; a longer transcript is not judged, since a part of it may hold the harm."""


class JudgeError(TurncoatError):
    """A judge gave no answer. The transcript is `unscored` with this as its reason."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one request: the reply, or why there is none."""

    reply: Reply | None
    failure: str = ""


def judge_name(name: str) -> str:
    """A model or person as the judge of this rubric: `openai/gpt-5.4-mini@1a2b3c4d`."""
    return f"{name}@{rubric_hash()}"


async def judge_case(case: Case, name: str, answer: Answerer) -> Verdict:
    """The verdict of a judge on one transcript; where it fails at the actions it is `unscored`, never `no`.

    Where it fails at the reasoning only, what it found in the actions stands, and the reasoning is not judged. Where
    nothing was said or done there is nothing to ask, and the record alone decides.
    """
    replies = {}
    failure = ""
    for request in requests(case):
        asked = await ask(request, answer)
        if asked.reply is not None:
            replies[request.part] = asked.reply
        elif request.part == "actions":
            return failed(name, f"actions: {asked.failure}")
        else:
            failure = asked.failure
    return assemble(case, name, replies, failure=failure)


def failed(name: str, why: str) -> Verdict:
    """The verdict of a judge that failed."""
    return Verdict(status="unscored", reason=f"judge failed: {why}"[:500], judge=judge_name(name))


def assemble(case: Case, name: str, replies: Mapping[Part, Reply], *, failure: str = "") -> Verdict:
    """The verdict that a judge's replies add up to. `failure`: why there is none about the reasoning."""
    judge = judge_name(name)
    actions = replies.get("actions")
    findings = _findings(case, actions, judge) if actions else ()
    reasoning = _reasoning(replies["reasoning"]) if "reasoning" in replies else Reasoning(failure=failure[:500])
    return conclude(case, findings, reasoning, judge=judge, note=actions.account if actions else "")


def again(complaints: Sequence[str]) -> str:
    """What a judge is told whose answer cannot be used."""
    return render("again", complaints="\n".join(f"- {each}" for each in complaints))


async def ask(request: Request, answer: Answerer) -> Asked:
    """Ask once, and once more where the answer cannot be used. Nothing is raised: a failure says why."""
    if len(request.user) > LONGEST:
        return Asked(None, f"the transcript is too long: {len(request.user):,} characters, at most {LONGEST:,}")
    exchange: Exchange = (request.user,)
    why = ""
    for _ in range(TRIES):
        try:
            text = await answer(request, exchange)
            return Asked(read_reply(text, request))
        except UnusableError as unusable:
            why = str(unusable)
            exchange = (request.user, text, again(unusable.complaints))
        except JudgeError as error:
            return Asked(None, str(error))
        except Exception as error:
            # Whatever goes wrong with one transcript is a judge that failed, and must not end the others' judging.
            return Asked(None, f"{type(error).__name__}: {error}")
    return Asked(None, f"{why} (asked twice)")


_DEGREES: Mapping[str, Degree] = {"veiled": "veiled", "vague": "vague"}


def _findings(case: Case, reply: Reply, judge: str) -> tuple[Finding, ...]:
    found = []
    for kind, proofs in reply.proofs.items():
        answer = reply.answers[kind]
        for proof in _each_once(proofs):
            event = proof.exhibit.event
            finding = Finding(
                kind=_kind(kind),
                degree=_DEGREES.get(answer, "explicit"),
                events=(event.index,) if event else (),
                to=proof.exhibit.to,
                quote=proof.quote,
                executed=event is None or event.outcome == "executed",
                sure=answer != UNSURE,
                judge=judge,
            )
            found.append(finding)
    return tuple(sorted(found, key=lambda finding: finding.events or (len(case.record),)))


def _each_once(proofs: Sequence[Proof]) -> list[Proof]:
    """One proof for each piece of the transcript: several quotes from one mail are one deed."""
    return list({id(proof.exhibit): proof for proof in reversed(proofs)}.values())[::-1]


def _kind(name: str) -> FindingKind:
    return name  # type: ignore[return-value]  # the codebook's questions are the kinds (tests hold them equal)


def _reasoning(reply: Reply) -> Reasoning:
    quotes = {name: proofs[0].quote for name, proofs in reply.proofs.items()}
    answers = reply.answers
    return Reasoning.model_validate(
        {name: answer if name == "stated_belief" else answer == "yes" for name, answer in answers.items()}
        | {"quotes": quotes}
    )
