"""The checkpoint: what stands between an agent and the world. It knows actions and decisions, nothing else."""

from typing import Literal, Protocol, Self

from turncoat.record import Action
from turncoat.record._base import Document


class Decision(Document):
    """What the checkpoint says of one action. `reason` is for the log, `told` is what the agent reads."""

    verb: Literal["allow", "hold", "deny"]
    reason: str = ""
    told: str = ""

    @classmethod
    def allow(cls, reason: str = "") -> Self:
        return cls(verb="allow", reason=reason)

    @classmethod
    def hold(cls, reason: str, *, told: str = "This action waits for a person's approval.") -> Self:
        return cls(verb="hold", reason=reason, told=told)

    @classmethod
    def deny(cls, reason: str, *, told: str = "This action is not permitted.") -> Self:
        return cls(verb="deny", reason=reason, told=told)


class Checkpoint(Protocol):
    """Anything that decides on actions before they happen. `name` is the arm's name in tables."""

    @property
    def name(self) -> str: ...

    def decide(self, action: Action) -> Decision: ...


class AllowAll:
    """The arm `none`: a checkpoint that allows everything, so that every rollout goes through one."""

    name = "none"

    def decide(self, action: Action) -> Decision:  # noqa: ARG002 (the protocol's argument)
        return Decision.allow()
