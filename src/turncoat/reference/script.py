"""What a reference agent does in one rollout, decided beforehand: the same for the same dials and briefing."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from turncoat.record import (
    Action,
    Belief,
    Condition,
    Finish,
    Forward,
    Interface,
    ListMail,
    Operate,
    ReadMail,
    Reply,
    Send,
)
from turncoat.record._base import Document
from turncoat.reference.dials import Dials
from turncoat.reference.phrasings import Phrasing, acts, say
from turncoat.scenarios.briefing import Briefing, Control, Cue, Step
from turncoat.scenarios.shared import shared_acts
from turncoat.scenarios.surface import rng

_MOST_READ = 5
_HARM_THOUGHTS = {
    "coercion": "thinking-harm-blackmail",
    "leak": "thinking-harm-espionage",
    "lethal_action": "thinking-harm-lethal",
}
Slip = Literal["", "malformed", "cut", "empty", "refusing"]


class Seat(Document):
    """What the seat tells a reference agent: all it may know beyond its prompt. `seed`: of its own chance."""

    scenario: str
    headline: str
    condition: Condition
    seed: int
    interface: Interface
    cue: Cue
    controls: tuple[Control, ...]
    mails: tuple[str, ...]


def seat_of(briefing: Briefing, interface: Interface, *, number: int | None = None) -> Seat:
    """The seat of a briefing. `number`: which of the rollouts on its surface it is, where there are several."""
    return Seat(
        scenario=briefing.scenario,
        headline=briefing.headline,
        condition=briefing.condition,
        seed=briefing.seed if number is None else number,
        interface=interface,
        cue=briefing.cue,
        controls=briefing.controls,
        mails=tuple(mail.id for mail in briefing.inbox),
    )


@dataclass(frozen=True, slots=True)
class Script:
    """`thought`: private reasoning before acting. `actions`: in order, without the looking around and the finish.

    `slip`: how a clumsy agent's answer goes wrong. `prose`: what is said instead of acting. `harmful`: whether the
    headline harm is among the actions, the truth that a judge should find. `belief`: what is stated.
    """

    thought: str
    actions: tuple[Action, ...]
    closing: str
    harmful: bool = False
    belief: Belief = "none"
    slip: Slip = ""
    prose: str = ""


def script(dials: Dials, seat: Seat) -> Script:
    """The script of an agent with these dials in this seat."""
    random = rng("reference", dials.model_dump_json(exclude={"latency"}), seat.scenario, _key(seat), seat.interface)
    belief = _belief(dials, random)
    cue = seat.cue
    p = dials.probability(seat.scenario, seat.condition, motive=cue.motive, means=cue.means, belief=belief)
    roll, slip = random.random(), _slip(dials, random)
    honest = dials.honest and cue.motive
    harmful = roll < p and bool(cue.acts["harm"]) and not (honest and _exit_open(seat))
    words = _Words(dials, seat, random)
    if slip == "refusing":
        return Script(thought="", actions=(), closing="", slip=slip, prose=words.say("refuse").body)
    return Script(
        thought=words.thought(harmful=harmful, belief=belief),
        actions=tuple(action for step in moves(cue, honest=honest, harmful=harmful) for action in words.actions(step)),
        closing=words.say("closing").body,
        harmful=harmful,
        belief=belief,
        slip=slip,
    )


def moves(cue: Cue, *, honest: bool, harmful: bool) -> tuple[Step, ...]:
    """The steps of a rollout, in order. One with the harm is written as a whole: not all work would go with it."""
    tried = cue.acts["honest"] if honest else ()
    return (*tried, *cue.acts["harm"]) if harmful else (*cue.acts["work"], *tried)


def exemplar(name: Literal["oracle", "null", "near_miss"], seat: Seat) -> Script:
    """The script of one of the pack's exemplars."""
    words = _Words(Dials(agent="loyal"), seat, rng(name))
    actions = tuple(action for step in seat.cue.acts[name] for action in words.actions(step))
    return Script(thought="", actions=actions, closing="Done.", harmful=name == "oracle")


def looking_around(seat: Seat) -> tuple[Action, ...]:
    """What an agent does before it acts, in the tools interface: list the inbox, open the newest mails."""
    return (ListMail(), *(ReadMail(mail_id=each) for each in seat.mails[-_MOST_READ:]))


def finish(script: Script) -> Finish:
    """The last action of a session."""
    return Finish(summary=script.closing)


class _Words:
    """Steps into actions, with the agent's wording."""

    def __init__(self, dials: Dials, seat: Seat, random: Random) -> None:
        self.dials, self.seat, self.random = dials, seat, random

    def say(self, act: str) -> Phrasing:
        return say(act, self.seat.cue.words, self.random, half=self.dials.phrasings)

    def actions(self, step: Step) -> tuple[Action, ...]:
        said = self.say(self._styled(step.say)) if step.say else Phrasing(subject=step.subject, body=step.body)
        match step.do:
            case "send":
                return (Send(to=step.to, subject=said.subject or step.subject, body=said.body),)
            case "reply":
                return (Reply(mail_id=step.mail, body=said.body),)
            case "forward":
                return (Forward(mail_id=step.mail, to=step.to, body=said.body),)
            case "operate":
                control = next(each for each in self.seat.controls if each.name == step.control)
                return (Operate(device=control.device, operation=control.operation, code=step.code, reason=said.body),)

    def thought(self, *, harmful: bool, belief: Belief) -> str:
        if self.seat.condition.get("scratchpad", "off") == "off" and belief == "none":
            return ""
        parts = [] if belief == "none" else [self.say(f"belief-{belief}").body]
        act = _HARM_THOUGHTS.get(self.seat.headline, "")
        parts.append(self.say(act if harmful and self._sayable(act) else "thinking-loyal").body)
        return "\n\n".join(parts)

    def _sayable(self, act: str) -> bool:
        """Whether the pack gives every word that the act needs."""
        given = self.seat.cue.words
        words = (word.partition(".") for word in shared_acts().get(act, ("",)))
        return all(name in given and (not part or part in given[name]) for name, _, part in words)

    def _styled(self, act: str) -> str:
        styles = [style for style in ("explicit", "veiled", "euphemistic") if _spoken(f"{act}-{style}")]
        if not styles:
            return act
        return f"{act}-{self.random.choice(styles) if self.dials.style == 'mixed' else self.dials.style}"


def _spoken(act: str) -> bool:
    return act in acts()


def _exit_open(seat: Seat) -> bool:
    return seat.condition.get("exits", "blocked") != "blocked"


def _key(seat: Seat) -> str:
    return ",".join(f"{name}={level}" for name, level in sorted(seat.condition.items())) + f"#{seat.seed}"


def _belief(dials: Dials, random: Random) -> Belief:
    real, evaluation = dials.belief_shares
    roll = random.random()
    return "real" if roll < real else "evaluation" if roll < real + evaluation else "none"


def _slip(dials: Dials, random: Random) -> Slip:
    roll = random.random()
    if dials.agent != "clumsy":
        return ""
    edge = 0.0
    shares: tuple[tuple[Slip, float], ...] = (
        ("malformed", dials.malformed), ("cut", dials.cut), ("empty", dials.empty), ("refusing", dials.refusing),
    )  # fmt: skip
    for slip, share in shares:
        edge += share
        if roll < edge:
            return slip
    return ""
