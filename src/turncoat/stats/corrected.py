"""How often it happened, when a judge that errs says so and people have labelled some: rates corrected for its errors.

| what is known | function |
|---|---|
| labels drawn within each verdict, a number for each | `stratified`: what to use where labels can still be chosen |
| labels drawn from all alike | `stratified`, by verdict afterwards; where harm is common, `prediction_powered` |
| labels from elsewhere, of the same judge | `rogan_gladen` |
| a cheap judge decides which rollouts a better one sees, with an audit | `audited` |

All are pure functions on counts of rollouts; every estimate and interval is within [0, 1]. What each covers in
simulation, also where it should not be used, is in `benchmarks/README.md`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import nan
from typing import TYPE_CHECKING, Literal, get_args

from turncoat.errors import UsageError
from turncoat.stats.estimate import Estimate, check_counts, check_draws, check_level, normal, within, z_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Target = Literal["underlying", "these"]
"""The rate with which such rollouts come out harmful; or the share of harmful ones among these rollouts."""

_PRIOR = 0.5
"""Jeffreys' prior of a share, Beta(1/2, 1/2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Rollouts with the same verdict: how many there are, how many of them were labelled at random, and as harmful.

    0 <= harmful <= labelled <= total; anything else is a UsageError.
    """

    total: int
    labelled: int
    harmful: int

    def __post_init__(self) -> None:
        check_counts(total=self.total, labelled=self.labelled, harmful=self.harmful)
        if not self.harmful <= self.labelled <= self.total:
            raise UsageError(f"Counts that cannot be: {self!r}. Allowed: harmful <= labelled <= total.")

    @property
    def share(self) -> float:
        """The harmful share of the labelled ones; NaN without labels."""
        return self.harmful / self.labelled if self.labelled else nan


def stratified(
    strata: Iterable[Stratum],
    *,
    target: Target = "underlying",
    level: float = 0.95,
    draws: int = 20_000,
    seed: int = 0,
) -> Estimate:
    """The rate of harm from labels that were drawn at random within each stratum; `n` counts all rollouts.

    Strata are all that a rollout's verdict may be, `uncertain` and `unscored` too; together they are all rollouts.
    The estimate weighs each stratum's labelled share by its size (W. G. Cochran, "Sampling Techniques", 3rd ed., 1977,
    ch. 5); it is NaN where one with rollouts has no labels. The interval is the central one of `draws` draws from the
    posterior, harmful shares with Jeffreys' prior, Beta(1/2, 1/2), and as L. D. Brown, T. T. Cai, A. DasGupta,
    Statistical Science 16 (2001), 101-133, mend it: a stratum in which no label found harm counts as harmless at the
    low end alone, one in which all did as harmful at the high end alone. Without labels it is both: the interval holds
    all that it could be.
    `underlying`: the sizes of the strata are chance too, with one rollout's worth of prior spread evenly over them
    (W. Perks, J. Inst. Actuaries 73 (1947), 285-334). `these`: sizes and labelled rollouts are as they are, the
    unlabelled beta-binomial. UsageError without rollouts, for another target, level outside (0, 1), under 1,000 draws.
    """
    check_level(level)
    check_draws(draws)
    if target not in get_args(Target):
        raise UsageError(f"There is no target {target!r}. Allowed: {', '.join(get_args(Target))}.")
    parts = sorted(strata, key=lambda each: (each.total, each.labelled, each.harmful))  # their order must not matter
    n = sum(each.total for each in parts)
    if not n:
        raise UsageError("There are no rollouts in these strata. Allowed: one or more, in all strata together.")
    import numpy as np

    random = np.random.default_rng(seed)
    totals, labelled, harmful = np.array([(each.total, each.labelled, each.harmful) for each in parts]).T
    shares = random.beta(harmful + _PRIOR, labelled - harmful + _PRIOR, size=(draws, len(parts)))
    sizes = random.dirichlet(totals + 1 / len(parts), size=draws)

    def rates(shares: "NDArray[np.float64]") -> "NDArray[np.float64]":
        these = target == "these"
        found = (harmful + random.binomial(totals - labelled, shares)) / n if these else sizes * shares
        return np.asarray(found.sum(axis=1), float)

    low = np.quantile(rates(np.where(harmful == 0, 0, shares)), (1 - level) / 2)
    high = np.quantile(rates(np.where(harmful == labelled, 1, shares)), (1 + level) / 2)
    estimate = sum(each.total * each.share for each in parts if each.total) / n
    return within(0, 1, estimate, low, high, level=level, n=n, method=f"stratified, {target}")


def audited(
    called: Stratum,
    spared: Iterable[Stratum],
    *,
    target: Target = "underlying",
    level: float = 0.95,
    draws: int = 20_000,
    seed: int = 0,
) -> Estimate:
    """The rate that a model judge would find, where a cheap judge spares it some of the rollouts.

    `called`: the rollouts that the model judged, all of them (labelled == total). `spared`: the others, one stratum for
    each verdict of the cheap judge; `labelled` were drawn at random to be audited by the model, `harmful` by its word.
    Each spared verdict is corrected by how often the model disagreed with it (the difference estimator, poststratified:
    C.-E. Sarndal, B. Swensson, J. Wretman, "Model Assisted Survey Sampling", 1992, ch. 6 and 7), with Jeffreys' prior
    on both ways to disagree: an audit without a disagreement leaves room for some. Otherwise as `stratified`.
    The model's own errors are not corrected: label, and use `stratified`. UsageError if `called` is not judged wholly.
    """
    if called.labelled != called.total:
        raise UsageError(
            f"The model judged only some of the called rollouts: {called!r}. Allowed: labelled == total; those that it "
            "failed to judge are a stratum of their own in `spared`, without labels."
        )
    found = stratified([called, *spared], target=target, level=level, draws=draws, seed=seed)
    return replace(found, method=f"audited, {target}")


def rogan_gladen(
    positives: int,
    n: int,
    *,
    true_positive: int,
    false_negative: int,
    true_negative: int,
    false_positive: int,
    level: float = 0.95,
) -> Estimate:
    """The underlying rate from a judge's `positives` of `n` verdicts, its sensitivity and its specificity.

    These come from labelled rollouts that are not among the `n`, drawn by their label or from all alike, never by
    verdict: `true_positive` of `true_positive + false_negative` harmful ones were found, `true_negative` of
    `true_negative + false_positive` harmless ones passed. (positives/n + spec - 1) / (sens + spec - 1), cut to [0, 1]:
    W. J. Rogan, B. Gladen, Am. J. Epidemiol. 107 (1978), 71-76. Interval: Z. Lang, J. Reiczigel, "Confidence limits for
    prevalence of disease adjusted for estimated sensitivity and specificity", Prev. Vet. Med. 113 (2014), 13-22.
    UsageError without verdicts, without labels of both kinds, or for a judge no better than chance.
    """
    check_counts(
        positives=positives, n=n, true_positive=true_positive, false_negative=false_negative,
        true_negative=true_negative, false_positive=false_positive,
    )  # fmt: skip
    if not 0 < n >= positives:
        raise UsageError(
            f"Counts that cannot be: positives={positives!r} of n={n!r}. Allowed: 0 <= positives <= n, n >= 1."
        )
    harmful, harmless = true_positive + false_negative, true_negative + false_positive
    if not harmful or not harmless:
        raise UsageError(
            f"Sensitivity and specificity need labels of both kinds, not {harmful} harmful and {harmless} harmless. "
            "Allowed: 1 or more of each. Label more rollouts, or use stratified, which needs no such."
        )
    sensitivity, specificity = true_positive / harmful, true_negative / harmless
    z = z_of(level)
    # one label of each kind for and against, z^2 verdicts half positive: what makes the interval hold at few and at 0
    sens, spec = (true_positive + 1) / (harmful + 2), (true_negative + 1) / (harmless + 2)
    observed, size = (positives + z**2 / 2) / (n + z**2), n + z**2
    if sensitivity + specificity <= 1 or sens + spec <= 1:
        raise UsageError(
            f"A judge no better than chance cannot be corrected for: sensitivity {true_positive}/{harmful}, "
            f"specificity {true_negative}/{harmless}. Allowed: a sum above 1, with (hits + 1) / (labels + 2) for each "
            "too. Label more rollouts, or use stratified."
        )
    centre = (observed + spec - 1) / (sens + spec - 1)
    by_sens, by_spec = sens * (1 - sens) / (harmful + 2), spec * (1 - spec) / (harmless + 2)
    variance = observed * (1 - observed) / size + centre**2 * by_sens + (1 - centre) ** 2 * by_spec
    half = z * variance**0.5 / (sens + spec - 1)
    shifted = centre + 2 * z**2 * (centre * by_sens - (1 - centre) * by_spec)
    estimate = (positives / n + specificity - 1) / (sensitivity + specificity - 1)
    return within(
        0, 1, estimate, shifted - half, shifted + half, level=level, n=n, method="Rogan-Gladen, Lang-Reiczigel"
    )


def prediction_powered(
    positives: int,
    unlabelled: int,
    *,
    true_positive: int,
    false_negative: int,
    true_negative: int,
    false_positive: int,
    tuned: bool = True,
    level: float = 0.95,
) -> Estimate:
    """The underlying rate from a judge's verdicts on many rollouts and labels of others, drawn from all alike.

    `positives` of `unlabelled` rollouts were judged harmful; the four counts are of the labelled ones, by label and
    verdict. mean(label) + lambda (mean verdict of the unlabelled - mean verdict of the labelled): with lambda 1 of
    A. N. Angelopoulos et al., "Prediction-powered inference", Science 382 (2023), 669-674; `tuned`, the lambda in
    [0, 1] of least variance (A. N. Angelopoulos, J. C. Duchi, T. Zrnic, "PPI++", arXiv:2311.01453, 2023).
    The interval is a normal one and too narrow where harm or the judge's errors are rare (tuned, at 2 % harm and 100
    labels, four of five hold the truth): with fewer than about ten harmful labels use `stratified`. UsageError for
    fewer than two labels or two unlabelled rollouts.
    """
    check_level(level)
    check_counts(
        positives=positives, unlabelled=unlabelled, true_positive=true_positive, false_negative=false_negative,
        true_negative=true_negative, false_positive=false_positive,
    )  # fmt: skip
    labelled = true_positive + false_negative + true_negative + false_positive
    if positives > unlabelled or min(unlabelled, labelled) < 2:
        raise UsageError(
            f"Counts that cannot be: positives={positives!r} of unlabelled={unlabelled!r}, {labelled} labels. Allowed: "
            "positives <= unlabelled, two or more unlabelled and two or more labels."
        )
    label, verdict = (true_positive + false_negative) / labelled, (true_positive + false_positive) / labelled
    judged = positives / unlabelled
    bessel = labelled / (labelled - 1)
    of_label, of_verdict = bessel * label * (1 - label), bessel * verdict * (1 - verdict)
    both = bessel * (true_positive / labelled - label * verdict)
    of_judged = judged * (1 - judged) * unlabelled / (unlabelled - 1)
    power = 1.0
    if tuned:
        spread = of_verdict / labelled + of_judged / unlabelled
        power = min(max(both / labelled / spread, 0), 1) if spread else 0.0
    estimate = label + power * (judged - verdict)
    rectified = of_label - 2 * power * both + power**2 * of_verdict
    variance = max(rectified, 0) / labelled + power**2 * of_judged / unlabelled
    method = f"prediction-powered, {'tuned, ' if tuned else ''}lambda={power:.2f}"
    return normal(0, 1, estimate, variance, level=level, n=labelled + unlabelled, method=method)
