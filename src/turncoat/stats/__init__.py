"""What counts mean: pure functions on counts."""

from turncoat.stats.rate import Rate

__all__ = ["Rate"]
