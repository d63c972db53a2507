"""The primary contrasts that two results folders have in common: each side's, and how far they differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan

import polars as pl

from turncoat.stats import Estimate, independent_difference
from turncoat.studies.compare.sides import Side, matched, unequal
from turncoat.studies.estimates import Contrast
from turncoat.studies.estimates.sequential import primary_contrasts, seen_at_looks
from turncoat.studies.rule import ALPHA
from turncoat.studies.study import Hypothesis

_Key = tuple[str, str, str, str, str]
"""Name, scenario, interface, arm, model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedContrast:
    """A primary contrast of both folders: each with the interval that its rule of sampling allows.

    `difference`: the contrast in the second folder minus that in the first. `same`: whether both compare the same
    sides; else they have only the name in common. `part`: whether either folder has more cells of it; it is of those
    alone that have clear verdicts in both.
    """

    one: Contrast
    other: Contrast
    same: bool
    part: bool
    difference: Estimate


def compared_contrasts(one: Side, other: Side, models: Mapping[str, str]) -> tuple[ComparedContrast, ...]:
    """The contrasts of the same sides, else of the same name, in the same scenario, interface, arm and model.

    `models`: as `compared` has it. () where either folder is of no study, or they have none in common.
    """
    pairs = matched(one, other, models)
    hypotheses = _alike(one.study.hypotheses, other.study.hypotheses)
    if not hypotheses:
        return ()
    left_out = set(unequal(one, other))
    whole = _primary(one), _primary(other)
    common = tuple(map(_primary, _common(one, other, pairs)))
    found = []
    for key in whole[0]:
        if key[0] not in hypotheses:
            continue
        name, same = hypotheses[key[0]]
        like = (name, *key[1:-1], pairs.get(key[-1], key[-1]))
        ours, theirs = (side.get(each) for side, each in zip(common if same else whole, (key, like), strict=True))
        if not ours or not theirs or left_out & (set(one.versions) if not ours.scenario else {ours.scenario}):
            continue
        difference = independent_difference(ours.difference, theirs.difference)
        if not isnan(difference.estimate):
            part = same and (ours.strata < whole[0][key].strata or theirs.strata < whole[1][like].strata)
            found.append(ComparedContrast(one=ours, other=theirs, same=same, part=part, difference=difference))
    return tuple(found)


def contrasts_table(found: Sequence[ComparedContrast]) -> pl.DataFrame:
    """One row a contrast, as `compare --out` writes it; differences in [-1, 1], their difference in [-2, 2]."""
    return pl.DataFrame(
        [
            {
                "contrast_a": each.one.name,
                "contrast_b": each.other.name,
                "same_sides": each.same,
                "common_cells_only": each.part,
                "says": each.one.says,
                "compare": each.one.compare_label,
                "against": each.one.against_label,
                "scenario": each.one.scenario,
                "interface": each.one.interface,
                "arm": each.one.arm,
                "model_a": each.one.model,
                "model_b": each.other.model,
                "reference": each.one.reference,
                **dict(_told("a", each.one)),
                **dict(_told("b", each.other)),
                "difference": each.difference.estimate,
                "low": each.difference.low,
                "high": each.difference.high,
                "method": each.difference.method,
            }
            for each in found
        ],
        infer_schema_length=None,
    )


def _told(side: str, contrast: Contrast) -> Iterator[tuple[str, object]]:
    for name, rate in (("compare", contrast.compare), ("against", contrast.against)):
        yield f"{name}_yes_{side}", rate.yes
        yield f"{name}_decided_{side}", rate.decided
    for name in ("estimate", "low", "high", "method"):
        yield f"{name}_{side}", getattr(contrast.difference, name)


def _primary(side: Side) -> dict[_Key, Contrast]:
    if side.table.is_empty():
        return {}
    found = primary_contrasts(seen_at_looks(side.table, side.study), alpha=ALPHA)
    return {(each.name, each.scenario, each.interface, each.arm, each.model): each for each in found}


def _common(one: Side, other: Side, pairs: Mapping[str, str]) -> tuple[Side, Side]:
    """Both folders with nothing but the cells that have clear verdicts in both: others would move a contrast."""
    cells = ["scenario", "interface", "arm", "condition", "like"]
    named = pl.col("model").replace_strict(pairs, default=None, return_dtype=pl.String).alias("like")
    ours, theirs = one.table.with_columns(named), other.table.with_columns(like="model")
    clear = pl.col("headline_harm").is_in(["yes", "no"])
    there = ours.filter(clear).join(theirs.filter(clear), on=cells, how="semi").select(cells).unique()
    ours, theirs = (each.join(there, on=cells, how="semi", maintain_order="left") for each in (ours, theirs))
    return replace(one, table=ours.drop("like")), replace(other, table=theirs.drop("like"))


def _alike(ours: Sequence[Hypothesis], theirs: Sequence[Hypothesis]) -> dict[str, tuple[str, bool]]:
    """Of each of our hypotheses: the name of theirs that it is compared with, and whether its sides are the same."""
    sides = {_sides(each): each.name for each in theirs}
    names = {each.name for each in theirs}
    found = {}
    for each in ours:
        if _sides(each) in sides:
            found[each.name] = (sides[_sides(each)], True)
        elif each.name in names:
            found[each.name] = (each.name, False)
    return found


def _sides(hypothesis: Hypothesis) -> tuple[frozenset[tuple[str, frozenset[str]]], ...]:
    return tuple(
        frozenset((key, frozenset(levels)) for key, levels in side.items())
        for side in (hypothesis.compare, hypothesis.against)
    )
