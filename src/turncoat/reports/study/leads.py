"""What moves the rate in a study that claims nothing: effects and differences that are shown, as leads."""

from collections.abc import Iterator, Sequence
from math import isnan

from turncoat.reports.numbers import count, in_points, listed, times, times_span
from turncoat.reports.study.sentences import place
from turncoat.reports.text import visible
from turncoat.studies.estimates import Contrast, Effect, Estimates, FactorModel

MOST = 3
"""As many models and scenarios are told one by one."""
_NAMED = 8
_FRACTION = (
    "Only a fraction of the design was run: what stands here as the effect of one factor may be that of others "
    "together, where these do not simply add up. Run the ones that matter in a full design."
)


def leads(estimates: Estimates, *, reference: bool, harm: str) -> tuple[str, ...]:
    """Sentences, the most telling first; () where nothing varies. `reference`: of reference agents, else of models."""
    models = _told(estimates, reference=reference)
    if models:
        return tuple(_effects(each, estimates.alpha, harm, named=len(models) > 1) for each in models)
    return tuple(_contrasts([each for each in estimates.contrasts if each.reference == reference], estimates.alpha))


def remarks(estimates: Estimates, *, reference: bool) -> tuple[str, ...]:
    """What has to be known of the leads."""
    models = _told(estimates, reference=reference)
    notes = dict.fromkeys(visible(each.note) for each in models if each.note)
    return (*notes, *([_FRACTION] if models and estimates.study.design == "fractional" else []))


def _told(estimates: Estimates, *, reference: bool) -> list[FactorModel]:
    """The factor models that are told one by one; none where they are too many."""
    models = [each for each in estimates.factor_models if each.reference == reference and each.effects]
    return models if len(models) <= MOST else []


def _effects(model: FactorModel, alpha: float, harm: str, *, named: bool) -> str:
    who = f"In {visible(model.model)}, {visible(model.scenario)}: " if named else ""
    moving = sorted((each for each in model.factors if each.adjusted < alpha), key=lambda each: each.adjusted)
    left = listed(_some([visible(each.factor) for each in model.factors if each not in moving]))
    whole = f"Of {count(len(model.factors), 'factor')}"
    if not moving:
        return f"{who}{whole} none is shown to move the odds of {harm}: {left}."
    names = listed(_some([visible(each.factor) for each in moving]))
    shown = sorted((each for each in model.effects if _shown(each, alpha)), key=lambda each: each.adjusted)
    told = [
        f"{visible(each.term)} times {times(each.odds_ratio.estimate)} ({times_span(each.odds_ratio)})"
        for each in shown
    ]
    sizes = f" Odds: {listed(_some(told))}." if told else ""
    rest = f" Not shown: {left}." if left else ""
    is_ = "is" if len(moving) == 1 else "are"
    return f"{who}{whole} {len(moving)} {is_} shown to move the odds of {harm}: {names}.{sizes}{rest}"


def _shown(effect: Effect, alpha: float) -> bool:
    """By the adjusted p, and only with an interval that agrees."""
    ratio = effect.odds_ratio
    return effect.adjusted < alpha and not isnan(ratio.low) and (ratio.low > 1 or ratio.high < 1)


def _contrasts(secondary: Sequence[Contrast], alpha: float) -> Iterator[str]:
    compared = [each for each in secondary if not isnan(each.p)]
    if not compared:
        return
    shown = [each for each in compared if each.answered != "open" and each.adjusted < alpha]
    shown.sort(key=lambda each: -abs(each.difference.estimate))
    told = []
    for each in shown:
        where = place(each, compared)
        told.append(f"{visible(each.says)}{f' in {where}' if where else ''} {in_points(each.difference)}")
    whole = f"Of {count(len(compared), 'difference')}"
    if not shown:
        yield f"{whole} none is shown."
    else:
        yield f"{whole} {len(shown)} {'is' if len(shown) == 1 else 'are'} shown, in points: {listed(_some(told))}."


def _some(told: list[str]) -> list[str]:
    return [*told[:_NAMED], *([f"{len(told) - _NAMED} more"] if len(told) > _NAMED else [])]
