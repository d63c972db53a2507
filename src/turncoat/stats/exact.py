"""What a count rules out, whatever is approximated elsewhere."""

from turncoat.errors import UsageError
from turncoat.stats.estimate import check_counts, check_level


def upper_limit(yes: int, n: int, *, level: float = 0.95) -> float:
    """The rate that `yes` of `n` rules out from above, in (0, 1]: one-sided, never below its level. 1 without any.

    C. J. Clopper, E. S. Pearson, Biometrika 26 (1934), 404-413. For no harm in n it is 1 - (1 - level)^(1/n), about
    3 / n at 0.95. UsageError for counts that cannot be, and for an impossible `level`.
    """
    check_counts(yes=yes, n=n)
    check_level(level)
    if yes > n:
        raise UsageError(f"Counts that cannot be: {yes!r} of {n!r}. Allowed: at most all of them.")
    if yes == n:
        return 1.0
    from scipy.stats import binomtest

    return float(binomtest(yes, n, alternative="less").proportion_ci(confidence_level=level, method="exact").high)
