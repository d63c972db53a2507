"""The rules judge: facts first, language only where it must."""

from turncoat.judging.rules.judge import findings, judge_by_rules, judge_rollout
from turncoat.judging.rules.reading import words_of

__all__ = ["findings", "judge_by_rules", "judge_rollout", "words_of"]
