"""The rules judge: facts first, language only where it must."""

from turncoat.judging.rules.judge import findings, judge_rollout

__all__ = ["findings", "judge_rollout"]
