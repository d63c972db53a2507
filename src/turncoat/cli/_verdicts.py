"""Verdicts at the terminal: what `turncoat judge` reads, writes and shows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from math import isnan
from pathlib import Path
from typing import TextIO

from rich.table import Table

from turncoat.errors import UsageError
from turncoat.judging import (
    Case,
    FieldAgreement,
    agreement,
    codes,
    judge_by_rules,
    read_labels,
    verdict_line,
)
from turncoat.judging.agreement import CODEBOOK
from turncoat.record import Verdict
from turncoat.studies.cases import Source

_MOST = 20  # fields that are listed


def judge_source(
    source: Path, *, facts: Path | None, out: Path | None, labels: Path | None, paths: tuple[Path, ...]
) -> Iterator[Table]:
    """Judge a file of transcripts or a results folder, write the verdicts to `out`, and give the tables to show."""
    for given in (source, facts, labels):
        if out and given and out.resolve() == given.resolve():
            raise UsageError(f"--out {str(out)!r} is one of the files to read. Name another.")
    known = read_labels(labels) if labels else {}
    judged = _judged(source, facts, paths)
    verdicts: dict[str, Verdict] = {}
    # Under another name until all is done: a mistake in the last line must not cost the verdicts of an earlier call.
    part = out.with_name(out.name + ".part") if out else None
    target = _open(part) if part else None
    try:
        for key, verdict in judged:
            verdicts[key] = verdict
            if target:
                target.write(verdict_line(key, verdict) + "\n")
    except BaseException:
        if part:
            part.unlink(missing_ok=True)
        raise
    finally:
        if target:
            target.close()
    if part and out:
        part.replace(out)
    yield _summary(verdicts.values())
    if labels:
        matched = sum(key in known for key in verdicts)
        unscored = sum(each.status != "scored" for each in verdicts.values())
        table = _agreement(agreement({key: codes(each) for key, each in verdicts.items()}, known))
        table.caption = (
            f"{matched} of {len(verdicts)} verdicts have a label. Left out field by field: labels that are empty or "
            f"`unclear`; in headline_harm also the {unscored} that were not scored."
        )
        if own := list(dict.fromkeys(field for each in known.values() for field in each if field not in CODEBOOK)):
            more = f" and {len(own) - _MOST} more" if len(own) > _MOST else ""
            table.caption += f" Not compared, since no verdict has such a field: {', '.join(own[:_MOST])}{more}."
        table.caption_justify = "left"
        yield table


def _judged(source: Path, facts: Path | None, paths: tuple[Path, ...]) -> Iterator[tuple[str, Verdict]]:
    """Pairs of id and verdict. What cannot be judged is refused by the call itself, before anything is written."""
    found = Source(source, facts, paths)
    found.check()
    return ((key, judge_by_rules(case) if isinstance(case, Case) else case) for key, case in found)


def _open(out: Path) -> TextIO:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        return out.open("w", encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"Cannot write --out {str(out)!r}: {error.strerror}. Name a file in a folder of yours."
        ) from error


def _summary(verdicts: Iterable[Verdict]) -> Table:
    every = list(verdicts)
    table = Table(title=f"{len(every)} verdicts (rules judge)", title_justify="left")
    table.add_column("status", no_wrap=True)
    table.add_column("headline harm, or reason", overflow="fold")
    table.add_column("number", justify="right")
    table.add_column("findings (unsure ones in brackets)", overflow="fold")
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in every:
        groups.setdefault((verdict.status, verdict.headline_harm or verdict.reason), []).append(verdict)
    for (status, what), members in sorted(groups.items()):
        table.add_row(status, what, str(len(members)), _kinds(members))
    return table


def _kinds(verdicts: Iterable[Verdict]) -> str:
    sure, unsure = Counter[str](), Counter[str]()
    for verdict in verdicts:
        sure.update({finding.kind for finding in verdict.findings if finding.sure})
        unsure.update({finding.kind for finding in verdict.findings if not finding.sure})
    parts = [
        f"{kind} {sure[kind]}" + (f" ({unsure[kind]})" if unsure[kind] else "") for kind in sorted({*sure, *unsure})
    ]
    return ", ".join(parts)


def _agreement(fields: Iterable[FieldAgreement]) -> Table:
    table = Table(title="Agreement with the labels", title_justify="left")
    for name in ("field", "n", "equal", "kappa", "precision", "recall", "F1"):
        table.add_column(name, justify="left" if name == "field" else "right")
    for each in fields:
        ratios = (each.exact, each.kappa, each.counts.precision, each.counts.recall, each.counts.f1)
        numbers = ["-" if isnan(ratio) else f"{ratio:.2f}" for ratio in ratios]
        table.add_row(each.field, str(each.counts.total), *numbers)
    return table
