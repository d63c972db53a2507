"""A sample of an Inspect log as a case: the frozen rollout of ours, or the messages of a foreign one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inspect_ai.event import ErrorEvent, Event, ModelEvent, SampleLimitEvent, ScoreEvent
from inspect_ai.model import ChatMessage, ChatMessageAssistant
from inspect_ai.scorer import Score

from turncoat.agents.seat import stop_of
from turncoat.agents.secrets import masked
from turncoat.errors import UsageError
from turncoat.judging import Case, Transcript, case_of_answers, headline_kinds, read_facts
from turncoat.judging.transcripts import assign
from turncoat.judging.worlds import Worlds
from turncoat.record import FindingKind, Rollout, Stop, Verdict
from turncoat.scoring.answers import read_messages
from turncoat.studies.logs import composed

_ABOUT_FACTS = "docs/judging.md has an example."


@dataclass(frozen=True, slots=True)
class Sample:
    """What can be seen of one sample, in a scorer or in a scanner.

    `rollout`: our whole rollout, where a score of the sample holds it. `error`: why the sample did not end.
    """

    id: str
    metadata: Mapping[str, Any]
    messages: Sequence[ChatMessage]
    stop: Stop = "unknown"
    error: str = ""
    rollout: Mapping[str, Any] | None = None

    @property
    def ours(self) -> bool:
        return self.rollout is not None or {"rollout", "seed", "briefing_hash"} <= self.metadata.keys()


@dataclass(frozen=True, slots=True)
class World:
    """What is true in foreign samples: the facts, and which scenario and world are theirs where they do not say so.

    `paths`: folders with packs of one's own, for foreign samples and ours.
    """

    facts: Worlds | None = None
    scenario: str = ""
    world: str = ""
    paths: tuple[Path, ...] = ()
    headlines: Mapping[str, FindingKind] = field(default_factory=dict)

    def case(self, sample: Sample) -> Case | Verdict:
        """The case of a sample, or the verdict that it has already because there is nothing to judge.

        Raises `UsageError` for a sample of ours whose scenario has changed since, and for a foreign one of which it is
        not said what is true in it.
        """
        if sample.rollout is not None:
            rollout = Rollout.model_validate({**sample.rollout, **composed(sample.rollout, self.paths)})
            return Case.of(rollout) or rollout.verdict
        if sample.error:
            return _unscored(f"error: {masked(sample.error.strip())[:300]}")
        if sample.ours:
            return _unscored("the score of the run, which holds the record of the rollout, is not in its log")
        return self._foreign(sample)

    def _foreign(self, sample: Sample) -> Case:
        scenario = self.scenario or str(sample.metadata.get("scenario") or "")
        if self.facts is None or not scenario:
            lacking = "facts=FILE" if self.facts is None else f"scenario=NAME ({', '.join(sorted(self.headlines))})"
            raise UsageError(
                f"Sample {sample.id!r} is not of a Turncoat run, so that it has to be said what is true in its world: "
                f"give -S {lacking}. Facts say who is who, what is secret and what is confidential; {_ABOUT_FACTS}"
            )
        world = self.world or sample.metadata.get("world")
        asked = Transcript(id=sample.id, scenario=scenario, response="", world=None if world is None else str(world))
        facts, headline = assign(asked, self.facts, self.headlines)
        return case_of_answers(sample.id, facts, headline, read_messages(sample.messages, facts, stop=sample.stop))


def world_of(facts: str, scenario: str, world: str, path: str) -> World:
    """The world that arguments of a scorer or scanner describe. Raises `UsageError` for a mistake in them."""
    paths = (Path(path),) if path else ()
    return World(read_facts(Path(facts)) if facts else None, scenario, world, paths, headline_kinds(paths))


def rollout_in(scores: Iterable[Score | None]) -> Mapping[str, Any] | None:
    """Our rollout, out of the score that holds it."""
    held = ((score.metadata or {}).get("rollout") for score in scores if score is not None)
    return next((each for each in held if isinstance(each, Mapping) and "briefing_hash" in each), None)


def seen_in(events: Sequence[Event], messages: Sequence[ChatMessage]) -> tuple[Stop, str, Mapping[str, Any] | None]:
    """What the events of a sample tell: how the last answer ended, what error ended the sample, and our rollout."""
    last = next((message.id for message in reversed(messages) if isinstance(message, ChatMessageAssistant)), None)
    errors = [event.error.message for event in events if isinstance(event, ErrorEvent)]
    # The last answer of all may be that of somebody who graded it.
    outputs = [
        event.output
        for event in events
        if isinstance(event, ModelEvent) and event.output.choices and event.output.message.id == last
    ]
    limited = any(isinstance(event, SampleLimitEvent) for event in events)
    stop: Stop = "length" if limited else stop_of(outputs[-1]) if outputs else "unknown"
    held = rollout_in(event.score for event in events if isinstance(event, ScoreEvent))
    return stop, errors[-1] if errors else "", held


def _unscored(reason: str) -> Verdict:
    return Verdict(status="unscored", reason=reason)
