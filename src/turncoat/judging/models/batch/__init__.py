"""Questions to judges as files, and answers as files: batch APIs, other harnesses and people can be judges."""

from turncoat.judging.models.batch.answers import Answers, Failure, read_answers
from turncoat.judging.models.batch.export import Exported, export
from turncoat.judging.models.batch.ids import custom_id
from turncoat.judging.models.batch.judge import answerer, is_answered, judge_from_answers

__all__ = [
    "Answers",
    "Exported",
    "Failure",
    "answerer",
    "custom_id",
    "export",
    "is_answered",
    "judge_from_answers",
    "read_answers",
]
