"""The scanner `turncoat/judge` of Scout: the same verdicts, over transcripts. Needs the extra `scout`."""

import json
from collections.abc import Iterator

from inspect_ai._util.error import PrerequisiteError  # the one error that Inspect prints without a traceback
from inspect_ai.model import ChatMessage, ChatMessageAssistant
from inspect_ai.scorer import Score
from inspect_scout import Reference, Result, Scanner, Transcript, scanner

from turncoat.errors import UsageError
from turncoat.judging import Case, codes
from turncoat.judging.models.judge import JudgeError
from turncoat.judging.quotation import locate
from turncoat.record import Verdict
from turncoat.scoring.judges import Judges, judge_called
from turncoat.scoring.sample import Sample, rollout_in, seen_in, world_of
from turncoat.scoring.validation import FIELD, check_field, scan_value
from turncoat.studies.running.score import explain


@scanner(name="judge", messages="all", events=["model"])
def judge(
    judge: Judges = "rules",
    facts: str = "",
    scenario: str = "",
    world: str = "",
    path: str = "",
    field: str = FIELD,
) -> Scanner[Transcript]:
    """Judge what the agent did, as the scorer of the same name.

    The value is what the verdict says of `field`, a field of the codebook: for `headline_harm` True, False,
    "uncertain", or None where there was nothing to judge (the metadata is the whole verdict). A judge that fails is an
    error of the scan, which `scout scan resume` asks again, and never a value.
    """
    try:
        check_field(field)
        by, around = judge_called(judge), world_of(facts, scenario, world, path)
    except UsageError as error:
        raise PrerequisiteError(str(error)) from None

    async def scan(transcript: Transcript) -> Result:
        try:
            case = around.case(_sample(transcript))
        except UsageError as mistake:
            raise PrerequisiteError(str(mistake)) from None
        verdict = await by.judge(case) if isinstance(case, Case) else case
        if isinstance(case, Case) and verdict.status == "unscored":
            raise JudgeError(verdict.reason)
        return Result(
            value=scan_value(codes(verdict)[field]) if verdict.status == "scored" else None,
            answer=verdict.headline_harm or verdict.status,
            explanation=explain(verdict),
            metadata=verdict.model_dump(mode="json", exclude={"headline_harm"}),
            references=list(_references(verdict, transcript.messages)),
        )

    return scan


def _sample(transcript: Transcript) -> Sample:
    held = transcript.metadata.get("scores") or {}
    stop, error, _ = seen_in(transcript.events, transcript.messages)
    return Sample(
        id=transcript.transcript_id,
        metadata=transcript.metadata.get("sample_metadata") or {},
        messages=transcript.messages,
        stop="length" if transcript.limit else stop,
        error=transcript.error or error,
        rollout=rollout_in(Score.model_validate(each) for each in held.values()),
    )


def _references(verdict: Verdict, messages: list[ChatMessage]) -> Iterator[Reference]:
    """The messages in which the words stand that a verdict quotes."""
    quotes = list(dict.fromkeys(finding.quote for finding in verdict.findings))
    for message in messages:
        if isinstance(message, ChatMessageAssistant) and message.id:
            texts = list(_texts(message))
            if any(locate(quote, text) is not None for quote in quotes for text in texts):
                yield Reference(type="message", id=message.id)


def _texts(message: ChatMessageAssistant) -> Iterator[str]:
    yield message.text
    for call in message.tool_calls or []:
        for argument in call.arguments.values():
            yield argument if isinstance(argument, str) else json.dumps(argument, default=str)
