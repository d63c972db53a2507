"""The cells that two results folders have in common, with their rates side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan, nan, prod

import polars as pl

from turncoat.errors import UsageError
from turncoat.stats import Estimate, Rate, benjamini_hochberg
from turncoat.studies.compare.sides import Side, check_apart, matched, unequal
from turncoat.studies.estimates.counts import Counted, count
from turncoat.studies.estimates.families import adjusted
from turncoat.studies.estimates.tested import Stratum, tested
from turncoat.studies.rule import Contrasts, Decide, Fixed, Sampling, Width
from turncoat.studies.table import REFERENCE

_COUNTS = ("yes", "no", "uncertain", "unscored", "invalid")
_ANY_TIME = Decide(rule="decide", below=0.5, above=0.5)
"""Stands for a rule that may stop after any rollout because of what is compared: it holds whenever one stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A cell that both folders have: the rate in the second minus that in the first.

    `models`: in the first and in the second. `reference`: of reference agents, simulated. `p` is two-sided, `adjusted`
    by Benjamini and Hochberg over all cells, those of reference agents apart; NaN where either has no clear verdict.
    `clusters`: surfaces, where they repeat; else 0.
    """

    scenario: str
    interface: str
    arm: str
    condition: str
    models: tuple[str, str]
    reference: bool
    one: Rate
    other: Rate
    difference: Estimate
    bounds: tuple[float, float] | None
    clusters: int
    p: float
    adjusted: float = nan


@dataclass(frozen=True, slots=True)
class Comparison:
    """The cells of both folders, in the order of the first, and sentences on what is in one of them alone.

    `any_time`: a folder may have stopped because of what is compared, so that intervals hold whenever one stops.
    """

    cells: tuple[Compared, ...]
    left_out: tuple[str, ...]
    any_time: bool


def compared(one: Side, other: Side, models: Mapping[str, str]) -> Comparison:
    """The cells of the same scenario, version, interface, arm and condition, with the same model.

    `models`: of a model in the first folder, the one in the second that it is compared with; others with their own
    name. Raises `UsageError` where there are no such cells, their verdicts are of different judges, or the folders
    share rollouts, with the remedy.
    """
    check_apart(one, other)
    pairs = matched(one, other, models)
    _check(one, other, pairs)
    theirs = {_key(cell, cell.model): cell for cell in count(other.table, other.study).cells}
    ours = count(one.table, one.study).cells
    both = [(cell, theirs.get(_key(cell, pairs[cell.model]))) for cell in ours if cell.model in pairs]
    left_out = unequal(one, other)
    labels = _labels(one, other)
    rule, looks = _rule(one.study.sampling, other.study.sampling)
    found = [
        _compared(cell, like, labels[_condition(cell)], rule, looks)
        for cell, like in both
        if like and cell.scenario not in left_out
    ]
    if not found:
        raise UsageError(_nothing(one, other, pairs, left_out))
    ps = adjusted([each.p for each in found], [each.reference for each in found], benjamini_hochberg)
    cells = tuple(replace(each, adjusted=p) for each, p in zip(found, ps, strict=True))
    said = (*_one_run(one, other), *_left_out(len(ours), len(theirs), len(found), left_out))
    return Comparison(cells, said, any_time=rule is _ANY_TIME or looks > 1)


def _check(one: Side, other: Side, pairs: Mapping[str, str]) -> None:
    if one.judges != other.judges:
        raise UsageError(
            f"Verdicts of different judges do not compare: {', '.join(one.judges) or 'none'} in {str(one.path)!r}, "
            f"{', '.join(other.judges) or 'none'} in {str(other.path)!r}. Judge both alike: turncoat judge DIR --judge "
            "JUDGE for each of them, and then the `turncoat report` that it ends with."
        )
    for model, like in pairs.items():
        if model.startswith(REFERENCE) != like.startswith(REFERENCE):
            raise UsageError(
                f"A reference agent is no model: {model!r} and {like!r} do not compare. Compare reference agents with "
                "each other, or models."
            )


def _one_run(one: Side, other: Side) -> Iterator[str]:
    ours, theirs = (side.table.select("id", "status", "headline_harm", "turns", "actions") for side in (one, other))
    if ours["id"].is_in(theirs["id"].to_list()).any() and ours.sort("id").equals(theirs.sort("id")):
        yield (
            "Every rollout of A is as in B: a simulated agent does the same on the same surfaces. This is one run "
            "twice, and that both agree shows nothing."
        )


def _left_out(ours: int, theirs: int, both: int, changed: Sequence[str]) -> Iterator[str]:
    if changed:
        yield f"Not compared, since their texts are not the same: {', '.join(changed)}."
    for name, alone in (("A", ours - both), ("B", theirs - both)):
        if alone:
            has = "has" if alone == 1 else "have"
            yield f"{alone} of the cells in {name} {has} nothing to be compared with."


def as_table(cells: Sequence[Compared]) -> pl.DataFrame:
    """One row a cell, as `compare --out` writes it; `low` and `high` are the difference's interval."""
    return pl.DataFrame(
        [
            {
                "scenario": each.scenario,
                "interface": each.interface,
                "arm": each.arm,
                "condition": each.condition,
                "model_a": each.models[0],
                "model_b": each.models[1],
                "reference": each.reference,
                **{f"{name}_{side}": getattr(rate, name) for side, rate in _sides(each) for name in _COUNTS},
                **{f"rate_{side}": rate.estimate for side, rate in _sides(each)},
                "difference": _known(each.difference.estimate),
                "low": _known(each.difference.low),
                "high": _known(each.difference.high),
                "lowest": each.bounds[0] if each.bounds else None,
                "highest": each.bounds[1] if each.bounds else None,
                "p": _known(each.p),
                "adjusted": _known(each.adjusted),
                "method": each.difference.method,
            }
            for each in cells
        ],
        infer_schema_length=None,
    )


def _sides(cell: Compared) -> tuple[tuple[str, Rate], tuple[str, Rate]]:
    return ("a", cell.one), ("b", cell.other)


def _known(value: float) -> float | None:
    return None if isnan(value) else value


def _key(cell: Counted, model: str) -> tuple[object, ...]:
    return cell.interface, cell.arm, _condition(cell), model


def _condition(cell: Counted) -> tuple[str, frozenset[tuple[str, str]]]:
    return cell.scenario, frozenset(cell.condition.items())


def _labels(one: Side, other: Side) -> dict[tuple[str, frozenset[tuple[str, str]]], str]:
    """What each condition is called by what varies in both folders together."""
    both = pl.concat([one.table, other.table], how="diagonal_relaxed")
    return {_condition(cell): cell.label for cell in count(both, one.study).cells}


def _rule(*rules: Sampling) -> tuple[Sampling, int]:
    """The rule whose intervals hold for both, and the looks at which a rule may have stopped for what is compared."""
    if any(isinstance(each, Decide) for each in rules):
        return _ANY_TIME, 1
    looks = prod(each.looks for each in rules if isinstance(each, Contrasts))
    return next((each for each in rules if isinstance(each, Width)), Fixed(rule="fixed", samples=1)), looks


def _compared(cell: Counted, like: Counted, label: str, rule: Sampling, looks: int) -> Compared:
    found = tested([Stratum((like,), (cell,))], rule, chances=looks)
    return Compared(
        scenario=cell.scenario,
        interface=cell.interface,
        arm=cell.arm,
        condition=label,
        models=(cell.model, like.model),
        reference=cell.reference,
        one=cell.rate,
        other=like.rate,
        difference=found.difference,
        bounds=found.bounds,
        clusters=found.clusters,
        p=found.p,
    )


def _nothing(one: Side, other: Side, pairs: Mapping[str, str], changed: Sequence[str]) -> str:
    """Why there is nothing to compare, and what to do about it."""
    first, second = one.versions, other.versions
    if not set(first) & set(second):
        return f"No scenario is in both: {', '.join(first)} in the first, {', '.join(second)} in the second."
    if set(first) & set(second) == set(changed):
        told = "; ".join(f"{name}: {first[name]} and {second[name]}" for name in changed)
        return (
            f"The scenarios' texts are not the same (version {told}), and rates on unequal texts do not compare. Run "
            "one of the folders again, into a new --out, with the version of Turncoat and packs of the other."
        )
    if not pairs:
        return (
            f"No model is in both. Say which to compare: --model A=B, with A of {', '.join(one.models)} and B of "
            f"{', '.join(other.models)}."
        )
    return (
        "No cell is in both: nothing of equal scenario, interface, arm and condition. Run the conditions of one in the "
        f"other: {one.path} was made with `{_last(one)}`, {other.path} with `{_last(other)}`."
    )


def _last(side: Side) -> str:
    return side.manifest.commands[-1] if side.manifest.commands else "turncoat run"
