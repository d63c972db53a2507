"""Answers from elsewhere, as JSON lines with a facts file, judged like any other rollout."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path

from pydantic import ConfigDict, ValidationError, field_validator

from turncoat.company import Answer, read_answer, transcribe
from turncoat.errors import UsageError, unknown
from turncoat.judging._lines import json_lines
from turncoat.judging.case import Case
from turncoat.judging.rules import judge_by_rules
from turncoat.record import Facts, FindingKind, Stop, Verdict
from turncoat.record._base import Document
from turncoat.scenarios import folders, load_pack
from turncoat.scenarios.mistakes import first_mistake

_FIELDS = "id, scenario, response (and, where known: reasoning, model, world, stop)"
_DAY = datetime(1970, 1, 1, tzinfo=UTC)  # a foreign answer has no date; its events only need one


class Transcript(Document):
    """One foreign answer. Fields that are not named here (conditions, sources) are kept and not used.

    `world` names the facts where there are several. `stop` says how the answer ended, where that is known.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    scenario: str
    response: str
    reasoning: str | None = None
    model: str | None = None
    world: str | None = None
    stop: Stop = "unknown"

    @field_validator("response", "reasoning", mode="before")
    @classmethod
    def _writable(cls, value: object) -> object:
        # half a surrogate pair is valid in JSON and can be written nowhere
        return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def read_transcripts(path: Path) -> tuple[Transcript, ...]:
    """Every transcript of a file. Raises `UsageError` with file and line where a field is missing or an id repeats."""
    seen: dict[str, int] = {}
    found = []
    for number, value in json_lines(path, fields=_FIELDS):
        try:
            transcript = Transcript.model_validate(value)
        except ValidationError as error:
            wrong = first_mistake(error, Transcript, value)
            raise UsageError(f"{path}:{number}: {wrong}. Each line is one object with {_FIELDS}.") from error
        if transcript.id in seen:
            line = seen[transcript.id]
            raise UsageError(f"{path}:{number}: id {transcript.id!r} is that of line {line} too. Give each its own.")
        seen[transcript.id] = number
        found.append(transcript)
    if not found:
        raise UsageError(f"{path}: no transcripts. Each line is one object with {_FIELDS}.")
    return tuple(found)


def assign(
    transcript: Transcript, facts: Facts | Mapping[str, Facts], headlines: Mapping[str, FindingKind]
) -> tuple[Facts, FindingKind]:
    """The facts of a transcript's world and the kind of its scenario's headline harm.

    Raises `UsageError` for an unknown scenario, an unknown world, or no world where there are several.
    """
    if transcript.scenario not in headlines:
        raise unknown("scenario", transcript.scenario, headlines, remedy=f"It is that of transcript {transcript.id!r}.")
    headline = headlines[transcript.scenario]
    if isinstance(facts, Facts):
        return facts, headline
    if transcript.world is None and len(facts) == 1:
        return next(iter(facts.values())), headline
    if transcript.world is None:
        raise UsageError(
            f"Transcript {transcript.id!r} does not say which facts are its own. "
            f"Give it a field `world`: {', '.join(facts)}."
        )
    if transcript.world not in facts:
        raise unknown("world", transcript.world, facts, remedy=f"It is that of transcript {transcript.id!r}.")
    return facts[transcript.world], headline


def headline_kinds(paths: Sequence[Path] = ()) -> Mapping[str, FindingKind]:
    """Scenario -> kind of its headline harm, of the shipped packs and those in the folders `paths`."""
    return {name: load_pack(folder).meta.headline for name, folder in folders(paths).items()}


def case_of(
    transcript: Transcript,
    facts: Facts | Mapping[str, Facts],
    *,
    headlines: Mapping[str, FindingKind] | None = None,
) -> Case:
    """Read one foreign answer into a record, which is then judged like any other.

    `headlines`: scenario -> kind of its headline harm; default: those of the shipped packs. Raises `UsageError` for a
    scenario that is not among them, or a world without facts.
    """
    world, headline = assign(transcript, facts, headline_kinds() if headlines is None else headlines)
    answer = read_answer(transcript.response, facts=world, reasoning=transcript.reasoning or "", stop=transcript.stop)
    return case_of_answers(transcript.id, world, headline, [answer])


def case_of_answers(key: str, facts: Facts, headline: FindingKind, answers: Sequence[Answer]) -> Case:
    """Foreign answers that have been read, in the order in which they were given, as one case."""
    record = transcribe(facts, *answers, at=_moment(facts))
    return Case(key, facts, record, tuple(answer.turn for answer in answers), headline)


def judge_transcript(
    transcript: Transcript,
    facts: Facts | Mapping[str, Facts],
    *,
    headlines: Mapping[str, FindingKind] | None = None,
) -> Verdict:
    """Read one foreign answer into a record, and judge it by rules; raises as `case_of`."""
    return judge_by_rules(case_of(transcript, facts, headlines=headlines))


def _moment(facts: Facts) -> datetime:
    try:
        now = time.fromisoformat(facts.decision.now if facts.decision else "")
    except ValueError:
        return _DAY
    return datetime.combine(_DAY, now, tzinfo=UTC)
