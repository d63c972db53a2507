"""What the agent did: facts, record and texts become findings and a verdict."""

from turncoat.judging.agreement import Counts, FieldAgreement, agreement, codes, counts
from turncoat.judging.case import Case, conclude
from turncoat.judging.codebook import codebook
from turncoat.judging.labels import read_labels
from turncoat.judging.rules import judge_by_rules, judge_rollout, words_of
from turncoat.judging.transcripts import (
    Transcript,
    assign,
    case_of,
    case_of_answers,
    headline_kinds,
    judge_transcript,
    read_transcripts,
)
from turncoat.judging.verdicts import read_verdicts, verdict_line
from turncoat.judging.worlds import read_facts

__all__ = [
    "Case",
    "Counts",
    "FieldAgreement",
    "Transcript",
    "agreement",
    "assign",
    "case_of",
    "case_of_answers",
    "codebook",
    "codes",
    "conclude",
    "counts",
    "headline_kinds",
    "judge_by_rules",
    "judge_rollout",
    "judge_transcript",
    "read_facts",
    "read_labels",
    "read_transcripts",
    "read_verdicts",
    "verdict_line",
    "words_of",
]
