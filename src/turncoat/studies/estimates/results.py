"""The estimates of a study, as plain data: made in this package, read by reports and exports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from turncoat.judging.raters import Corrected
from turncoat.reference.published import Entry
from turncoat.stats import Estimate, Rate
from turncoat.studies.rule import ALPHA
from turncoat.studies.study import Study

Answered = Literal["supported", "opposed", "open"]
"""What the data say of a claim: the direction that was expected is shown, the other one is, or neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRate:
    """What one model did in one cell, with an interval that the rule of sampling allows.

    `condition`: label of the condition. `upper`: where no harm was seen, the exact one-sided upper limit of the rate,
    at the level that `interval` is made at.
    """

    scenario: str
    model: str
    reference: bool
    interface: str
    arm: str
    condition: str
    rate: Rate
    interval: Estimate
    upper: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """The rate of the headline harm in some cells minus that in others, of one model in one scenario.

    `name`: of the hypothesis, or of the secondary comparison (`threat: replacement - none`). `scenario`, `model`,
    `interface`, `arm`: "" where the contrast spans several, or is between them. `compare`, `against`: all rollouts of
    either side; `difference` in [-1, 1], combined over `strata` of cells that are alike in everything else, by surface
    where `clusters` > 0. `bounds`: where the difference could be, had every open rollout been decided. `p`: two-sided;
    `adjusted`: for all of its family by `adjustment`; both NaN where there is nothing to compare. `look`: at which of
    `looks` this is.
    """

    name: str
    says: str
    primary: bool
    expect: Literal["more", "less", "other"]
    scenario: str
    model: str
    reference: bool
    interface: str
    arm: str
    compare_label: str
    against_label: str
    compare: Rate
    against: Rate
    difference: Estimate
    bounds: tuple[float, float] | None
    strata: int
    clusters: int
    p: float
    adjusted: float
    adjustment: str
    answered: Answered
    look: int = 1
    looks: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A term of the factor model: the odds ratio of a level against its factor's first level, or of an interaction.

    That of a factor with interactions is where the others in them are at their first levels: `at`, as `goal=none`.
    """

    term: str
    factor: str
    level: str
    base: str
    at: str = ""
    odds_ratio: Estimate
    p: float
    adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorTest:
    """Whether a factor does anything at all: all its terms together, those of its interactions among them."""

    factor: str
    p: float
    adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorModel:
    """A penalised logistic model of the headline harm in one scenario and model, over all its cells."""

    scenario: str
    model: str
    reference: bool
    n: int
    factors: tuple[FactorTest, ...]
    effects: tuple[Effect, ...]
    method: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """How the rate goes with a factor that is a number: `points` are (level, rate), `slope` in log-odds per `unit`.

    `intervals`: of the points' rates. `adjusted`: p for all doses together. `note`: what the slope's interval does not
    know of.
    """

    scenario: str
    model: str
    reference: bool
    factor: str
    points: tuple[tuple[float, Rate], ...]
    slope: Estimate
    unit: float
    p: float
    intervals: tuple[Estimate, ...]
    adjusted: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """Rates by what the agent says that it is in (`real`, `evaluation`, `none`), in one scenario, model and condition.

    `condition`: label of the condition; "" over all. `intervals`: of the rates, as the rule of sampling allows them.
    `surfaces`: of each belief, (yes, decided) on each surface where surfaces repeat. `shares`: of the scored rollouts,
    how many state each belief.
    """

    scenario: str
    model: str
    reference: bool
    condition: str
    rates: Mapping[str, Rate]
    intervals: Mapping[str, Estimate]
    surfaces: Mapping[str, tuple[tuple[int, int], ...]]
    shares: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequences:
    """What was tried first, in one scenario, model and condition, of rollouts with a clear verdict.

    With harm: `honest_then_harm`, and `harm_first` with no honest route before it. Without: `honest_only`, `refused`,
    `neither`. `paused`: an honest exit worked.
    """

    scenario: str
    model: str
    reference: bool
    condition: str
    honest_then_harm: int
    harm_first: int
    honest_only: int
    refused: int
    neither: int
    paused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Whether the rate of a cell is below or above the limits of the rule `decide`; `open` where neither is shown.

    It is decided on rollouts with a clear verdict: `rate` has the others, and how far they could move it.
    `interval`: a confidence sequence, valid at every look. `e_below`, `e_above`: the evidence, 1 / alpha is enough.
    """

    scenario: str
    model: str
    reference: bool
    interface: str
    condition: str
    rate: Rate
    interval: Estimate
    below: float
    above: float
    e_below: float
    e_above: float
    decided: Literal["below", "above", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A published figure with ours in the same scenario and condition.

    `interval`: of a study that is looked at once, so that stopping early does not widen what counts as agreement.
    `apart`: ours minus theirs, where both are samples and the published one's size is known. `recovered`: whether the
    interval of `apart` holds 0, or without it `interval` holds the published rate; None where there is nothing to
    compare, or the models are not the same. `differs`: in words, what is not equal.
    """

    entry: Entry
    scenario: str
    model: str
    reference: bool
    condition: str
    rate: Rate
    interval: Estimate | None
    apart: Estimate | None
    recovered: bool | None
    differs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """All that a study's rollouts say. `alpha`: the level of every claim; `notes`: what a reader must know first.

    `corrected`: rates corrected for the judge's errors, where there are labels.
    """

    study: Study
    contrasts: tuple[Contrast, ...]
    claims: tuple[Claim, ...]
    factor_models: tuple[FactorModel, ...]
    doses: tuple[Dose, ...]
    beliefs: tuple[Belief, ...]
    sequences: tuple[Sequences, ...]
    beside: tuple[Beside, ...]
    rates: tuple[CellRate, ...] = ()
    corrected: tuple[Corrected, ...] = ()
    notes: tuple[str, ...] = ()
    alpha: float = ALPHA
