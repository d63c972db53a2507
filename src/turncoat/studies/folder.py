"""A results folder: its manifest, its lock, and the briefings that its rollouts started from."""

import fcntl
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_core import to_json

from turncoat import __version__
from turncoat.errors import UsageError
from turncoat.record._base import Document
from turncoat.scenarios import Briefing
from turncoat.studies.models import Price
from turncoat.studies.study import Study

_MANIFEST = "turncoat.json"


def canonical_hash(study: Study) -> str:
    """12 hex digits of the SHA-256 of a study as JSON with sorted keys: a comment in its file changes nothing."""
    text = json.dumps(study.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:12]


class Asked(Document):
    """What was asked of one cell with one model so far."""

    scenario: str
    version: str
    interface: str
    arm: str
    condition: dict[str, str]
    model: str
    samples: int


class Manifest(Document):
    """What a results folder is meant to hold. `cells` by model and cell name; `commands` as they were given.

    `study`: what it is of, where a study file was run, with the models and the judge that it was run with.
    """

    turncoat: str = __version__
    created: str
    commands: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    prices: dict[str, Price] = Field(default_factory=dict)
    cells: dict[str, Asked] = Field(default_factory=dict)
    study: Study | None = None

    @property
    def study_hash(self) -> str:
        """12 hex digits of the SHA-256 of the study's canonical JSON; "" without one."""
        return canonical_hash(self.study) if self.study else ""

    @property
    def rollouts(self) -> int:
        """How many rollouts the folder is meant to hold."""
        return sum(each.samples for each in self.cells.values())


class Folder:
    """A results folder on disk: `logs/`, `cache/`, `state/`, `briefings/`, the table and the report beside them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.logs = path / "logs"
        self._briefings = path / "briefings"

    @property
    def manifest(self) -> Manifest:
        """Raises `UsageError` when this is no results folder."""
        try:
            return Manifest.model_validate_json((self.path / _MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise UsageError(
                f"{str(self.path)!r} is no results folder of Turncoat (it has no {_MANIFEST}). {self._elsewhere()}"
            ) from None
        except (OSError, ValidationError) as error:
            raise UsageError(f"{_MANIFEST} in {str(self.path)!r} cannot be read: {error}. Use a new --out.") from None

    def _elsewhere(self) -> str:
        """What to do with a folder that is none of ours."""
        if (self.path / ".." / _MANIFEST).is_file():
            return f"Name the folder around it, {str(self.path.parent)!r}."
        if any(self.path.glob("*.eval")) or any(self.logs.glob("*.eval")):
            return (
                "It holds logs of Inspect alone, which `inspect view --log-dir` shows. Table and report are made of "
                "what `turncoat run --out` wrote: run the same scenarios with it."
            )
        return "Name the folder that `turncoat run --out` wrote."

    def check(self) -> None:
        """Raise `UsageError` when this is no results folder."""
        self.manifest  # noqa: B018 (raises)

    def check_no_study(self) -> None:
        """Raise `UsageError` when a study is in it, whose rollouts must not be mixed with others."""
        if (self.path / _MANIFEST).exists() and (study := self.manifest.study):
            raise UsageError(f"--out {str(self.path)!r} holds the study {study.study!r}. Name a new folder.")

    def write(self, manifest: Manifest) -> None:
        """Replace the manifest in one step."""
        part = self.path / f"{_MANIFEST}.part"
        part.write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        part.replace(self.path / _MANIFEST)

    def acceptable(self) -> None:
        """Raise `UsageError` when a run cannot write here: a file, or a folder with other things."""
        if self.path.exists() and not self.path.is_dir():
            raise UsageError(f"--out {str(self.path)!r} is a file. Name a folder.")
        if (self.path / _MANIFEST).exists():
            self.check()
        elif self.path.is_dir() and any(self.path.iterdir()):
            raise UsageError(
                f"--out {str(self.path)!r} holds other things and no results of Turncoat. Name a new or empty folder."
            )

    def open(self, *, created: str) -> Manifest:
        """Make the folder, or take up the one that is there. Raises `UsageError` when it is foreign or not writable."""
        self.acceptable()
        if (self.path / _MANIFEST).exists():
            return self.manifest
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            manifest = Manifest(created=created)
            self.write(manifest)
        except OSError as error:
            raise UsageError(f"--out {str(self.path)!r} cannot be written: {error.strerror}. Name another.") from None
        return manifest

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one run; a second one is refused, since both would run every rollout."""
        try:
            handle = (self.path / ".lock").open("w")
        except OSError as error:
            raise UsageError(f"--out {str(self.path)!r} cannot be written: {error.strerror}. Name another.") from None
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise UsageError(
                    f"Another run is working in {str(self.path)!r}. Wait for it to end, or name another --out."
                ) from None
            yield

    def keep(self, scenario: str, briefings: Iterable[Briefing]) -> None:
        """Remember what rollouts start from, once for each briefing hash. A file is there whole or not at all."""
        known = set(self._lines(scenario))
        new = {each.hash: each for each in briefings if each.hash not in known}
        if not new:
            return
        self._briefings.mkdir(exist_ok=True)
        path = self._briefings / f"{scenario}.{next(iter(new))}.jsonl.gz"
        part = path.with_suffix(".part")
        with gzip.open(part, "wb", compresslevel=3) as file:
            for hash_, each in new.items():
                file.write(b"%b %b\n" % (hash_.encode(), to_json({"facts": each.facts, "inbox": each.inbox})))
        part.replace(path)

    def briefings(self, scenario: str) -> Mapping[str, dict[str, Any]]:
        """Facts and inbox, as plain data, by briefing hash."""
        return {hash_: json.loads(line) for hash_, line in self._lines(scenario).items()}

    def _lines(self, scenario: str) -> dict[str, str]:
        found = {}
        for path in sorted(self._briefings.glob(f"{scenario}.*.jsonl.gz")):
            with gzip.open(path, "rt", encoding="utf-8") as file:
                for line in file:
                    hash_, _, data = line.partition(" ")
                    found[hash_] = data
        return found
