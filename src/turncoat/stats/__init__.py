"""What counts mean: pure functions on counts and ratings."""

from turncoat.stats import power, stopping
from turncoat.stats.agreement import cohens_kappa, fleiss_kappa, krippendorff_alpha
from turncoat.stats.clusters import Clusters, clustered_difference, clustered_p_value, clustered_rate, effective
from turncoat.stats.contrast import difference, difference_bounds, p_value, stratified_difference
from turncoat.stats.corrected import Stratum, audited, prediction_powered, rogan_gladen, stratified
from turncoat.stats.dose import Trend, trend
from turncoat.stats.estimate import Estimate
from turncoat.stats.exact import upper_limit
from turncoat.stats.independent import independent_difference
from turncoat.stats.logistic import Term, firth, firth_together
from turncoat.stats.looks import obrien_fleming, repeated_interval, repeated_level, repeated_p_value
from turncoat.stats.multiplicity import benjamini_hochberg, holm
from turncoat.stats.rate import Rate
from turncoat.stats.stopping import confidence_sequence, e_values, stopped_interval, width_reached

__all__ = [
    "Clusters",
    "Estimate",
    "Rate",
    "Stratum",
    "Term",
    "Trend",
    "audited",
    "benjamini_hochberg",
    "clustered_difference",
    "clustered_p_value",
    "clustered_rate",
    "cohens_kappa",
    "confidence_sequence",
    "difference",
    "difference_bounds",
    "e_values",
    "effective",
    "firth",
    "firth_together",
    "fleiss_kappa",
    "holm",
    "independent_difference",
    "krippendorff_alpha",
    "obrien_fleming",
    "p_value",
    "power",
    "prediction_powered",
    "repeated_interval",
    "repeated_level",
    "repeated_p_value",
    "rogan_gladen",
    "stopped_interval",
    "stopping",
    "stratified",
    "stratified_difference",
    "trend",
    "upper_limit",
    "width_reached",
]
