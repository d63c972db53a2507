"""What a study's rollouts say about its question: contrasts, effects, beliefs, claims, what was published."""

from turncoat.studies.estimates.estimate import estimate, study_of
from turncoat.studies.estimates.results import (
    Belief,
    Beside,
    CellRate,
    Claim,
    Contrast,
    Dose,
    Effect,
    Estimates,
    FactorModel,
    FactorTest,
    Sequences,
)

__all__ = [
    "Belief",
    "Beside",
    "CellRate",
    "Claim",
    "Contrast",
    "Dose",
    "Effect",
    "Estimates",
    "FactorModel",
    "FactorTest",
    "Sequences",
    "estimate",
    "study_of",
]
