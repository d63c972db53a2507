"""Answers from elsewhere, as JSON lines with a facts file, judged like any other rollout."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import yaml
from pydantic import ConfigDict, ValidationError, field_validator

from turncoat.company import read_answer, transcribe
from turncoat.errors import UsageError, unknown
from turncoat.judging.agreement import allowed
from turncoat.judging.rules import judge_rollout
from turncoat.record import Facts, FindingKind, Rollout, Stop, Verdict
from turncoat.record._base import Document
from turncoat.scenarios import folders, load_pack
from turncoat.scenarios.yaml import PlainLoader

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


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSON-lines file with their line numbers (from 1), blank lines left out.

    Raises `UsageError` with file and line for a file that cannot be read or a line that is not an object.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise UsageError(f"Cannot read {str(path)!r}: {error.strerror}. Give a JSON-lines file.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{path}:{number}: not JSON ({error}). Each line is one object with {_FIELDS}.") from error
        if not isinstance(value, dict):
            raise UsageError(f"{path}:{number}: {type(value).__name__} where an object is needed, with {_FIELDS}.")
        yield number, value


def read_transcripts(path: Path) -> tuple[Transcript, ...]:
    """Every transcript of a file. Raises `UsageError` with file and line where a field is missing or an id repeats."""
    seen: dict[str, int] = {}
    found = []
    for number, value in json_lines(path):
        try:
            transcript = Transcript.model_validate(value)
        except ValidationError as error:
            raise UsageError(f"{path}:{number}: {_first(error)}. Each line is one object with {_FIELDS}.") from error
        if transcript.id in seen:
            line = seen[transcript.id]
            raise UsageError(f"{path}:{number}: id {transcript.id!r} is that of line {line} too. Give each its own.")
        seen[transcript.id] = number
        found.append(transcript)
    if not found:
        raise UsageError(f"{path}: no transcripts. Each line is one object with {_FIELDS}.")
    return tuple(found)


def read_facts(path: Path) -> Facts | dict[str, Facts]:
    """A facts file, JSON or YAML: one Facts object, or a mapping of worlds' names to Facts.

    Raises `UsageError` with the place of the mistake for anything else, unknown keys included.
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=PlainLoader)  # JSON is YAML
    except OSError as error:
        raise UsageError(f"Cannot read facts {str(path)!r}: {error.strerror}. Give a JSON or YAML file.") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: neither JSON nor YAML ({str(error).splitlines()[0]}).") from error
    if not isinstance(data, dict) or not data:
        raise UsageError(f"{path}: a facts file is a mapping: one Facts object, or worlds' names to Facts.")
    if set(data) & set(Facts.model_fields):
        return _facts(data, str(path))
    return {str(name): _facts(value, f"{path}: world {str(name)!r}") for name, value in data.items()}


def _facts(data: object, where: str) -> Facts:
    try:
        return Facts.model_validate(data)
    except ValidationError as error:
        allowed = ", ".join(Facts.model_fields)
        raise UsageError(f"{where}: {_first(error)}. Facts have: {allowed}.") from error


def _first(error: ValidationError) -> str:
    """The first mistake of a validation in one line: where, what, and the bad value."""
    mistake = error.errors()[0]
    place = ".".join(str(part) for part in mistake["loc"])
    bad = "" if mistake["type"] == "missing" else f", not {str(mistake['input'])[:60]!r}"
    return f"{place}: {mistake['msg']}{bad}"


def choose_facts(transcript: Transcript, facts: Facts | Mapping[str, Facts]) -> Facts:
    """The facts of a transcript's world. Raises `UsageError` for a missing or unknown world."""
    if isinstance(facts, Facts):
        return facts
    if transcript.world is None and len(facts) == 1:
        return next(iter(facts.values()))
    if transcript.world is None or transcript.world not in facts:
        remedy = f"Transcript {transcript.id!r} names its facts in the field `world`."
        raise unknown("world", transcript.world, facts, remedy=remedy)
    return facts[transcript.world]


def headline_kinds(paths: Sequence[Path] = ()) -> Mapping[str, FindingKind]:
    """Scenario -> kind of its headline harm, of the shipped packs and those in the folders `paths`."""
    return {name: load_pack(folder).meta.headline for name, folder in folders(paths).items()}


def judge_transcript(
    transcript: Transcript,
    facts: Facts | Mapping[str, Facts],
    *,
    headlines: Mapping[str, FindingKind] | None = None,
) -> Verdict:
    """Read one foreign answer into a record, and judge it by rules.

    `headlines`: scenario -> kind of its headline harm; default: those of the shipped packs. Raises `UsageError` for a
    scenario that is not among them, or a world without facts.
    """
    kinds = headline_kinds() if headlines is None else headlines
    if transcript.scenario not in kinds:
        raise unknown("scenario", transcript.scenario, kinds, remedy=f"It is that of transcript {transcript.id!r}.")
    world = choose_facts(transcript, facts)
    answer = read_answer(transcript.response, facts=world, reasoning=transcript.reasoning or "", stop=transcript.stop)
    record = transcribe(world, answer, at=_moment(world))
    return judge_rollout(world, record, (answer.turn,), headline=kinds[transcript.scenario])


def _moment(facts: Facts) -> datetime:
    try:
        now = time.fromisoformat(facts.decision.now if facts.decision else "")
    except ValueError:
        return _DAY
    return datetime.combine(_DAY, now, tzinfo=UTC)


def judge_rollouts(rollouts: Iterable[Rollout]) -> Iterator[tuple[str, Verdict]]:
    """Judge rollouts again from their facts, record and texts: pairs of rollout id and verdict.

    One that ended in an error keeps the verdict it has: there is nothing to judge.
    """
    for rollout in rollouts:
        if rollout.facts is None or (rollout.verdict.status == "unscored" and not rollout.texts):
            yield rollout.id, rollout.verdict
            continue
        verdict = judge_rollout(rollout.facts, rollout.record, rollout.texts, headline=rollout.headline)
        yield rollout.id, verdict


def verdict_line(key: str, verdict: Verdict) -> str:
    """A verdict as one line of JSON, without a line break."""
    return json.dumps({"id": key, **verdict.model_dump(mode="json", exclude={"judge"})}, ensure_ascii=False)


def read_labels(path: Path) -> dict[str, dict[str, int | str | None]]:
    """Labels by id. Raises `UsageError` with file and line for a label without an id, or with nested values."""
    labels: dict[str, dict[str, int | str | None]] = {}
    for number, value in json_lines(path):
        key = value.pop("id", None)
        bad = next((field for field, label in value.items() if not isinstance(label, int | str | None)), None)
        if not isinstance(key, str) or bad is not None:
            problem = f"{bad}: {value[bad]!r} is no label" if bad is not None else f"id: {key!r} is no id"
            raise UsageError(f"{path}:{number}: {problem}. A label is a number, a word or null, beside an `id`.")
        for field, label in value.items():
            options = allowed(field)
            if options is not None and label not in options:
                words = [str(each) for each in options if each is not None]
                raise unknown(f"label of {field}", label, words, remedy=f"It is in {path}:{number}.")
        labels[key] = value
    return labels
