"""A judge whose answers are in files."""

from collections.abc import Coroutine
from typing import Any, TypeVar

from turncoat.judging.case import Case
from turncoat.judging.models.batch.answers import Answers, Failure
from turncoat.judging.models.batch.ids import Asker, attempt_of
from turncoat.judging.models.judge import Answerer, Exchange, JudgeError, judge_case
from turncoat.judging.models.request import Request
from turncoat.record import Verdict

T = TypeVar("T")


def judge_from_answers(case: Case, name: str, answers: Answers) -> Verdict:
    """The verdict that a judge's answers in files add up to: `unscored` where one is missing, failed or unusable."""
    return at_once(judge_case(case, name, answerer(case, name, answers)))


def is_answered(case: Case, name: str, answers: Answers) -> bool:
    """Whether this judge has said anything on the actions of a transcript in the files; a failure says nothing."""
    return isinstance(answers.get(Asker.of(case, name).custom_id("actions")), str)


def answerer(case: Case, name: str, answers: Answers) -> Answerer:
    """Answer questions about a transcript with what a judge has said in the files, and nobody else."""
    asker = Asker.of(case, name)

    async def answer(request: Request, exchange: Exchange) -> str:
        wanted = asker.custom_id(request.part, attempt_of(exchange))
        found = answers.get(wanted)
        if found is None:
            raise JudgeError(_missing(wanted, answers))
        if isinstance(found, Failure):
            raise JudgeError(found.reason)
        return found

    return answer


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing, with or without an event loop around."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise RuntimeError("it waits for something")


def _missing(wanted: str, answers: Answers) -> str:
    """Why there is no answer, in words that are the same for all that are missing for the same reason."""
    *_, attempt, rubric, judge = wanted.split("-")
    others = [each.split("-")[-2:] for each in answers.like(wanted)]
    if any(other == rubric for other, _ in others):
        return "no answer in the files; the one there is of another judge"
    if old := sorted({other for other, given in others if given == judge}):
        why = f"no answer in the files under this rubric ({rubric}), but one under {', '.join(old)}"
        return f"{why}: export the questions and ask again"
    if attempt != "1":
        return "its answer cannot be used, and the files have no second one"
    return "no answer in the files"
