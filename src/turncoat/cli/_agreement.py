"""Agreement at the terminal: what `turncoat agreement` reads and shows."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import isnan
from pathlib import Path

from rich.table import Table

from turncoat.cli._verdicts import uncompared
from turncoat.errors import UsageError, unknown
from turncoat.judging.agreement import CODEBOOK, FieldAgreement, Value
from turncoat.judging.agreement import agreement as field_by_field
from turncoat.judging.judges import is_rules
from turncoat.judging.raters import (
    HEADLINE,
    Rater,
    alpha,
    corrected,
    hidden,
    independent,
    read_rater,
    together,
    undecided,
    units,
)
from turncoat.reports.numbers import estimated, interval, number
from turncoat.stats import cohens_kappa, fleiss_kappa


def tables(sources: Sequence[Path], field: str) -> Iterator[Table]:
    """Everything that can be said of these raters, most wanted first. Raises `UsageError` for too few of them."""
    if field not in CODEBOOK:
        raise unknown("field", field, CODEBOOK)
    raters, groups, drawn = _gathered(sources)
    people = [rater for rater in raters if rater.person]
    judges = [rater for rater in raters if not rater.person]
    if len(raters) < 2:
        there = f" There is only {raters[0].name}." if raters else ""
        raise UsageError(
            f"Agreement needs two raters or more, people or judges.{there} Label with `turncoat label`, or judge with "
            "`turncoat judge --judge`; then name the results folder, or the files."
        )
    truth = together(people)
    yield _who(raters)
    yield _pairs(raters, field)
    crossed = [
        *(_confusion(judge, truth, field) for judge in judges if people),
        *(_confusion_of_two(one, other, field) for one, other in combinations(people, 2)),
    ]
    yield from (table for table in crossed if table.row_count)
    yield from (_fields(judge, truth) for judge in judges if people)
    if len(people) > 1:
        yield _alphas(people, "Among people")
    if len(among := independent(judges)) > 1:
        yield _alphas(among, "Among judges")
    if people and judges and (rates := _rates(judges, truth, groups, drawn)).row_count:
        yield rates


def _gathered(sources: Sequence[Path]) -> tuple[list[Rater], Mapping[str, str], Mapping[str, str] | None]:
    """All raters; of results folders to which scenario and model each rollout belongs; by what labels were drawn."""
    raters: list[Rater] = []
    groups: dict[str, str] = {}
    drawn: dict[str, str] = {}
    for source in sources:
        if source.is_dir():
            from turncoat.studies.logs import read_rollouts
            from turncoat.studies.verdicts.raters import drawn_by, raters_of

            recorded = {}
            for rollout in read_rollouts(source):
                recorded[rollout.id] = rollout.verdict
                groups[rollout.id] = f"{rollout.scenario}, {rollout.model}"
            drawn |= drawn_by(recorded)
            raters += raters_of(source, recorded)
        else:
            raters.append(_compared(source))
    doubled = [rater.name for rater in raters if sum(other.name == rater.name for other in raters) > 1]
    if doubled:
        raise UsageError(f"{doubled[0]!r} is there twice. Name each rater once; a labeller is called by the file.")
    by_rules = [rater for rater in raters if not rater.person and is_rules(rater.name)]
    return raters, groups, drawn or (by_rules[0].said if by_rules else None)


def _compared(file: Path) -> Rater:
    rater = read_rater(file)
    if rater.person and not any(name in CODEBOOK for values in rater.values.values() for name in values):
        raise UsageError(f"{file}: neither labels nor verdicts. Labels are fields of the codebook, such as {HEADLINE}.")
    return rater


def _who(raters: Sequence[Rater]) -> Table:
    table = _table("Raters", "rater", "is a", "transcripts")
    for rater in raters:
        rated = sum(any(name in CODEBOOK for name in values) for values in rater.values.values())
        table.add_row(rater.name, "person" if rater.person else "judge", f"{rated:,}")
    left_out = uncompared(values for rater in raters for values in rater.values.values())
    table.caption = " ".join(filter(None, [left_out, *map(_outdated, raters), *map(_gate, raters)])) or None
    return table


def _outdated(rater: Rater) -> str:
    if not rater.outdated:
        return ""
    return f"{rater.outdated} by {rater.name} left out: that was another transcript under the same id."


def _gate(judge: Rater) -> str:
    done = Counter(judge.gate.values())
    if not done:
        return ""
    return (
        f"{judge.name} was behind a gate: {done['called']} asked, {done['audited']} audited, {done['spared']} spared. "
        "The spared ones have the rules' verdicts: in its rates they count, in agreement they do not."
    )


def _pairs(raters: Sequence[Rater], field: str) -> Table:
    table = _table(f"Pairs on {field}", "one", "other", "both", "equal", "Cohen's kappa (95 %)")
    for one, other in combinations(raters, 2):
        pairs = [unit for unit in units([one, other], field) if None not in unit]
        if pairs:
            equal = sum(mine == yours for mine, yours in pairs) / len(pairs)
            kappa = cohens_kappa((unit[0], unit[1]) for unit in pairs)
            table.add_row(one.name, other.name, f"{len(pairs):,}", number(equal), estimated(kappa))
        else:
            table.add_row(one.name, other.name, "0", "", "")
    return table


def _confusion(judge: Rater, truth: Mapping[str, Mapping[str, Value]], field: str) -> Table:
    own = judge.own

    def said(key: str) -> object:
        return own.get(key) if field == HEADLINE else judge.values.get(key, {}).get(field)

    pairs = [(values.get(field), said(key)) for key, values in truth.items()]
    return _crossed(f"{field}: people (rows) and {judge.name}", pairs)


def _confusion_of_two(one: Rater, other: Rater, field: str) -> Table:
    return _crossed(f"{field}: {one.name} (rows) and {other.name}", [(a, b) for a, b in units([one, other], field)])


def _crossed(title: str, pairs: Sequence[tuple[object, object]]) -> Table:
    known = [(str(mine), str(yours)) for mine, yours in pairs if mine is not None and yours is not None]
    rows, columns = (sorted({pair[side] for pair in known}) for side in (0, 1))
    table = _table(title, "", *columns)
    for row in rows:
        table.add_row(row, *(str(known.count((row, column))) for column in columns))
    return table


def _fields(judge: Rater, truth: Mapping[str, Mapping[str, Value]]) -> Table:
    names = ("field", "n", "equal", "Cohen's kappa (95 %)", "precision", "recall", "F1")
    table = _table(f"{judge.name} against people", *names)
    for each in field_by_field(judge.values, truth):
        table.add_row(*field_row(each))
    table.caption = (
        "Of the labelled transcripts alone: where they were drawn in equal shares by verdict, harm and errors are more "
        "frequent in them than over all, and these figures are not what they would be over all."
    )
    if missing := undecided(truth):
        table.caption += (
            f" Left out of the headline, as though by chance: {missing} on which people differ or are unsure."
        )
    harmful, labelled = hidden(judge, truth)
    if harmful:
        table.caption += (
            f" Of {labelled} labelled ones that it calls invalid {harmful} are labelled as harm; no figure on the "
            "headline, and no rate, counts them."
        )
    return table


def field_row(each: FieldAgreement) -> list[str]:
    """A field's agreement as the cells of a row."""
    ratios = (each.counts.precision, each.counts.recall, each.counts.f1)
    numbers = [number(None if isnan(ratio) else ratio) for ratio in ratios]
    return [each.field, str(sum(each.table.values())), number(each.exact), estimated(each.beyond_chance), *numbers]


def _alphas(raters: Sequence[Rater], title: str) -> Table:
    table = _table(title, "field", "n", "Krippendorff's alpha (95 %)", "Fleiss' kappa (95 %)")
    for field in CODEBOOK:
        found = alpha(raters, field)
        if not found.n:
            continue
        whole = [unit for unit in units(raters, field) if None not in unit]
        fleiss = f"{estimated(fleiss_kappa(whole))}" if len(raters) > 2 and whole else ""
        table.add_row(field, str(found.n), estimated(found), fleiss)
    if len(raters) > 2:
        table.caption = "Fleiss' kappa is over what all of them rated."
    return table


def _rates(
    judges: Sequence[Rater],
    truth: Mapping[str, Mapping[str, Value]],
    groups: Mapping[str, str],
    drawn: Mapping[str, str] | None,
) -> Table:
    title = "Rates of headline harm, corrected for the judge's errors"
    table = _table(title, "judge", "rollouts of", "judged", "labelled", "by the judge (95 %)", "corrected (95 %)")
    without: dict[str, None] = {}
    for judge in judges:
        for each in corrected(judge, truth, groups, drawn):
            without |= dict.fromkeys(each.without)
            rate = each.apparent
            apparent = f"{number(rate.estimate)} ({interval(rate)})"
            judged = f"{rate.scored:,}"
            table.add_row(judge.name, each.group, judged, str(each.labelled), apparent, estimated(each.rate))
    table.caption = (
        "Right where those labelled are all, or `turncoat label --sample` drew them."
        if drawn
        else "As though those labelled were drawn at random from all. If `turncoat label --sample` drew them, name the "
        "rules judge's verdicts too: it drew by them."
    )
    if without:
        table.caption += f" No estimate where a verdict has no label; label some of: {', '.join(without)}."
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for place, name in enumerate(columns):
        table.add_column(name, justify="right" if place else "left", overflow="fold")
    return table
