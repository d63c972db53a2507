"""What the agent did: facts, record and texts become findings and a verdict."""

from turncoat.judging.agreement import Counts, FieldAgreement, agreement, codes, counts
from turncoat.judging.labels import read_labels
from turncoat.judging.rules import judge_rollout, words_of
from turncoat.judging.transcripts import (
    Transcript,
    assign,
    headline_kinds,
    judge_rollouts,
    judge_transcript,
    read_transcripts,
    verdict_line,
)
from turncoat.judging.worlds import read_facts

__all__ = [
    "Counts",
    "FieldAgreement",
    "Transcript",
    "agreement",
    "assign",
    "codes",
    "counts",
    "headline_kinds",
    "judge_rollout",
    "judge_rollouts",
    "judge_transcript",
    "read_facts",
    "read_labels",
    "read_transcripts",
    "verdict_line",
    "words_of",
]
