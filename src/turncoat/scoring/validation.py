"""Scout's validation sets, from labels of ours: which value a scanner should give for which transcript."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import yaml
from inspect_ai.log import read_eval_log, read_eval_log_sample_summaries

from turncoat.agents.label import label
from turncoat.errors import UsageError, unknown
from turncoat.judging import read_labels
from turncoat.judging.agreement import CODEBOOK, Value

FIELD = "headline_harm"
_FORMS = (".csv", ".json", ".yaml", ".yml")


def write_validation(labels: Path, logs: Path, out: Path, *, field: str = FIELD) -> int:
    """Write labels of the transcripts in `logs` for `scout scan -V`, and return how many there are.

    `logs`: a results folder, a folder of logs or one log. A label's id is that of a rollout, or of a foreign sample
    its uuid or id. Empty labels and `unclear` are left out. `out` is CSV, JSON or YAML, by its name. Raises
    `UsageError` for labels of nothing that is there, and for other forms and fields.
    """
    check_field(field)
    if out.suffix not in _FORMS:
        raise UsageError(f"{str(out)!r}: Scout reads {', '.join(_FORMS)}. Give the file one of these endings.")
    known = {key: each.get(field) for key, each in read_labels(labels).items()}
    cases = [
        {"id": transcript, "target": scan_value(known[key])}
        for transcript, keys in _transcripts(logs)
        for key in keys
        if known.get(key) not in (None, "unclear")
    ]
    if not cases:
        raise UsageError(f"No transcript in {str(logs)!r} has a label {field!r} in {str(labels)!r}. Compare the ids.")
    with out.open("w", encoding="utf-8", newline="") as file:
        if out.suffix == ".csv":
            writer = csv.DictWriter(file, ("id", "target"))
            writer.writeheader()
            writer.writerows(cases)
        elif out.suffix == ".json":
            json.dump(cases, file, indent=1)
        else:
            yaml.safe_dump(cases, file)
    return len(cases)


def check_field(field: str) -> None:
    """Raise `UsageError` for what is no field of the codebook."""
    if field not in CODEBOOK:
        raise unknown("field", field, CODEBOOK)


def scan_value(value: Value) -> bool | Value:
    """A label or code as Scout's value: to Scout, any word but `none` is something found, `no` among them."""
    return {"yes": True, "no": False}.get(value, value) if isinstance(value, str) else value


def _transcripts(logs: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Scout's id of each transcript, and the ids that its label may have."""
    inner = logs / "logs"
    files = [logs] if logs.is_file() else sorted((inner if inner.is_dir() else logs).glob("*.eval"))
    if not files:
        raise UsageError(f"There are no Inspect logs in {str(logs)!r}.")
    for file in files:
        spec = read_eval_log(str(file), header_only=True).eval
        model = label(spec.model, spec.model_args)
        for sample in read_eval_log_sample_summaries(str(file)):
            if sample.uuid and not sample.error:
                rollout = sample.metadata.get("rollout")
                yield sample.uuid, (f"{model}/{rollout}",) if rollout else (sample.uuid, str(sample.id))
