"""Verdicts on disk: JSON lines, one a transcript, that a later call goes on from."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from turncoat.errors import UsageError
from turncoat.judging._lines import json_lines
from turncoat.judging.case import Case
from turncoat.record import Verdict
from turncoat.scenarios.mistakes import first_mistake

_FIELDS = "id, status and the other fields of a verdict"
_BESIDE = ("gate", "rules")
"""What a line may say beside the verdict: what a gate did, and what the rules had said."""


@dataclass(frozen=True, slots=True)
class Line:
    """A verdict as it stands in a file. `case`: the fingerprint of what was judged; `beside`: what a gate did."""

    id: str
    case: str
    verdict: Verdict
    beside: Mapping[str, str]

    def on(self, mark: str) -> Verdict:
        """The verdict on what has this fingerprint; of anything else nothing was said."""
        if self.case == mark:
            return self.verdict
        return Verdict(status="unscored", reason="judged another transcript", judge=self.verdict.judge)


def verdict_line(key: str, verdict: Verdict, **more: str) -> str:
    """A verdict as one line of JSON, without a line break. `more`: fields beside those of the verdict."""
    value = verdict.model_dump(mode="json")
    for name in ("note", "panel"):
        if not value[name]:
            del value[name]
    for name in ("quotes", "failure"):
        if not value["reasoning"][name]:
            del value["reasoning"][name]
    return json.dumps({"id": key, **more, **value}, ensure_ascii=False)


def read_verdicts(path: Path) -> dict[str, Verdict]:
    """Verdicts by id. Raises `UsageError` as `read_verdict_lines` does."""
    return {key: line.verdict for key, line in read_verdict_lines(path).items()}


def read_verdict_lines(path: Path) -> dict[str, Line]:
    """Lines by id. Raises `UsageError` with file and line for what is no verdict, and for an id that stands twice."""
    found: dict[str, Line] = {}
    for number, line in _read(path):
        if line.id in found:
            raise UsageError(f"{path}:{number}: id {line.id!r} stands twice. Keep one of them.")
        found[line.id] = line
    return found


def fingerprint(case: Case) -> str:
    """12 hexadecimal digits of what is judged, and for which harm: cases that differ are never taken for one."""
    digest = sha256(case.headline.encode())
    for part in (case.facts, *case.record, *case.texts):
        digest.update(json.dumps(part.model_dump(mode="json")).encode())
    return digest.hexdigest()[:12]


def settled(path: Path) -> dict[tuple[str, str, str], Verdict]:
    """What has been said before, by id, fingerprint and judge, the members of panels among them.

    Failures are left out; those at the reasoning only are there. Raises `UsageError` where the file holds other things.
    """
    found: dict[tuple[str, str, str], Verdict] = {}
    for line in _held(path):
        for given in (line.verdict, *line.verdict.panel):
            if given.status != "unscored":
                found[line.id, line.case, given.judge] = given
    return found


def latest(path: Path) -> dict[str, str]:
    """The lines of a file that may still grow, by id: of several the last, a failure only where all are."""
    found: dict[str, Line] = {}
    for line in _held(path):
        before = found.get(line.id)
        if before is None or line.verdict.status != "unscored" or before.verdict.status == "unscored":
            found[line.id] = line
    return {key: _written(line) for key, line in found.items()}


def _written(line: Line) -> str:
    marked = {"case": line.case} if line.case else {}
    return verdict_line(line.id, line.verdict, **marked, **line.beside)


def part_of(path: Path) -> Path:
    """Where verdicts are written until all are there: a mistake or a kill must not cost those of an earlier call."""
    return path.with_name(path.name + ".part")


def _held(path: Path) -> Iterator[Line]:
    for each in (path, part_of(path)):
        if each.is_file():
            for _, line in _read(each, torn=each != path):
                yield line


def _read(path: Path, *, torn: bool = False) -> Iterator[tuple[int, Line]]:
    for number, value in json_lines(path, fields=_FIELDS, torn=torn):
        key, case = value.pop("id", None), str(value.pop("case", ""))
        beside = {name: str(value.pop(name)) for name in _BESIDE if name in value}
        try:
            verdict = Verdict.model_validate(value)
        except ValidationError as error:
            wrong = first_mistake(error, Verdict, value).rstrip(".")
            raise UsageError(f"{path}:{number}: {wrong}. Each line is one object with {_FIELDS}.") from error
        if not isinstance(key, str):
            raise UsageError(f"{path}:{number}: id is missing. Each line is one object with {_FIELDS}.")
        yield number, Line(key, case, verdict, beside)
