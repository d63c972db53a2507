"""Contrasts and claims in sentences that say no more than their numbers do."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Literal

from turncoat.reports.numbers import count, listed, points, points_span, probability, share
from turncoat.reports.text import visible
from turncoat.stats import Rate
from turncoat.studies.estimates import Claim, Contrast
from turncoat.studies.rule import ALPHA
from turncoat.studies.study import Hypothesis

Verdict = Literal["holds", "opposed", "open"]
_WORDS: Mapping[Verdict, tuple[str, str]] = {
    "holds": ("The claim holds.", "So far the claim holds."),
    "opposed": ("The opposite holds.", "So far the opposite holds."),
    "open": ("This stays open.", "So far this is open."),
}


def went(side: Verdict, *, settled: bool = True) -> str:
    """How a claim went, in a sentence; `settled`: nothing is to come that could change it."""
    return _WORDS[side][0 if settled else 1]


def verdict(contrast: Contrast) -> Verdict:
    """What the contrast says of its claim: never more than `answered`, and never against the sign of the difference."""
    estimate = contrast.difference.estimate
    if contrast.answered == "open" or isnan(estimate) or not estimate:
        return "open"
    expected = {"more": estimate > 0, "less": estimate < 0, "other": True}[contrast.expect]
    if expected != (contrast.answered == "supported"):
        return "open"
    return "holds" if expected else "opposed"


def told(contrast: Contrast, hypothesis: Hypothesis | None = None, *, harm: str, where: str = "") -> str:
    """The contrast in a sentence. `harm`: what is counted; `where`: what tells it from others, such as the model.

    With its `hypothesis` also whether the least difference that would matter is left out by the interval.
    """
    harm = harm.replace("_", " ")
    compare, against = visible(contrast.compare_label), visible(contrast.against_label)
    who = f"In {where}, " if where else ""
    if isnan(contrast.difference.estimate):
        return (
            f"{who}{compare} cannot be compared with {against}: {_clear(contrast.compare)} against "
            f"{_clear(contrast.against)}."
        )
    moved = f"{who}{_moved(contrast, compare, against, harm)}: {_counts(contrast)}{_probability(contrast)}."
    if hypothesis and rules_out(contrast, hypothesis):
        moved += f" The interval leaves out {_least(hypothesis)} or more."
    return _capital(moved)


def rules_out(contrast: Contrast, hypothesis: Hypothesis) -> bool:
    """Whether the least difference that would matter is left out by an open contrast's interval.

    It is widened by as much as the rollouts without a clear verdict could move the difference.
    """
    by, interval = hypothesis.by, contrast.difference
    lowest, highest = contrast.bounds or (-1.0, 1.0)
    low = interval.low - max(0.0, interval.estimate - lowest)
    high = interval.high + max(0.0, highest - interval.estimate)
    ends = {"more": high < by, "less": low > -by, "other": -by < low <= high < by}
    return verdict(contrast) == "open" and ends[contrast.expect]


def _least(hypothesis: Hypothesis) -> str:
    what = {"more": "rise", "less": "fall", "other": "difference"}[hypothesis.expect]
    return f"a {what} of {points(hypothesis.by)} points"


def _moved(contrast: Contrast, compare: str, against: str, harm: str) -> str:
    estimate = contrast.difference.estimate
    interval = f"({points_span(contrast.difference, fall=estimate < 0)})"
    size = _size(contrast)
    if not estimate:
        return f"{compare} and {against} had the same rate of {harm} {interval}"
    if verdict(contrast) == "open" or not contrast.model or not contrast.scenario:
        word = "higher" if estimate > 0 else "lower"
        return f"the rate of {harm} was {size} {word} with {compare} than with {against} {interval}"
    word = "raised" if estimate > 0 else "lowered"
    return f"{compare} {word} {harm} by {size} {interval} against {against}"


def _size(contrast: Contrast) -> str:
    value = points(abs(contrast.difference.estimate), fine=contrast.difference.width < 0.05)
    return f"{value} point{'' if value == '1' else 's'}"


def _counts(contrast: Contrast) -> str:
    words = f"{_of(contrast.compare)} against {_of(contrast.against)}"
    if contrast.strata > 1:
        words += f", in {contrast.strata} pairs of like cells"
    return f"{words}, by {contrast.clusters} surfaces" if contrast.clusters else words


def _of(rate: Rate) -> str:
    return f"{rate.yes:,} of {rate.decided:,}"


def _clear(rate: Rate) -> str:
    return count(rate.decided, "clear verdict")


def _probability(contrast: Contrast) -> str:
    if isnan(contrast.adjusted):
        return ""
    how = contrast.adjustment.partition(",")[0]  # the rest says over what
    adjustment = f"{how}-adjusted " if how else ""
    look = f" at look {contrast.look} of {contrast.looks}" if contrast.looks > 1 else ""
    return f"; {adjustment}p{probability(contrast.adjusted)}{look}"


def place(contrast: Contrast, among: Sequence[Contrast]) -> str:
    """The model, the scenario, the interface and the arm, as far as they tell it from the others; else ""."""
    keys = ("model", "scenario", "interface", "arm")
    telling = [key for key in keys if len({getattr(each, key) for each in among}) > 1]
    return visible(", ".join(filter(None, (getattr(contrast, key) for key in telling))))


def why_open(contrast: Contrast, hypothesis: Hypothesis | None = None, needed: int | None = None) -> str:
    """Why the contrast gives no answer, or what could still turn the one it gives; "" where there is nothing to say.

    `needed`: rollouts on each side that would show the least difference that matters, in four of five studies.
    """
    reasons = []
    if isnan(contrast.difference.estimate):
        empty = [side for side, rate in _sides(contrast) if not rate.decided]
        reasons.append(
            f"No rollout has a clear verdict with {listed(empty)}." if empty else "No two of its cells are alike."
        )
    elif verdict(contrast) == "open":
        reasons.append(_too_few(contrast, hypothesis, needed))
    unclear = contrast.compare.open + contrast.against.open
    if unclear and contrast.bounds and contrast.bounds[0] <= 0 <= contrast.bounds[1]:
        low, high = (points(end) for end in contrast.bounds)
        reasons.append(
            f"{count(unclear, 'rollout')} without a clear verdict could move the difference to anything from {low} to "
            f"{high} points."
        )
    return " ".join(filter(None, reasons))


def _sides(contrast: Contrast) -> tuple[tuple[str, Rate], tuple[str, Rate]]:
    return ((visible(contrast.compare_label), contrast.compare), (visible(contrast.against_label), contrast.against))


def _too_few(contrast: Contrast, hypothesis: Hypothesis | None, needed: int | None) -> str:
    if hypothesis is None or rules_out(contrast, hypothesis):
        return ""
    by, interval = hypothesis.by, contrast.difference
    end = {"more": interval.high >= by, "less": interval.low <= -by, "other": max(-interval.low, interval.high) >= by}
    if not end[contrast.expect]:  # what keeps it open are the rollouts without a clear verdict
        return ""
    words = f"Too few rollouts: the interval still holds {_least(hypothesis)}, the least that would matter."
    if needed and needed > max(contrast.compare.n, contrast.against.n):
        words += f" About {needed:,} a side would show it in four of five such studies."
    return words


def claimed(claim: Claim, *, harm: str) -> str:
    """What the rule `decide` says of one cell, in a sentence."""
    harm = harm.replace("_", " ")
    where = ", ".join(filter(None, (visible(claim.model), visible(claim.condition))))
    if not claim.rate.decided:
        return f"{where}: no rollout has a clear verdict."
    decided = claimed_side(claim)
    at = {
        "below": f"the rate of {harm} is below {share(claim.below)}",
        "above": f"the rate of {harm} is above {share(claim.above)}",
        "open": f"the rate of {harm} is not shown to be below {share(claim.below)} or above {share(claim.above)}",
    }[decided]
    low, high = share(claim.interval.low), share(claim.interval.high)
    shown = f"{low.removesuffix(' %')} to {high}, valid at every look"
    if decided != "open":
        evidence = claim.e_below if decided == "below" else claim.e_above
        shown = f"evidence {evidence:,.0f} to 1, valid at every look; {1 / ALPHA:.0f} is enough"
    scored = ", as far as there is a clear verdict" if turned(claim) else ""
    return f"{where}: {at}{scored}: {_of(claim.rate)} ({shown})."


def turned(claim: Claim) -> bool:
    """Whether the rollouts without a clear verdict could take the rate to the other side of the limit."""
    bounds, side = claim.rate.bounds, claimed_side(claim)
    if side == "open" or bounds is None:
        return False
    return bounds[1] >= claim.below if side == "below" else bounds[0] <= claim.above


def could_turn(claim: Claim) -> str:
    """How far the rollouts without a clear verdict could move a rate that they could turn; "" where they could not."""
    bounds = claim.rate.bounds
    if bounds is None or not turned(claim):
        return ""
    where = ", ".join(filter(None, (visible(claim.model), visible(claim.condition))))
    return (
        f"{where}: {count(claim.rate.open, 'rollout')} without a clear verdict could move the rate to anything from "
        f"{share(bounds[0]).removesuffix(' %')} to {share(bounds[1])}."
    )


def claimed_side(claim: Claim) -> Literal["below", "above", "open"]:
    """As decided, and never against the observed rate."""
    estimate = claim.rate.estimate
    if estimate is None or claim.decided == "open":
        return "open"
    agrees = estimate < claim.below if claim.decided == "below" else estimate > claim.above
    return claim.decided if agrees else "open"


def _capital(text: str) -> str:
    # A level's name stays as it is written; only our own words begin a sentence.
    return text[0].upper() + text[1:] if text.startswith(("the rate of ", "a ")) else text
