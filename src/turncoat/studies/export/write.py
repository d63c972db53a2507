"""Rollouts with their transcripts and verdicts, for training and red-teaming work elsewhere."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl
from polars.io.plugins import register_io_source

from turncoat import __version__
from turncoat.drafts import free, written
from turncoat.errors import UsageError, unknown
from turncoat.judging import Case
from turncoat.judging.raters import outcome
from turncoat.judging.verdicts import fingerprint
from turncoat.record import Rollout, Verdict
from turncoat.scenarios import CANARY
from turncoat.studies.export import chat
from turncoat.studies.folder import Folder
from turncoat.studies.logs import read_samples
from turncoat.studies.table import CSV, FACTOR, PARQUET, REFERENCE, frame, inert, schema
from turncoat.studies.verdicts.raters import declared_judge, judged_by, verdicts_of

Format = Literal["chat-jsonl", "csv", "parquet"]
Outcome = Literal["yes", "no", "uncertain", "unscored", "invalid"]
FORMATS: tuple[Format, ...] = get_args(Format)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_OWN = ("turncoat.json", "ledger.jsonl", "provenance.json", "report.html", CSV, PARQUET)
_TOGETHER = 64
_BESIDE = (
    "transcript_hash", "turncoat", "system", "prompt", "response", "reasoning",
    "messages", "tools", "action_list", "findings", "note", "canary",
)  # fmt: skip
"""Columns of text behind those of the rollouts table."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rollouts of a results folder; empty: all. `judge`: whose verdicts; "": the study's, else as recorded."""

    outcomes: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    judge: str = ""

    def covers(self, scenario: str, model: str) -> bool:
        """Whether any of a model's rollouts of a scenario are among them."""
        return (not self.scenarios or scenario in self.scenarios) and (not self.models or model in self.models)

    def has(self, rollout: Rollout) -> bool:
        """Whether this rollout, with the verdict that it has now, is one of them."""
        told = not self.outcomes or outcome(rollout.verdict) in self.outcomes
        return told and self.covers(rollout.scenario, rollout.model)


@dataclass(slots=True)
class Exported:
    """How many rollouts were written, and how many of them are of reference agents.

    `planned`: how many of the scenarios and models asked for the folder should hold, of which `read` are there.
    """

    planned: int
    read: int = 0
    rollouts: int = 0
    reference: int = 0


def export(results: Path, out: Path, form: str, wanted: Wanted, *, force: bool = False) -> Exported:
    """Write the wanted rollouts of a results folder to the file `out`, in the order of the logs.

    `chat-jsonl`: a rollout a line, as in `line`. `csv`, `parquet`: a row a rollout, the columns of the rollouts table
    and then texts. A rollout at a time is in memory, of tables a few. The file appears whole or not at all. Raises
    `UsageError` for what cannot be read, found or written; a file that is there is replaced only with `force`.
    """
    if form not in FORMATS:
        raise unknown("format", form, FORMATS)
    for name in wanted.outcomes:
        if name not in OUTCOMES:
            raise unknown("verdict", name, OUTCOMES)
    manifest = Folder(results).manifest
    held = [asked for asked in manifest.cells.values() if asked.samples]
    for kind, asked, there in (
        ("scenario", wanted.scenarios, {each.scenario for each in held}),
        ("model", wanted.models, {each.model for each in held}),
    ):
        for name in asked:
            if name not in there:
                raise unknown(kind, name, there, remedy=f"These are in {str(results)!r}.")
    free(out, force=force)
    if out.name in _OWN and out.resolve().parent == results.resolve():
        raise UsageError(f"--out {str(out)!r} is a file of the results folder itself. Name another.")
    done = Exported(sum(each.samples for each in held if wanted.covers(each.scenario, each.model)))
    factors = sorted({FACTOR + name for each in held for name in each.condition})
    pairs = _pairs(results, wanted, done)
    with written(out) as draft:
        if form == "chat-jsonl":
            with draft.open("wb") as file:
                file.writelines(encoded(line(*pair)) + b"\n" for pair in pairs)
        else:
            rows = _rows(pairs, factors, safe=form == "csv")
            if form == "csv":
                rows.sink_csv(draft)
            else:  # a group of rows is held until it is whole, and by default that is all of them
                rows.sink_parquet(draft, row_group_size=8 * _TOGETHER)
        if not done.rollouts:
            if wanted == Wanted(judge=wanted.judge):
                raise UsageError(f"{str(results)!r} holds no rollout yet. Run the command that made it again.")
            raise UsageError(f"No rollout in {str(results)!r} is asked for. Leave out --only, --scenario or --model.")
    return done


def line(rollout: Rollout, sample: dict[str, Any]) -> dict[str, Any]:
    """One rollout for `chat-jsonl`: `messages`, `tools` (JSON text, where there are any), `metadata` and `canary`."""
    had = chat.tools(sample)
    return {
        "messages": chat.messages(sample),
        **({"tools": json.dumps(had, ensure_ascii=False)} if had else {}),
        "metadata": {
            "id": rollout.id,
            "scenario": rollout.scenario,
            "scenario_version": rollout.scenario_version,
            "condition": rollout.condition,
            "seed": rollout.seed,
            "interface": rollout.interface,
            "model": rollout.model,
            "reference_agent": rollout.model.startswith(REFERENCE),
            "arm": rollout.arm,
            "headline": rollout.headline,
            "verdict": _verdict(rollout.verdict),
            "actions": list(chat.actions(rollout)),
            "briefing_hash": rollout.briefing_hash,
            "transcript_hash": _hash(rollout),
            "log": rollout.log,
            "turncoat": __version__,
        },
        "canary": CANARY,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    """With the same fields in every line, so that loaders which guess a schema find one."""
    given = verdict.model_dump(mode="json")
    quotes = [{"field": name, "quote": quote} for name, quote in given["reasoning"].pop("quotes").items()]
    members = [{"judge": each.judge, "says": outcome(each)} for each in verdict.panel]
    return {**given, "reasoning": {**given["reasoning"], "quotes": quotes}, "panel": members}


def _hash(rollout: Rollout) -> str:
    """That of a judge's verdict on this transcript; nothing where there was nothing to judge."""
    case = Case.of(rollout)
    return fingerprint(case) if case else ""


def _pairs(results: Path, wanted: Wanted, done: Exported) -> Iterator[tuple[Rollout, dict[str, Any]]]:
    """The wanted rollouts as they are read, counted into `done`."""
    study = Folder(results).manifest.study
    judge = wanted.judge or (declared_judge(results, study)[0] if study else "")
    lines = verdicts_of(results, judge) if judge else None
    for recorded, sample in read_samples(results):
        done.read += wanted.covers(recorded.scenario, recorded.model)
        for rollout in judged_by([recorded], lines):
            if wanted.has(rollout):
                done.rollouts += 1
                done.reference += rollout.model.startswith(REFERENCE)
                yield rollout, sample


def encoded(value: dict[str, Any]) -> bytes:
    """One line of JSON. Half a surrogate pair, which JSON can carry and UTF-8 cannot, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _rows(pairs: Iterator[tuple[Rollout, dict[str, Any]]], factors: Sequence[str], *, safe: bool) -> pl.LazyFrame:
    """The rows as they are read; `safe`: with no cell that a spreadsheet would evaluate."""
    beside: dict[str, type[pl.DataType]] = dict.fromkeys(_BESIDE, pl.String)
    columns = pl.Schema({**schema(factors), **beside})

    def read(*_: object) -> Iterator[pl.DataFrame]:
        while some := list(islice(pairs, _TOGETHER)):
            rows = frame(rollout for rollout, _ in some)
            texts = pl.DataFrame([_texts(*pair) for pair in some], schema=beside)
            absent = (pl.lit(None, columns[name]).alias(name) for name in factors if name not in rows)
            whole = pl.concat([rows, texts], how="horizontal").with_columns(absent).select(columns.names())
            yield inert(whole) if safe else whole

    return register_io_source(read, schema=columns)


def _texts(rollout: Rollout, sample: dict[str, Any]) -> dict[str, str]:
    said = chat.messages(sample)
    own = [each for each in said if each["role"] == "assistant"]
    first = {role: next((each["content"] for each in said if each["role"] == role), "") for role in ("system", "user")}
    values: dict[str, Any] = {
        "transcript_hash": _hash(rollout),
        "turncoat": __version__,
        "system": first["system"],
        "prompt": first["user"],
        "response": "\n\n".join(each["content"] for each in own if each["content"]),
        "reasoning": "\n\n".join(each["reasoning"] for each in own if "reasoning" in each),
        "messages": said,
        "tools": chat.tools(sample),
        "action_list": list(chat.actions(rollout)),
        "findings": [each.model_dump(mode="json") for each in rollout.verdict.findings],
        "note": rollout.verdict.note,
        "canary": CANARY,
    }
    written = {
        name: each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for name, each in values.items()
    }
    return {name: each.encode("utf-8", "replace").decode() for name, each in written.items()}
