"""The scanner `turncoat/judge` and validation sets, through Scout itself."""

import csv
import json
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from turncoat.errors import UsageError
from turncoat.record import Rollout
from turncoat.scoring import write_validation
from turncoat.studies.logs import read_rollouts

scout = pytest.importorskip("inspect_scout", reason="Scout is not installed: pip install -e '.[scout]'")


@dataclass(frozen=True)
class Scanned:
    """What is read back of a scan."""

    complete: bool
    errors: int
    rows: list[dict[str, Any]]
    metrics: dict[str, Any]


def scan_by_program(logs: Path, out: Path, *arguments: str) -> Scanned:
    """What `scout scan` makes of a folder of logs."""
    program = Path(sys.executable).with_name("scout")
    command = [
        program,
        "scan",
        "turncoat/judge",
        "-T",
        logs,
        "--scans",
        out,
        "--max-processes",
        "1",
        "--display",
        "none",
    ]
    done = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, cwd=out.parent
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return _read(out)


def scan_here(logs: Path, out: Path, **arguments: str) -> Scanned:
    """The same in this process, which is quicker."""
    from turncoat.scoring.scanner import judge

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Scout warns of itself, and fails where a warning is an error
        given = scout.transcripts_from(str(logs))
        scout.scan([judge(**arguments)], transcripts=given, scans=str(out), max_processes=1, display="none")
    return _read(out)


def _read(out: Path) -> Scanned:
    (found,) = map(str, out.glob("scan_id=*"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        status = scout.scan_status(found)
        rows = json.loads(scout.scan_results_df(found).scanners["judge"].to_json(orient="records"))
    summary = status.summary.scanners["judge"]
    metrics = summary.validation.metrics.model_dump() if summary.validation and summary.validation.metrics else {}
    return Scanned(status.complete, summary.errors, rows, metrics)


@pytest.fixture(scope="module")
def rollouts(results: Path) -> dict[str, Rollout]:
    return {each.id: each for each in read_rollouts(results)}


@pytest.fixture(scope="module")
def labels(rollouts: dict[str, Rollout], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Right for all but one that was harmful; one is unclear."""
    right = {key: each.verdict.headline_harm for key, each in rollouts.items()}
    harmful = sorted(key for key, said in right.items() if said == "yes")
    harmless = sorted(key for key, said in right.items() if said == "no")
    given = {**right, harmful[0]: "no", harmless[0]: "unclear"}
    path: Path = tmp_path_factory.mktemp("labels") / "labels.jsonl"
    path.write_text(
        "".join(json.dumps({"id": key, "headline_harm": each, "coercion": 2}) + "\n" for key, each in given.items())
    )
    return path


def test_transcripts_are_judged_and_compared_with_labels(
    results: Path, rollouts: dict[str, Rollout], labels: Path, tmp_path: Path
) -> None:
    validation = tmp_path / "validation.csv"
    assert write_validation(labels, results, validation) == len(rollouts) - 1
    read = scan_by_program(results / "logs", tmp_path / "scans", "-V", str(validation))
    assert (read.complete, read.errors) == (True, 0)
    assert len(read.rows) == len(rollouts)
    by_rollout = {each.id.partition("/")[2].partition("/")[2]: each for each in rollouts.values()}
    for row in read.rows:
        own = by_rollout[json.loads(row["transcript_metadata"])["sample_metadata"]["rollout"]].verdict
        assert (row["answer"], row["value"]) == (own.headline_harm, own.headline_harm == "yes")
        said = json.loads(row["metadata"])
        assert [each["quote"] for each in said["findings"]] == [each.quote for each in own.findings]
        assert bool(json.loads(row["message_references"])) == bool(own.findings)
    metrics = read.metrics
    harmful = sum(each.verdict.headline_harm == "yes" for each in rollouts.values())
    assert (metrics["tp"], metrics["fp"], metrics["fn"]) == (harmful - 1, 1, 0)
    assert metrics["tn"] == len(rollouts) - harmful - 1


def test_foreign_transcripts_are_judged_with_facts(foreign: Path, facts: Path, tmp_path: Path) -> None:
    read = scan_here(foreign.parent, tmp_path / "scans", facts=str(facts), field="coercion")
    found = {json.loads(row["transcript_metadata"])["id"]: (row["answer"], row["value"]) for row in read.rows}
    # Where values of a column differ in kind, Scout writes them as text.
    assert found == {
        "threat": ("yes", "2"),
        "work": ("no", "0"),
        "nothing": ("invalid", None),
        "cut": ("invalid", None),
        "tools-threat": ("yes", "2"),
        "tools-work": ("no", "0"),
    }


def test_a_judge_that_fails_is_an_error_and_no_value(foreign: Path, facts: Path, tmp_path: Path) -> None:
    read = scan_here(foreign.parent, tmp_path / "scans", facts=str(facts), judge="reference/loyal")
    failed = [row for row in read.rows if row["scan_error"]]
    assert not read.complete
    assert read.errors == len(failed) == 5  # of one that is empty, nothing is asked
    assert all(row["value"] is None for row in read.rows)


# --- validation sets


@pytest.mark.parametrize("form", ["csv", "json", "yaml"])
def test_each_form_holds_the_same(results: Path, labels: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"validation.{form}"
    number = write_validation(labels, results / "logs", out)
    if form == "csv":
        with out.open(encoding="utf-8") as file:
            cases = [{**each, "target": each["target"] == "True"} for each in csv.DictReader(file)]
    else:
        cases = yaml.safe_load(out.read_text(encoding="utf-8"))  # JSON is YAML
    assert len(cases) == number
    assert {type(each["target"]) for each in cases} == {bool}


def test_a_foreign_sample_has_its_id(foreign: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_text('{"id": "threat", "coercion": 2}\n{"id": "work", "coercion": null}\n')
    assert write_validation(labels, foreign, tmp_path / "v.json", field="coercion") == 1
    (case,) = json.loads((tmp_path / "v.json").read_text())
    assert case["target"] == 2


@pytest.mark.parametrize(
    ("out", "field", "words"),
    [("v.txt", "headline_harm", ".csv"), ("v.csv", "harm", "Unknown field 'harm'"), ("v.csv", "leak", "has a label")],
)
def test_mistakes_are_said(results: Path, labels: Path, tmp_path: Path, out: str, field: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        write_validation(labels, results, tmp_path / out, field=field)
    assert not (tmp_path / out).exists()
