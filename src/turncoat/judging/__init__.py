"""What the agent did: facts, record and texts become findings and a verdict."""

from turncoat.judging.rules import judge_rollout

__all__ = ["judge_rollout"]
