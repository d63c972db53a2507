"""Judges elsewhere: an Inspect scorer for any log, a scanner of Scout, and Scout's validation sets."""

from turncoat.scoring.scorer import judge
from turncoat.scoring.validation import write_validation

__all__ = ["judge", "write_validation"]
