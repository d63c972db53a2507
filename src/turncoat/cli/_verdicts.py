"""Verdicts at the terminal, as tables."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import isnan

from rich.table import Table

from turncoat.judging import FieldAgreement, agreement
from turncoat.judging.agreement import CODEBOOK, Value, coded
from turncoat.record import Verdict
from turncoat.reports.numbers import count
from turncoat.studies.verdicts.judge import Judged

_MOST = 20  # fields that are listed
_PAGE = ("by", "case", "note", "quotes")


def summary(judged: Judged) -> Table:
    """Verdicts counted by status and headline, with the kinds of their findings."""
    every = list(judged.verdicts.values())
    table = Table(title=f"{count(len(every), 'verdict')} by {judged.judge}")
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


def compared(verdicts: Mapping[str, Verdict], labels: Mapping[str, Mapping[str, Value]]) -> Table:
    """How verdicts agree with labels, field by field, and what was left out."""
    table = _agreement(agreement(coded(verdicts), labels))
    matched = sum(key in labels for key in verdicts)
    failed, invalid = (sum(each.status == status for each in verdicts.values()) for status in ("unscored", "invalid"))
    table.caption = (
        f"{matched} of {len(verdicts)} verdicts have a label. Left out field by field: labels that are empty or "
        f"`unclear`; {failed} that the judge failed on; in headline_harm also the {invalid} that are invalid."
    )
    if left_out := uncompared(labels.values()):
        table.caption += f" {left_out}"
    return table


def uncompared(labels: Iterable[Mapping[str, Value]]) -> str:
    """Which fields of labels no verdict has, so that a misspelt name is seen; what our own label page writes aside."""
    own = list(dict.fromkeys(field for each in labels for field in each if field not in (*CODEBOOK, *_PAGE)))
    more = f" and {len(own) - _MOST} more" if len(own) > _MOST else ""
    return f"Not compared, since no verdict has such a field: {', '.join(own[:_MOST])}{more}." if own else ""


def _agreement(fields: Iterable[FieldAgreement]) -> Table:
    table = Table(title="Agreement with the labels")
    for name in ("field", "n", "equal", "kappa", "precision", "recall", "F1"):
        table.add_column(name, justify="left" if name == "field" else "right")
    for each in fields:
        ratios = (each.exact, each.kappa, each.counts.precision, each.counts.recall, each.counts.f1)
        numbers = ["-" if isnan(ratio) else f"{ratio:.2f}" for ratio in ratios]
        table.add_row(each.field, str(each.counts.total), *numbers)
    return table
