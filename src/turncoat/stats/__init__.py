"""What counts mean: pure functions on counts and ratings."""

from turncoat.stats.agreement import cohens_kappa, fleiss_kappa, krippendorff_alpha
from turncoat.stats.corrected import Stratum, audited, prediction_powered, rogan_gladen, stratified
from turncoat.stats.estimate import Estimate
from turncoat.stats.rate import Rate

__all__ = [
    "Estimate",
    "Rate",
    "Stratum",
    "audited",
    "cohens_kappa",
    "fleiss_kappa",
    "krippendorff_alpha",
    "prediction_powered",
    "rogan_gladen",
    "stratified",
]
