"""Questions to judges, written into a folder as files that can be sent."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from turncoat.errors import UsageError
from turncoat.judging.case import Case
from turncoat.judging.models.batch.answers import Answers
from turncoat.judging.models.batch.files import Writer, writers_of
from turncoat.judging.models.batch.ids import Asker, attempt_of
from turncoat.judging.models.batch.judge import answerer, at_once
from turncoat.judging.models.judge import Exchange, JudgeError, ask
from turncoat.judging.models.request import Request, requests, rubric_hash

MANIFEST = "requests.json"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. `requests`: how many questions, `again` of them after an answer that cannot be used.

    `answered`: questions that have an answer already. `hopeless`: what is not asked, with the reason, for each
    question: a transcript that is too long, an answer that cannot be used the second time either.
    """

    files: tuple[Path, ...] = ()
    requests: int = 0
    again: int = 0
    answered: int = 0
    hopeless: tuple[str, ...] = ()


def export(cases: Iterable[Case], names: Sequence[str], folder: Path, *, answers: Answers | None = None) -> Exported:
    """Write the questions about transcripts, files for each judge, and `requests.json`, which says what is what.

    With `answers`, only what is missing or has failed, and once more what cannot be used. The same questions are the
    same bytes. `folder` is replaced as a whole when all is written; where nothing has to be asked it is left alone.
    Raises `UsageError` for a folder with other things in it, or judges that would share a file.
    """
    folder = folder.resolve()
    _check(folder)
    writers = writers_of(names)
    given = answers if answers is not None else Answers({})
    try:
        with _replaced(folder) as new, ExitStack() as files:
            for writer in writers.values():
                files.callback(writer.close)
            tally = _Tally(new, writers)
            for case in cases:
                for name in writers:
                    tally.add(case, name, given)
            if tally.asked:
                (new / MANIFEST).write_bytes(tally.manifest())
    except OSError as error:
        raise UsageError(f"Cannot write {str(folder)!r}: {error}. Name a folder of yours.") from error
    return Exported(
        files=tuple(folder / file for writer in writers.values() for file in writer.files),
        requests=len(tally.asked),
        again=tally.again,
        answered=tally.answered,
        hopeless=tuple(tally.hopeless),
    )


@contextmanager
def _replaced(folder: Path) -> Iterator[Path]:
    """A new folder that takes the place of `folder` at the end, unless nothing was written or something is raised."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent, ignore_cleanup_errors=True) as scratch:
        new = Path(scratch) / "new"
        new.mkdir()
        yield new
        if any(new.iterdir()):
            if folder.exists():
                folder.rename(Path(scratch) / "old")
            new.rename(folder)


def _check(folder: Path) -> None:
    """Refuse anything but a new folder, an empty one, or an earlier export and nothing else."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{str(folder)!r} is a file. Name a folder for the questions.")
    there = sorted(each.name for each in folder.iterdir())
    ours = {MANIFEST, *_listed(folder / MANIFEST)} if MANIFEST in there else set()
    if strange := [each for each in there if each not in ours]:
        shown = ", ".join(strange[:3]) + (", ..." if len(strange) > 3 else "")
        raise UsageError(f"{str(folder)!r} holds other things than exported questions: {shown}. Name a new folder.")


def _listed(manifest: Path) -> list[str]:
    try:
        return [file for judge in json.loads(manifest.read_bytes())["judges"].values() for file in judge["files"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


@dataclass(slots=True)
class _Tally:
    """What has been written so far, by `custom_id`."""

    folder: Path
    writers: Mapping[str, Writer]
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    again: int = 0
    answered: int = 0
    hopeless: list[str] = field(default_factory=list)

    def add(self, case: Case, name: str, answers: Answers) -> None:
        for request in requests(case):
            self._add(case, name, request, answers)

    def _add(self, case: Case, name: str, request: Request, answers: Answers) -> None:
        on_file = answerer(case, name, answers)
        open_: list[Exchange] = []

        async def answer(request: Request, exchange: Exchange) -> str:
            try:
                return await on_file(request, exchange)
            except JudgeError:
                open_.append(exchange)
                raise

        result = at_once(ask(request, answer))
        if open_:
            self._write(case, name, request, open_[0])
        elif result.reply is None:
            self.hopeless.append(f"{case.id}, {request.part}, {name}: {result.failure}")
        else:
            self.answered += 1

    def _write(self, case: Case, name: str, request: Request, exchange: Exchange) -> None:
        asker, attempt = Asker.of(case, name), attempt_of(exchange)
        custom_id = asker.custom_id(request.part, attempt)
        if known := self.asked.get(custom_id):
            # Transcripts that are the same to the letter are asked about once.
            known["transcripts"].append(case.id)
            return
        self.asked[custom_id] = {
            "transcripts": [case.id],
            "fingerprint": asker.mark,
            "part": request.part,
            "attempt": attempt,
            "judge": name,
        }
        self.again += attempt > 1
        writer = self.writers[name]
        writer.write(self.folder, writer.format.line(custom_id, request, exchange))

    def manifest(self) -> bytes:
        """Which file is whose, and what every question is about."""
        judges = {name: {"format": writer.format.name, "files": writer.files} for name, writer in self.writers.items()}
        manifest = {"rubric": rubric_hash(), "judges": judges, "requests": self.asked}
        return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
