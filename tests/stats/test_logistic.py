"""Firth's model against the exact answer for two cells, its definition maximised by scipy, and ordinary regression."""

from itertools import product
from math import isnan, log, nan

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize
from scipy.stats import chi2
from statsmodels.stats.contingency_tables import Table

from turncoat.errors import UsageError
from turncoat.stats import firth, firth_together, logistic, trend

quick = settings(max_examples=15, deadline=None)
FACTORIAL = np.array(list(product((0.0, 1.0), repeat=3)))
N = 20
outcomes = st.lists(st.integers(0, N), min_size=8, max_size=8)


def penalised(columns: np.ndarray, yes: np.ndarray, n: np.ndarray, beta: np.ndarray) -> float:
    """Firth's penalised log-likelihood as he writes it down."""
    eta = columns @ beta
    rates = 1 / (1 + np.exp(-eta))
    information = columns.T @ (columns * (n * rates * (1 - rates))[:, None])
    return float((yes * eta - n * np.logaddexp(0, eta)).sum() + np.linalg.slogdet(information)[1] / 2)


@quick
@given(outcomes)
def test_estimates_and_intervals_are_those_of_the_definition(yes: list[int]) -> None:
    columns = np.column_stack([np.ones(8), FACTORIAL])
    counts, n = np.array(yes, float), np.full(8, float(N))

    def best(fixed: int | None = None, at: float = 0.0) -> tuple[float, np.ndarray]:
        def loss(free: np.ndarray) -> float:
            beta = free if fixed is None else np.insert(free, fixed, at)
            return -penalised(columns, counts, n, beta)

        start = np.zeros(4 if fixed is None else 3)
        found = min((minimize(loss, start + move, method="BFGS") for move in (-1.0, 0.0, 1.0)), key=lambda it: it.fun)
        return -found.fun, found.x

    highest, beta = best()
    terms = firth(FACTORIAL, np.column_stack([counts, n - counts]), list("abc"))
    assert [term.log_odds.estimate for term in terms] == pytest.approx(beta[1:], abs=2e-3)
    term = terms[0]
    assert term.p == pytest.approx(chi2.sf(max(0, 2 * (highest - best(1, 0.0)[0])), 1), abs=1e-3)
    for end in (term.log_odds.low, term.log_odds.high):
        assert 2 * (highest - best(1, end)[0]) == pytest.approx(chi2.ppf(0.95, 1), abs=2e-2)


@pytest.mark.parametrize(
    ("yes", "n"), [((0, 46), (100, 100)), ((3, 3), (10, 40)), ((0, 0), (10, 10)), ((7, 7), (7, 9))]
)
def test_of_two_cells_it_is_the_odds_ratio_with_a_half_added_to_each_count(
    yes: tuple[int, int], n: tuple[int, int]
) -> None:
    (term,) = firth(np.array([[0.0], [1.0]]), np.array([[a, b - a] for a, b in zip(yes, n, strict=True)], float), ["a"])
    odds = [(a + 0.5) / (b - a + 0.5) for a, b in zip(yes, n, strict=True)]
    assert term.log_odds.estimate == pytest.approx(log(odds[1] / odds[0]), abs=1e-3)
    assert term.log_odds.low < term.log_odds.estimate < term.log_odds.high
    assert term.log_odds.n == sum(n)


def test_with_many_rollouts_it_is_ordinary_logistic_regression() -> None:
    random = np.random.default_rng(0)
    columns = random.normal(size=(400, 3))
    n = np.full(400, 200)
    yes = random.binomial(n, 1 / (1 + np.exp(-(columns @ (1.0, -0.5, 0.0) - 1))))
    counts = np.column_stack([yes, n - yes])
    theirs = sm.GLM(counts, sm.add_constant(columns), family=sm.families.Binomial()).fit()
    for term, estimate, (low, high), p in zip(
        firth(columns, counts, list("abc")), theirs.params[1:], theirs.conf_int()[1:], theirs.pvalues[1:], strict=True
    ):
        assert (term.log_odds.estimate, term.log_odds.low, term.log_odds.high) == pytest.approx(
            (estimate, low, high), abs=2e-3
        )
        assert term.p == pytest.approx(p, abs=2e-3)


def test_complete_separation_has_an_answer() -> None:
    cells = np.array(list(product((0.0, 1.0), repeat=5)))
    yes = cells[:, 0] * 20
    first, *others = firth(cells, np.column_stack([yes, 20 - yes]), list("abcde"))
    assert 5 < first.log_odds.low < first.log_odds.estimate < first.log_odds.high < 20
    assert first.p < 1e-20
    for term in others:
        assert term.log_odds.estimate == pytest.approx(0, abs=1e-6)
        assert term.p == pytest.approx(1)


def test_the_end_is_found_where_the_rest_has_two_best_places() -> None:
    # all no against all yes: far out, the intercept may lean to either side, and in the middle is a saddle
    yes = np.array([0.0, 320.0])
    (term,) = firth(np.array([[0.0], [1.0]]), np.column_stack([yes, 320 - yes]), ["a"])
    columns, n = np.array([[1.0, 0.0], [1.0, 1.0]]), np.full(2, 320.0)

    def profile(at: float) -> float:
        return max(penalised(columns, yes, n, np.array([one, at])) for one in np.linspace(-at - 2, 2, 801))

    at = profile(term.log_odds.estimate) - chi2.ppf(0.95, 1) / 2
    assert term.log_odds.high == pytest.approx(brentq(lambda end: profile(end) - at, 13, 25), abs=0.01)


MOTIVES = np.array([(t, g, m, t * g, t * m, g * m) for t, g, m in product((0.0, 1.0), repeat=3)])
NEEDED = np.array([[0, 80], [0, 80], [41, 39], [0, 80], [45, 35], [0, 80], [60, 20], [0, 80]], float)
"""Harm where there is a motive and the means (the third factor at 0), and nowhere else."""


def test_a_factor_that_decides_all_is_shown_where_no_single_term_of_it_is() -> None:
    names = ["t", "g", "m", "tg", "tm", "gm"]
    terms = {each.name: each for each in firth(MOTIVES, NEEDED, names)}
    assert terms["m"].p > 0.2  # without a motive nobody knows
    means, nothing = firth_together(MOTIVES, NEEDED, names, [[2, 4, 5], []])
    assert means < 1e-30
    assert isnan(nothing)
    alone = firth_together(MOTIVES, NEEDED, names, [[place] for place in range(6)])
    assert alone == pytest.approx([each.p for each in terms.values()])
    assert firth_together(MOTIVES[:0], NEEDED[:0], names, [[0]]) == [pytest.approx(nan, nan_ok=True)]


@quick
@given(st.lists(st.sampled_from([0, 1, N - 1, N]), min_size=8, max_size=8))
def test_nothing_is_likelier_without_a_column(yes: list[int]) -> None:
    """Cells that are nearly all yes or no leave several best places; the highest is the estimate."""
    columns = np.column_stack([np.ones(8), MOTIVES])
    model = logistic._Model(columns, np.array(yes, float), np.full(8, float(N)))
    for place in range(1, 7):
        for start in (np.zeros(7), model.best):
            start = np.where(np.arange(7) == place, 0.0, start)
            _, value, _ = model._climb(start, (place,))
            assert value <= model.highest + 1e-5


def test_columns_that_cannot_be_told_apart_are_named_and_the_others_kept() -> None:
    a, b, c = FACTORIAL.T
    columns = np.column_stack([a, b, 1 - a, c, b + c, np.ones(8)])
    counts = np.column_stack([np.arange(8), 8 - np.arange(8)]).astype(float)
    terms = firth(columns, counts, ["a", "b", "not a", "c", "b or c", "one"])
    assert [term.note for term in terms] == [
        "", "", "cannot be told apart from a", "", "cannot be told apart from b, c", "does not vary",
    ]  # fmt: skip
    assert [isnan(term.log_odds.low) and isnan(term.p) for term in terms] == [bool(term.note) for term in terms]
    alone = firth(FACTORIAL, counts, list("abc"))
    kept = [term for term in terms if not term.note]
    assert [term.log_odds.estimate for term in kept] == pytest.approx([term.log_odds.estimate for term in alone])


@quick
@given(outcomes, st.randoms(use_true_random=False))
def test_rows_counted_together_or_apart_in_any_order_are_the_same(yes: list[int], random: object) -> None:
    single = [(row, 1.0) for row, count in zip(FACTORIAL, yes, strict=True) for _ in range(count)]
    single += [(row, 0.0) for row, count in zip(FACTORIAL, yes, strict=True) for _ in range(N - count)]
    random.shuffle(single)  # type: ignore[attr-defined]
    apart = firth(np.array([row for row, _ in single]), np.array([said for _, said in single]), list("abc"))
    together = firth(FACTORIAL, np.array([[count, N - count] for count in yes], float), list("abc"))
    for one, other in zip(apart, together, strict=True):
        assert one.log_odds.estimate == pytest.approx(other.log_odds.estimate, abs=1e-9)
        assert one.p == pytest.approx(other.p, abs=1e-6)


@quick
@given(outcomes)
def test_yes_and_no_exchanged_turn_the_sign_and_units_scale(yes: list[int]) -> None:
    counts = np.array([[count, N - count] for count in yes], float)
    terms, turned = firth(FACTORIAL, counts, list("abc")), firth(FACTORIAL, counts[:, ::-1], list("abc"))
    scaled = firth(FACTORIAL * (1000.0, 1.0, 0.01), counts, list("abc"))
    for one, other, scale, by in zip(terms, turned, scaled, (1000, 1, 0.01), strict=True):
        found = (one.log_odds.low, one.log_odds.estimate, one.log_odds.high)
        assert found == pytest.approx((-other.log_odds.high, -other.log_odds.estimate, -other.log_odds.low), abs=1e-3)
        assert found == pytest.approx(
            tuple(by * each for each in (scale.log_odds.low, scale.log_odds.estimate, scale.log_odds.high)), abs=1e-3
        )


def test_equal_rows_are_one_and_few_steps_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    # 40 terms of 100,000 rows take half a second of an idle core: what makes them do is counted, as others share it
    random = np.random.default_rng(0)
    cells = (random.random((1000, 40)) < 0.5).astype(float)
    rows = random.integers(0, 1000, 100_000)
    outcome = (random.random(100_000) < 0.1 + 0.5 * cells[rows, 0]).astype(float)
    sizes: list[int] = []
    plain = logistic._Model._at
    monkeypatch.setattr(logistic._Model, "_at", lambda self, beta: sizes.append(len(self.columns)) or plain(self, beta))
    terms = firth(cells[rows], outcome, [f"x{place}" for place in range(40)])
    assert set(sizes) == {1000}
    assert len(sizes) < 1000  # ends and tests of 40 terms: 120 climbs and their checks
    assert terms[0].p < 1e-100


@pytest.mark.parametrize(
    ("design", "outcome", "says"),
    [
        (np.zeros((3, 2)), np.zeros(3), r"shape \(3, 2\) with 1 names"),
        (np.zeros((3, 1)), np.zeros(2), r"shape \(2,\)"),
        (np.zeros((3, 1)), np.full(3, 2.0), "0 or 1"),
        (np.full((3, 1), np.nan), np.zeros(3), "finite"),
        (np.zeros((3, 1)), np.full((3, 2), -1.0), "a count"),
    ],
)
def test_what_cannot_be(design: np.ndarray, outcome: np.ndarray, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        firth(design, outcome, ["a"])


def test_without_rollouts_nothing_is_known() -> None:
    (term,) = firth(np.zeros((0, 1)), np.zeros((0, 2)), ["a"])
    assert isnan(term.log_odds.estimate)
    assert term.note == "no rollouts"


def test_trend_of_known_points() -> None:
    points = [(0.0, 5, 50), (5.0, 10, 50), (10.0, 14, 50), (20.0, 25, 50)]
    found = trend(points, unit=10)
    assert 0 < found.slope.low < found.slope.estimate < found.slope.high
    counts = np.array([[yes, n - yes] for _, yes, n in points])
    doses = sm.add_constant(np.array([dose / 10 for dose, _, _ in points]))
    theirs = sm.GLM(counts, doses, family=sm.families.Binomial()).fit()
    assert found.slope.estimate == pytest.approx(theirs.params[1], abs=0.02)
    armitage = Table(counts).test_ordinal_association(
        row_scores=np.array([0.0, 5, 10, 20]), col_scores=np.array([1.0, 0])
    )
    assert log(found.p) == pytest.approx(log(armitage.pvalue), rel=0.1)
    assert trend(points, unit=1).slope.estimate == pytest.approx(found.slope.estimate / 10)
    assert trend(points, unit=1).p == pytest.approx(found.p)


def test_trend_at_the_edges() -> None:
    nothing = trend([(0, 0, 20), (10, 0, 20)])
    assert nothing.slope.low < 0 < nothing.slope.high
    assert nothing.p == pytest.approx(1)
    assert trend([(0, 0, 20), (10, 20, 20)]).slope.low > 0
    for points in ([], [(1, 2, 3)], [(1, 2, 3), (2, 0, 0)]):
        assert isnan(trend(points).slope.low)
        assert isnan(trend(points).p)
    for points in ([(1, 4, 3)], [(float("nan"), 1, 3)]):
        with pytest.raises(UsageError, match="Allowed"):
            trend(points)
    with pytest.raises(UsageError, match="unit"):
        trend([], unit=0)
