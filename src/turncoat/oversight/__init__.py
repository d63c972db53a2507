"""The checkpoint between an agent and the world."""

from turncoat.oversight.checkpoint import AllowAll, Checkpoint, Decision

__all__ = ["AllowAll", "Checkpoint", "Decision"]
