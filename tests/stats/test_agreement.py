"""Agreement beyond chance: published examples, the definitions written out, and what holds for any ratings."""

import subprocess
import sys
from collections import Counter
from itertools import permutations
from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as theirs

from turncoat.errors import UsageError
from turncoat.stats import Estimate, cohens_kappa, fleiss_kappa, krippendorff_alpha

# Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), section C: four observers, twelve units
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
UNITS = list(zip(*OBSERVERS, strict=True))
# Fleiss (1971) as in most textbooks: fourteen raters, ten units, five values; kappa 0.210
FLEISS = (
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
)  # fmt: skip

values = st.integers(0, 3)
pairs = st.lists(st.tuples(values, values), max_size=30)
units = st.lists(st.lists(st.none() | values, min_size=3, max_size=3), max_size=20)
quick = settings(max_examples=40, deadline=None)


def by_coincidences(rows: list[list[int | None]], metric: str) -> float:
    """Alpha as its author writes it down: coincidences o_ck, their margins, and the differences of each metric."""
    coincidences: Counter[tuple[int, int]] = Counter()
    for row in rows:
        said = [value for value in row if value is not None]
        for one, other in permutations(said, 2):
            coincidences[one, other] += 1 / (len(said) - 1)  # type: ignore[assignment]
    margins: Counter[int] = Counter()
    for (one, _), number in coincidences.items():
        margins[one] += number
    n = sum(margins.values())

    def difference(c: int, k: int) -> float:
        if metric == "nominal":
            return float(c != k)
        if metric == "interval":
            return float(c - k) ** 2
        between = sum(margins[g] for g in margins if min(c, k) <= g <= max(c, k))
        return (between - (margins[c] + margins[k]) / 2) ** 2

    observed = sum(number * difference(*pair) for pair, number in coincidences.items()) / n
    expected = sum(margins[c] * margins[k] * difference(c, k) for c in margins for k in margins) / (n * (n - 1))
    return 1 - observed / expected


@pytest.mark.parametrize(("metric", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_of_the_published_example(metric, alpha: float) -> None:  # type: ignore[no-untyped-def]
    found = krippendorff_alpha(UNITS, metric=metric)
    assert found.estimate == pytest.approx(alpha, abs=5e-4)
    assert found.n == 11  # the last unit has one rating
    assert found.low < alpha < found.high <= 1


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval"])
@quick
@given(rows=units)
def test_alpha_is_one_minus_observed_over_expected(metric, rows) -> None:  # type: ignore[no-untyped-def]
    said = {value for row in rows for value in row if sum(each is not None for each in row) > 1} - {None}
    found = krippendorff_alpha(rows, metric=metric, draws=1000)
    assert isnan(found.estimate) == (len(said) < 2)
    if len(said) > 1:
        assert found.estimate == pytest.approx(max(-1, by_coincidences(rows, metric)))
        assert -1 <= found.low <= found.estimate <= found.high <= 1


def test_fleiss_of_the_textbook() -> None:
    rows = [[value for value, number in enumerate(row) for _ in range(number)] for row in FLEISS]
    found = fleiss_kappa(rows)
    assert found.estimate == pytest.approx(0.210, abs=5e-4)
    assert found.low < 0.21 < found.high


@quick
@given(st.lists(st.tuples(values, values, values), min_size=1, max_size=20))
def test_fleiss_is_that_of_statsmodels(rows: list[tuple[int, int, int]]) -> None:
    if len({value for row in rows for value in row}) > 1:
        expected = theirs(aggregate_raters(np.array(rows))[0])
        assert fleiss_kappa(rows, draws=1000).estimate == pytest.approx(expected)


def test_kappa_of_cohens_form() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed 0.7, by chance 0.5; the interval from Fleiss et al. by hand
    table = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    found = cohens_kappa(table)
    assert found.estimate == pytest.approx(0.4)
    # sum p_ii (1 - (p_i. + p_.i)(1 - k))^2 = .4 (.34)^2 + .3 (.46)^2; (1 - k)^2 sum p_ij (p_.i + p_j.)^2 =
    # .36 (.1 (1.1)^2 + .2 (.9)^2); (k - .5 (1 - k))^2 = .01; over (1 - .5)^2 n
    variance = (0.4 * 0.34**2 + 0.3 * 0.46**2 + 0.36 * (0.1 * 1.1**2 + 0.2 * 0.9**2) - 0.01) / 0.25 / 50
    assert (found.low, found.high) == pytest.approx((0.4 - 1.96 * variance**0.5, 0.4 + 1.96 * variance**0.5), abs=1e-4)
    assert cohens_kappa(table, level=0.5).width < found.width


@pytest.mark.parametrize("rate", [cohens_kappa, fleiss_kappa, krippendorff_alpha])
class TestAll:
    def test_without_a_difference_to_see_it_is_undefined(self, rate) -> None:  # type: ignore[no-untyped-def]
        for rows in ([], [("y", "y")] * 5):
            found = rate(rows)
            assert all(map(isnan, (found.estimate, found.low, found.high, found.width)))
            assert (found.n, found.level) == (len(rows), 0.95)

    def test_raters_who_never_disagree_still_may(self, rate) -> None:  # type: ignore[no-untyped-def]
        few, many = (rate([("y", "y")] * n + [("n", "n")] * n) for n in (5, 50))
        assert few.estimate == few.high == many.estimate == 1
        # Wilson's limit for 0 of 10 is 0.2775, and half of the pairs would disagree by chance (10/19 in alpha)
        assert few.low == pytest.approx(1 - 0.2775 * 2, abs=0.03)
        assert few.low < many.low < 1

    def test_raters_who_always_disagree_might_not(self, rate) -> None:  # type: ignore[no-untyped-def]
        few, many = (rate([("y", "n"), ("n", "y")] * n) for n in (5, 50))
        assert few.low == -1
        assert few.estimate == pytest.approx(-1, abs=0.11)  # alpha's correction for few units is a tenth here
        assert few.high == pytest.approx(few.estimate + 0.2775 * 2, abs=0.03)
        assert few.high > many.high > -1

    def test_one_rating_of_another_kind_says_nothing(self, rate) -> None:  # type: ignore[no-untyped-def]
        found = rate([("n", "n")] * 60 + [("y", "n")])
        assert found.estimate <= 0
        assert (found.low, found.high) == (-1, 1)

    @quick
    @given(rows=pairs, seed=st.randoms())
    def test_neither_order_nor_names_nor_the_raters_places_matter(self, rate, rows, seed) -> None:  # type: ignore[no-untyped-def]
        def close(found: Estimate) -> bool:
            old, new = ((each.estimate, each.low, each.high) for each in (first, found))
            return new == pytest.approx(old, nan_ok=True, abs=1e-9)

        first, mixed = rate(rows), list(rows)
        seed.shuffle(mixed)
        assert close(rate(mixed))
        assert close(rate([(other, one) for one, other in rows]))
        assert close(rate([(f"value {one}", f"value {other}") for one, other in rows]))

    @pytest.mark.parametrize("level", [0, 1, 95, float("nan")])
    def test_an_impossible_level(self, rate, level: float) -> None:  # type: ignore[no-untyped-def]
        with pytest.raises(UsageError, match="Allowed: between 0 and 1"):
            rate([(1, 2), (1, 1)], level=level)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: fleiss_kappa([(1, 1), (1, 1, 2)]), "2 and 3 ratings"),
        (lambda: fleiss_kappa([(1, None)]), "1 ratings"),
        (lambda: krippendorff_alpha(UNITS, metric="ratio"), "'ratio'"),  # type: ignore[arg-type]
        (lambda: krippendorff_alpha([("a", "b")], metric="ordinal"), "'a'"),
        (lambda: krippendorff_alpha([(1, float("nan"))], metric="interval"), "nan"),
        (lambda: krippendorff_alpha(UNITS, draws=10), "draws=10"),
    ],
)
def test_bad_input_names_itself(make, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match="Allowed") as caught:
        make()
    assert words in str(caught.value)


def test_values_need_not_repeat() -> None:
    random = np.random.default_rng(1)
    centre = random.normal(0, 3, 300)
    found = krippendorff_alpha([(c + a, c + b) for c, a, b in zip(centre, *random.normal(size=(2, 300)), strict=True)],
                               metric="interval", draws=1000)  # fmt: skip
    assert found.estimate == pytest.approx(0.9, abs=0.04)  # 9 of 10 parts of the variance are shared
    assert 0 < found.width < 0.1


def test_importing_loads_no_library() -> None:
    code = "import sys, turncoat.stats; sys.exit(not {'numpy', 'scipy', 'statsmodels'}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
