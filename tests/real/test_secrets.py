"""Secrets of the environment: whatever a provider says of them, they are in no file of a results folder."""

import json
from collections.abc import Iterator
from pathlib import Path

from tests.real._answers import PROBE, Fixture, played
from tests.real._emulator import Emulator
from tests.real._kills import finish
from tests.real._runs import ANTHROPIC, OPENAI
from zipfile_zstd import ZipFile

from turncoat.studies.design.plan import plan

KEY, PASSWORD = "no-known-form-0451", "hunter2-0451"
PLAN = plan(["blackmail"], [OPENAI, ANTHROPIC], factors=["threat=none,replacement"], samples=2)
RUN = [
    "run", "blackmail", "--model", OPENAI.name, "--model", ANTHROPIC.name, "--set", "threat=none,replacement",
    "--samples", "2", "--yes",
]  # fmt: skip


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, and every file within its logs."""
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        yield str(path), path.read_bytes()
        if path.suffix == ".eval":
            with ZipFile(path) as archive:
                yield from ((f"{path.name}/{name}", archive.read(name)) for name in archive.namelist())


def leaks(folder: Path) -> list[str]:
    return [name for name, held in contents(folder) if any(each.encode() in held for each in (KEY, PASSWORD))]


def test_they_are_in_no_file_and_on_no_screen(emulator: Emulator, tmp_path: Path) -> None:
    out = tmp_path / "out"
    environment = {
        **{f"{name}_API_KEY": KEY for name in ("OPENAI", "ANTHROPIC")},
        "OPENAI_BASE_URL": emulator.environment["OPENAI_BASE_URL"].replace("//", f"//me:{PASSWORD}@"),
        "ANTHROPIC_BASE_URL": emulator.environment["ANTHROPIC_BASE_URL"].replace("//", f"//me:{PASSWORD}@"),
    }
    echo = {"message": f"the key {KEY} is not for https://me:{PASSWORD}@here", "type": "error"}
    failing: Fixture = {
        "match": {"model": OPENAI.name.partition("/")[2], "sequenceIndex": 0},
        "response": {"error": echo, "status": 422},
    }
    emulator.serve([PROBE, failing, *played(PLAN)])
    said = []
    for command in (
        [*RUN, "--out", str(out)],
        ["run", "blackmail", "--model", f"openai/{KEY}", "--yes", "--out", str(tmp_path / "refused")],
        [*RUN, "-M", f"custom_header={KEY}", "--out", str(tmp_path / "refused")],
        ["report", str(out)],
        ["disclose", str(out)],
        *(
            ["export", str(out), "--format", form, "--out", str(tmp_path / f"x.{form}")]
            for form in ("chat-jsonl", "csv", "parquet")
        ),
    ):
        ended = finish(command, environment)
        said.append(ended.said + ended.complained)
    assert "1 of 8 rollouts are missing" in said[0], said[0]
    assert "the key *** is not for" in said[0], said[0]
    for refused in said[1:3]:
        assert "looks like a secret" in refused
    assert not [each for each in said if KEY in each or PASSWORD in each]
    assert not leaks(tmp_path)
    assert (tmp_path / "x.parquet").is_file()
    assert json.loads((out / "turncoat.json").read_text(encoding="utf-8"))["commands"]
