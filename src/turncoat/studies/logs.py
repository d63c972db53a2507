"""Reading rollouts back from Inspect logs."""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, is_zipfile

from zipfile_zstd import ZipFile  # reads the zstd members that Inspect writes

from turncoat.agents.label import label
from turncoat.agents.secrets import masked
from turncoat.errors import UsageError
from turncoat.record import Rollout, Usage, Verdict
from turncoat.scenarios import complete, compose, find_pack
from turncoat.studies.folder import Folder
from turncoat.studies.models import Price, price


@dataclass(frozen=True, slots=True)
class Ending:
    """How a rollout ended. `outcome`: `yes`, `no` or `uncertain`, or its status, or `error`.

    The tokens are those that its last attempt has used: none for answers that were paid for by an earlier one.
    """

    outcome: str
    input_tokens: int
    output_tokens: int
    seconds: float


_CANCELLED = ("CancelledError(", "Cancelled(")
"""How the error of a rollout begins that was running when the run was stopped: it has not been run yet."""


def read_rollouts(path: Path, *, only: Set[str] | None = None) -> Iterator[Rollout]:
    """Every rollout of a results folder (those whose ids are in `only`), each once, log by log.

    A rollout that ended in an error is `unscored` with the error as its reason, unless a later attempt succeeded. One
    that was running when the run was stopped is none. Logs that a kill left torn are passed over: the next run recovers
    what they held. Raises `UsageError` when `path` is no results folder.
    """
    return (rollout for rollout, _ in read_samples(path, only=only))


def read_samples(path: Path, *, only: Set[str] | None = None) -> Iterator[tuple[Rollout, dict[str, Any]]]:
    """As `read_rollouts`, each beside the Inspect sample that it is from, as plain data."""
    folder = Folder(path)
    folder.check()
    by_log: dict[Path, list[str]] = {}
    for rollout_id, (log, attempt) in _index(folder.logs).items():
        if only is None or rollout_id in only:
            by_log.setdefault(log, []).append(attempt.member)
    prices = folder.manifest.prices
    briefings: dict[str, Mapping[str, dict[str, Any]]] = {}
    for log, names in sorted(by_log.items()):
        with ZipFile(log) as archive:
            header = _header(archive)
            for name in sorted(names):
                sample = json.loads(archive.read(name))
                data = _rollout(sample, header, prices)
                scenario = data["scenario"]
                if scenario not in briefings:
                    briefings[scenario] = folder.briefings(scenario)
                known = briefings[scenario].get(data["briefing_hash"], {})
                yield Rollout.model_validate({**data, **known, "log": log.name}), sample


def read_log(log: Path, paths: Sequence[Path] = ()) -> Iterator[Rollout]:
    """Every rollout of one Inspect log of ours, in the order of its samples.

    Facts and inbox are those of its results folder; of a log that plain Inspect wrote they are composed anew from
    scenario (`paths`: folders with packs of one's own), condition and seed. Raises `UsageError` for a log that cannot
    be read or is none of ours, and where the scenario has changed since.
    """
    around = log.parent.parent
    folder = Folder(around) if (around / "turncoat.json").is_file() else None
    try:
        archive = ZipFile(log)
    except (BadZipFile, OSError) as error:
        raise _unreadable(log, error) from None
    with archive:
        try:
            header = _header(archive)
        except (BadZipFile, KeyError, ValueError) as error:
            raise _unreadable(log, error) from None
        about = header["eval"].get("metadata") or {}
        if "headline" not in about or "condition" not in about:
            raise UsageError(
                f"{str(log)!r} is no log of a Turncoat task. Its answers can be judged as JSON lines with --facts, or "
                "in Inspect with the scorer turncoat/judge."
            )
        known = folder.briefings(about["scenario"]) if folder else {}
        prices = folder.manifest.prices if folder else {}
        for name in sorted(each for each in archive.namelist() if each.startswith("samples/")):
            sample = json.loads(archive.read(name))
            data = _rollout(sample, header, prices)
            if sample.get("epoch", 1) > 1:  # in plain Inspect the same rollout may be run several times
                data["id"] += f" epoch {sample['epoch']}"
            start = known.get(data["briefing_hash"]) or composed(data, paths)
            yield Rollout.model_validate({**data, **start, "log": log.name})


def _unreadable(log: Path, error: Exception) -> UsageError:
    why = (error.strerror if isinstance(error, OSError) else None) or str(error).strip("'\"").rstrip(".")
    return UsageError(
        f"{str(log)!r} is no Inspect log that can be read: {why}. Give an .eval file that is whole, or the results "
        "folder that it is of: torn logs are passed over there."
    )


def composed(data: Mapping[str, Any], paths: Sequence[Path]) -> dict[str, Any]:
    """Facts and inbox that a rollout started from, composed anew. Raises `UsageError` if the scenario has changed."""
    pack = find_pack(data["scenario"], paths)
    briefing = compose(pack, complete(data["condition"], pack.factors, pack.meta.impossible), data["seed"])
    if briefing.hash != data["briefing_hash"]:
        raise UsageError(
            f"The scenario {data['scenario']} has changed since {data['id']!r} was run (version "
            f"{data['scenario_version']}, now {pack.version}): its facts are not known any more. Install the version "
            "of Turncoat that wrote the log, or run it again."
        )
    return {"facts": briefing.facts, "inbox": briefing.inbox}


def recorded(path: Path) -> dict[str, bool]:
    """Rollout id -> whether it ended without an error, for every rollout in the results folder."""
    return {rollout_id: not attempt.error for rollout_id, (_, attempt) in _index(Folder(path).logs).items()}


def endings(path: Path) -> dict[str, Ending]:
    """Rollout id -> how it ended, for every rollout in the results folder: without opening one of them."""
    return {rollout_id: attempt.ending for rollout_id, (_, attempt) in _index(Folder(path).logs).items()}


def money_spent(path: Path) -> float:
    """USD that the answers in all logs of a results folder have cost, those of rollouts that did not end among them.

    Of several attempts at a rollout the dearest counts: a later one begins with the answers of those before it.
    """
    folder = Folder(path)
    prices = folder.manifest.prices
    dearest: dict[str, float] = {}
    for log, attempts in _logs(folder.logs):
        with ZipFile(log) as archive:
            name = _header(archive)["eval"]["model"]
            known = prices.get(name) or price(name)
            for each in attempts if known else ():
                usd = _usage(json.loads(archive.read(each.member)), known).usd or 0.0
                dearest[each.rollout] = max(usd, dearest.get(each.rollout, 0.0))
    return sum(dearest.values())


def set_aside_torn(logs: Path) -> list[Path]:
    """Rename logs that are no whole archives (a full disk, a lost connection): Inspect refuses a folder with one.

    Returns their new paths; what they held runs again.
    """
    torn = [log for log in sorted(logs.glob("*.eval")) if not is_zipfile(log)]
    return [log.rename(log.with_suffix(".torn")) for log in torn]


def _header(archive: Any) -> dict[str, Any]:
    names = archive.namelist()
    header: dict[str, Any] = json.loads(
        archive.read("header.json" if "header.json" in names else "_journal/start.json")
    )
    return header


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A rollout in a log: its id, the archive's member that holds it, and how it ended."""

    rollout: str
    member: str
    error: str
    ending: Ending

    @property
    def stopped(self) -> bool:
        return self.error.startswith(_CANCELLED)


def _index(logs: Path) -> dict[str, tuple[Path, _Attempt]]:
    """Rollout id -> its best attempt and the log that holds it: the newest without an error, else the newest."""
    found: dict[str, tuple[Path, _Attempt]] = {}
    for log, attempts in _logs(logs):
        for each in attempts:
            before = found.get(each.rollout)
            if not each.stopped and (before is None or (before[1].error and not each.error)):
                found[each.rollout] = (log, each)
    return found


def _logs(logs: Path) -> Iterator[tuple[Path, tuple[_Attempt, ...]]]:
    """Every whole log with what it holds, the newest first."""
    for log in sorted(logs.glob("*.eval"), reverse=True):
        try:
            state = log.stat()
            yield log, _attempts(log, state.st_ino, state.st_mtime_ns, state.st_size)
        except (BadZipFile, KeyError, OSError, ValueError):
            continue


@lru_cache(maxsize=4096)
def _attempts(log: Path, *_state: int) -> tuple[_Attempt, ...]:
    """What a log holds. A run in looks asks after each of them: what has not changed since is not read again."""
    with ZipFile(log) as archive:
        names = set(archive.namelist())
        model = _model(_header(archive)["eval"])
        return tuple(
            _Attempt(f"{model}/{each['metadata']['rollout']}", member, each.get("error") or "", _ending(each))
            for each in _summaries(archive, names)
            if (member := f"samples/{each['id']}_epoch_{each['epoch']}.json") in names
        )


def _ending(summary: Mapping[str, Any]) -> Ending:
    scores = summary.get("scores") or {}
    score: Mapping[str, Any] = scores.get("verdict") or next(iter(scores.values()), {})
    used = list((summary.get("model_usage") or {}).values())
    into = ("input_tokens", "input_tokens_cache_read", "input_tokens_cache_write")
    return Ending(
        outcome="error" if summary.get("error") else score.get("answer") or "unscored",
        input_tokens=sum(each.get(name) or 0 for each in used for name in into),
        output_tokens=sum(each.get("output_tokens") or 0 for each in used),
        seconds=summary.get("total_time") or 0.0,
    )


def _summaries(archive: Any, names: set[str]) -> list[dict[str, Any]]:
    if "summaries.json" in names:
        return list(json.loads(archive.read("summaries.json")))
    journal = sorted(name for name in names if name.startswith("_journal/summaries/"))
    return [each for name in journal for each in json.loads(archive.read(name))]


def _model(spec: Mapping[str, Any]) -> str:
    return label(str(spec["model"]), spec.get("model_args") or {})


def _rollout(sample: dict[str, Any], header: dict[str, Any], prices: Mapping[str, Price]) -> dict[str, Any]:
    spec = header["eval"]
    usage = _usage(sample, prices.get(spec["model"]) or price(spec["model"]))
    # That of the run, or of a later scorer that was to overwrite it and kept the rollout.
    held = (each["metadata"].get("rollout") for each in (sample.get("scores") or {}).values() if each.get("metadata"))
    if (rollout := next(filter(None, held), None)) and not sample.get("error"):
        return {**rollout, "usage": usage, "provider_model": _reported(sample)}
    about = spec["metadata"]
    error = (sample.get("error") or {}).get("message") or (sample.get("limit") or {}).get("type") or "no verdict"
    return {
        "id": f"{_model(spec)}/{sample['metadata']['rollout']}",
        "scenario": about["scenario"],
        "scenario_version": str(spec["task_version"]),
        "condition": about["condition"],
        "named": about.get("named"),
        "seed": sample["metadata"]["seed"],
        "interface": about["interface"],
        "model": _model(spec),
        "arm": about["arm"],
        "briefing_hash": sample["metadata"]["briefing_hash"],
        "headline": about["headline"],
        "verdict": Verdict(status="unscored", reason=f"error: {masked(error.strip())[:300]}"),
        "usage": usage,
        "provider_model": _reported(sample),
        "seconds": sample.get("total_time") or 0.0,
    }


def _reported(sample: Mapping[str, Any]) -> str:
    """What the provider calls the model that answered; several with commas, where it changed on the way."""
    outputs = (each.get("output") or {} for each in sample.get("events", []) if each["event"] == "model")
    return ", ".join(dict.fromkeys(str(each.get("model")) for each in outputs if each.get("choices")))


def _usage(sample: dict[str, Any], known: Price | None) -> Usage:
    """Added up over the model's answers, so that answers replayed from the cache count as what they cost once."""
    totals = {"input_tokens": 0, "output_tokens": 0}
    for event in sample.get("events", []):
        if event["event"] == "model":
            used = (event.get("output") or {}).get("usage") or {}
            totals["input_tokens"] += sum(
                used.get(each) or 0 for each in ("input_tokens", "input_tokens_cache_read", "input_tokens_cache_write")
            )
            totals["output_tokens"] += used.get("output_tokens") or 0
    usd = None
    if known:
        usd = (totals["input_tokens"] * known[0] + totals["output_tokens"] * known[1]) / 1e6
    return Usage(**totals, usd=usd)
