"""Differences as a forest plot, and odds ratios on a log axis."""

from collections.abc import Sequence
from itertools import groupby
from math import ceil, isfinite, isnan, log10

import polars as pl

from turncoat.reports.figures.dots import Block, Row, Scale, dots
from turncoat.reports.figures.picture import Picture, cut
from turncoat.reports.numbers import NOTHING, in_points, points, points_span, probability, times, times_span
from turncoat.reports.study.sentences import place, verdict
from turncoat.reports.text import visible
from turncoat.studies.estimates import Contrast, Effect, FactorModel

ROWS_AT_MOST = 40
_BETWEEN = "Between models"
_ADJUSTED = "adjusted"
_SIDE = 16
"""Letters of either side's name: both fit into a row."""


def contrasts(found: Sequence[Contrast], *, name: str, title: str) -> Picture | None:
    """A dot a contrast; None where there is none that can be drawn."""
    drawn = [each for each in found if not isnan(each.difference.low)][:ROWS_AT_MOST]
    if not drawn:
        return None
    blocks: list[Block] = [
        (visible(head), [_difference(each, drawn) for each in inside])
        for head, inside in groupby(drawn, key=lambda each: each.says if each.model else _BETWEEN)
    ]
    hidden = len(found) - len(drawn)
    return Picture(
        name=name,
        title=title,
        unit="difference of the rates, percentage points",
        text=" ".join(
            f"{visible(each.says).rstrip('.')}, {_where(each, drawn)}: {in_points(each.difference)} points, "
            f"{_ADJUSTED} p{probability(each.adjusted)}."
            for each in drawn
        ),
        caption=_caption(drawn) + (f" {hidden} more are in the table of contrasts only." if hidden else ""),
        data=contrasts_data(found),
        forms=dots(blocks, _difference_scale(drawn), last="" if drawn[0].primary else _ADJUSTED),
    )


def contrasts_data(found: Sequence[Contrast]) -> pl.DataFrame:
    """A row a contrast."""
    return pl.DataFrame(
        [
            {
                "contrast": each.name, "says": each.says, "primary": each.primary, "expect": each.expect,
                "scenario": each.scenario, "model": each.model, "reference": each.reference,
                "interface": each.interface, "arm": each.arm, "compare": each.compare_label,
                "against": each.against_label, "compare_yes": each.compare.yes, "compare_decided": each.compare.decided,
                "compare_open": each.compare.open, "against_yes": each.against.yes,
                "against_decided": each.against.decided, "against_open": each.against.open,
                "difference": each.difference.estimate, "low": each.difference.low, "high": each.difference.high,
                "lowest": each.bounds[0] if each.bounds else None, "highest": each.bounds[1] if each.bounds else None,
                "level": each.difference.level, "method": each.difference.method, "strata": each.strata,
                "clusters": each.clusters, "p": each.p, "adjusted": each.adjusted, "adjustment": each.adjustment,
                "answered": each.answered, "look": each.look, "looks": each.looks,
            }
            for each in found
        ],
        infer_schema_length=None,
    )  # fmt: skip


def _difference(contrast: Contrast, drawn: Sequence[Contrast]) -> Row:
    difference = contrast.difference
    models = list(dict.fromkeys(each.model for each in drawn))
    value = NOTHING if isnan(difference.estimate) else points(difference.estimate, fine=difference.width < 0.05)
    return Row(
        name=_where(contrast, drawn),
        value=difference.estimate,
        low=difference.low,
        high=difference.high,
        outer=contrast.bounds if contrast.compare.open + contrast.against.open else None,
        written=(f"+{value}" if difference.estimate > 0 else value, points_span(difference),
                 verdict(contrast) if contrast.primary else f"p{probability(contrast.adjusted)}"),
        series=models.index(contrast.model),
        of=len(models),
        hollow=contrast.reference,
    )  # fmt: skip


def _where(contrast: Contrast, drawn: Sequence[Contrast]) -> str:
    """What tells it from the others of its block."""
    told = place(contrast, drawn) or visible(contrast.model)
    if contrast.model:
        return told
    sides = " against ".join(cut(visible(side), _SIDE) for side in (contrast.compare_label, contrast.against_label))
    return ", ".join(filter(None, (visible(contrast.says) if contrast.primary else sides, told)))


def _difference_scale(drawn: Sequence[Contrast]) -> Scale:
    ends = [abs(end) for each in drawn for end in (each.difference.low, each.difference.high)]
    step = next((step for step in (0.05, 0.1, 0.25) if max(ends) <= 2 * step), 0.5)
    return Scale(
        low=-2 * step, high=2 * step, middle=0,
        ticks=tuple((i * step, points(i * step) if i <= 0 else f"+{points(i * step)}") for i in range(-2, 3)),
    )  # fmt: skip


def _caption(drawn: Sequence[Contrast]) -> str:
    marks = ["Dot: the difference of the two rates, in percentage points; right of the middle line: more harm."]
    marks.append(
        f"Thick line: its {drawn[0].difference.level * 100:.0f} % interval, not adjusted for how many there are."
    )
    if any(each.compare.open + each.against.open for each in drawn):
        marks.append("Thin line: where rollouts without a clear verdict could move it.")
    if any(each.reference for each in drawn):
        marks.append("Hollow dot: a reference agent, not a model.")
    if not drawn[0].primary:
        marks.append("At the right: the difference, its interval, and p adjusted for all secondary contrasts together.")
    return " ".join(marks)


def effects(models: Sequence[FactorModel]) -> Picture | None:
    """Odds ratios of each level against its factor's first, of one scenario; None without any."""
    models = [model for model in models if model.effects]
    terms = dict.fromkeys(effect.term for model in models for effect in model.effects)
    if not terms:
        return None
    blocks: list[Block] = []
    drawn = 0
    for term in terms:
        found = [(model, effect) for model in models for effect in model.effects if effect.term == term]
        if drawn + len(found) > ROWS_AT_MOST and blocks:
            break
        drawn += len(found)
        label = _term(found[0][1]) + (_whole(*found[0]) if len(found) == 1 else "")
        blocks.append((visible(label), [_effect(model, effect, models) for model, effect in found]))
    scenario = visible(models[0].scenario)
    hidden = sum(len(model.effects) for model in models) - drawn
    hollow = any(model.reference for model in models)
    return Picture(
        name=f"effects-{models[0].scenario}",
        title=f"What each factor does to the odds of the headline harm in {scenario}",
        unit="odds ratio, on a logarithmic axis",
        text=" ".join(
            f"{_term(effect)}, {model.model}: odds times {times(effect.odds_ratio.estimate)}, "
            f"{times_span(effect.odds_ratio)}, {_ADJUSTED} p{probability(effect.adjusted)}."
            for model in models
            for effect in model.effects
        ),
        caption="Dot: how many times higher the odds of the harm are than at the factor's first level, everything else "
        "equal; 1 is no difference. The axis is logarithmic. Thick line: 95 % interval; an arrow where it goes on. "
        "At the right: the odds ratio, its interval, and p adjusted for all effects of the study together."
        + (" Hollow dot: a reference agent, not a model." if hollow else "")
        + (f" {hidden} more are in the table of effects only." if hidden else "")
        + "".join(f" {visible(note)}" for note in dict.fromkeys(model.note for model in models) if note),
        data=effects_data(models),
        forms=dots(blocks, _odds_scale(models), last=_ADJUSTED),
    )


def effects_data(models: Sequence[FactorModel]) -> pl.DataFrame:
    """A row a term. `factor_adjusted`: the adjusted p of all terms of its factor together."""
    return pl.DataFrame(
        [
            {
                "scenario": model.scenario, "model": model.model, "reference": model.reference, "n": model.n,
                "term": effect.term, "factor": effect.factor, "level": effect.level, "base": effect.base,
                "at": effect.at, "factor_adjusted": together.get(effect.factor),
                "odds_ratio": effect.odds_ratio.estimate, "low": effect.odds_ratio.low, "high": effect.odds_ratio.high,
                "p": effect.p, "adjusted": effect.adjusted, "method": model.method, "note": model.note,
            }
            for model in models
            for together in [{each.factor: each.adjusted for each in model.factors}]
            for effect in model.effects
        ],
        infer_schema_length=None,
    )  # fmt: skip


def _term(effect: Effect) -> str:
    where = f", at {effect.at}" if effect.at else ""
    return f"{effect.factor}: {effect.level} against {effect.base}{where}" if effect.base else effect.term


def _whole(model: FactorModel, effect: Effect) -> str:
    """What a term says only in part: whether its factor does anything."""
    whole = next((each for each in model.factors if each.factor == effect.factor and effect.at), None)
    return f" (all terms of {whole.factor}: p{probability(whole.adjusted)})" if whole else ""


def _effect(model: FactorModel, effect: Effect, models: Sequence[FactorModel]) -> Row:
    ratio = effect.odds_ratio
    return Row(
        name=visible(model.model),
        value=ratio.estimate,
        low=ratio.low,
        high=ratio.high,
        written=(times(ratio.estimate), times_span(ratio), f"p{probability(effect.adjusted)}"),
        series=models.index(model),
        of=len(models),
        hollow=model.reference,
    )


def _odds_scale(models: Sequence[FactorModel]) -> Scale:
    """From a power of ten to its inverse, wide enough for the estimates, and for intervals up to a thousand."""
    ratios = [effect.odds_ratio for model in models for effect in model.effects]
    ends = [abs(log10(x)) for r in ratios for x in (r.estimate, r.low, r.high) if isfinite(x) and x > 0]
    far = min(max(1, ceil(max(ends, default=1))), 3)
    return Scale(
        low=10.0**-far, high=10.0**far, middle=1, log=True,
        ticks=tuple((10.0**i, f"{10.0**i:g}") for i in range(-far, far + 1)),
    )  # fmt: skip
