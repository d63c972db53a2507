"""Do intervals and p-values keep what they promise, for a number of rollouts that was fixed before?

- `differences`: the interval of a difference, and how often `p_value` errs, at the worst pair of rates; counted over
  all outcomes. Beside it Newcombe's interval, and the test without its correction.
- `strata`: differences over strata, whose rates and sizes are unequal.
- `clusters`: surfaces that repeat, by how much rollouts on the same surface are alike.
- `firth`: the odds ratios of the factor model, with cells all of no or all of yes.

The last three by simulation, `--sets` of each kind.
"""

from argparse import Namespace
from collections.abc import Sequence
from itertools import product
from multiprocessing import get_context
from typing import Any

import numpy as np
from _common import parser, show, write
from numpy.typing import NDArray
from scipy.stats import beta, binom
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from turncoat.stats import (
    clustered_difference,
    clustered_p_value,
    clustered_rate,
    difference,
    firth,
    p_value,
    stratified_difference,
)

Floats = NDArray[np.float64]


def differences(_: Namespace, pool: Any) -> dict[str, Any]:
    """Coverage of the interval of a difference over a grid of pairs of rates, counted over all outcomes."""
    sizes = ((20, 20), (50, 50), (100, 100), (20, 100), (30, 50))
    found = pool.starmap(_differences, sizes, chunksize=1)
    print("\nA difference of two rates: coverage at the worst pair of rates and on average; how often p < 0.05 errs\n")
    show(
        ("rollouts", "shown", "mean", "width", "Newcombe", "mean", "width", "errs", "errs, not corrected"),
        [(f"{one}, {other}", *by.values()) for (one, other), by in zip(sizes, found, strict=True)],
    )
    return {f"{one}, {other}": by for (one, other), by in zip(sizes, found, strict=True)}


def _differences(one: int, other: int) -> dict[str, float]:
    rates = np.concatenate([[0.001, 0.002, 0.005, 0.01, 0.015], np.linspace(0.02, 0.98, 97), [0.99, 0.995, 0.999]])
    pairs = np.array(list(product(range(one + 1), range(other + 1))))
    chance1, chance2 = (binom.pmf(pairs[:, side], n, rates[:, None]) for side, n in ((0, one), (1, other)))
    shown = np.array([(each.low, each.high) for yes1, yes2 in pairs for each in [difference(yes1, one, yes2, other)]])
    newcombe = np.array([confint_proportions_2indep(yes1, one, yes2, other, method="newcomb") for yes1, yes2 in pairs])
    by: dict[str, float] = {}
    for name, ends in (("shown", shown), ("Newcombe", newcombe)):
        covers = []
        for place, rate in enumerate(rates):
            apart = rate - rates[:, None]
            holds = (ends[:, 0] - 1e-9 <= apart) & (apart <= ends[:, 1] + 1e-9)
            covers.append((chance1[place] * chance2 * holds).sum(axis=1))
        by |= {name: float(np.min(covers)), f"{name}, mean": float(np.mean(covers))}
        by[f"{name}, width"] = float(((chance1 * chance2) @ (ends[:, 1] - ends[:, 0])).mean())
    ps = np.array([p_value([(yes1, one, yes2, other)]) for yes1, yes2 in pairs])
    by["errs"] = float(((chance1 * chance2) @ (ps <= 0.05)).max())
    yes = pairs.sum(axis=1)
    spread = one * other * yes * (one + other - yes) / (one + other) ** 2 / (one + other - 1)
    apart = np.abs(pairs[:, 0] * other - pairs[:, 1] * one) / (one + other)
    plain = apart > 1.959964 * np.sqrt(spread)
    by["errs, not corrected"] = float(((chance1 * chance2) @ plain).max())
    return by


def strata(asked: Namespace, pool: Any) -> dict[str, Any]:
    """Coverage of the stratified difference, and how often its p-value errs."""
    kinds = list(product((2, 8, 24), (10, 50), (0.02, 0.3), (0.0, 0.3)))
    found = pool.starmap(_strata, [(*kind, asked.sets, seed) for seed, kind in enumerate(kinds)], chunksize=1)
    print(f"\nDifferences over strata of unequal rates, {asked.sets:,} sets\n")
    show(
        ("strata, rollouts a side, base, by", "coverage", "width", "p < 0.05"),
        [(", ".join(map(str, kind)), *by.values()) for kind, by in zip(kinds, found, strict=True)],
    )
    return {str(kind): by for kind, by in zip(kinds, found, strict=True)}


def _strata(number: int, n: int, base: float, by: float, sets: int, seed: int) -> dict[str, float]:
    random = np.random.default_rng(seed)
    other = np.clip(base * np.linspace(0.5, 1.5, number), 0, 1)
    one = other + by
    covered, widths, claimed = [], [], []
    for _ in range(sets):
        # sides of unequal size, as where some rollouts stay open
        n1, n2 = random.integers(n * 4 // 5, n + 1, number), random.integers(n // 2, n + 1, number)
        counts = list(zip(random.binomial(n1, one), n1, random.binomial(n2, other), n2, strict=True))
        found = stratified_difference([tuple(map(int, each)) for each in counts])
        covered.append(found.low <= by <= found.high)
        widths.append(found.width)
        claimed.append(p_value([tuple(map(int, each)) for each in counts]) <= 0.05)
    return {"coverage": _mean(covered), "width": _mean(widths), "claimed": _mean(claimed)}


def clusters(asked: Namespace, pool: Any) -> dict[str, Any]:
    """Coverage where surfaces repeat, by how much rollouts on one surface are alike."""
    kinds = list(product(((5, 20), (10, 10), (20, 5)), (0.0, 0.1, 0.4, 1.0)))
    found = pool.starmap(_clusters, [(*size, alike, asked.sets, seed) for seed, (size, alike) in enumerate(kinds)])
    print(f"\nRepeated surfaces, {asked.sets:,} sets: coverage at 2, 10, 37 and 80 %; of differences; p < 0.05 errs\n")
    show(
        ("surfaces, each, alike", "2 %", "10 %", "37 %", "80 %", "Wilson, 37 %", "5 - 30 %", "other surfaces", "errs"),
        [(f"{one}, {each}, {alike}", *by.values()) for ((one, each), alike), by in zip(kinds, found, strict=True)],
    )
    return {str(kind): by for kind, by in zip(kinds, found, strict=True)}


def _clusters(number: int, each: int, alike: float, sets: int, seed: int) -> dict[str, float]:
    random = np.random.default_rng(seed)

    def counts(rate: float, where: Floats) -> list[tuple[int, int]]:
        """Of surfaces at these quantiles of all surfaces, by their own rates."""
        if alike == 1:
            rates = (where < rate).astype(float)
        elif alike:
            rates = beta.isf(where, rate * (1 / alike - 1), (1 - rate) * (1 / alike - 1))
        else:
            rates = np.full(number, rate)
        return [(int(yes), each) for yes in random.binomial(each, rates)]

    covered: dict[str, list[bool]] = {}
    for _ in range(sets):
        for rate in (0.02, 0.1, 0.37, 0.8):
            drawn = counts(rate, random.random(number))
            found = clustered_rate(drawn)
            covered.setdefault(str(rate), []).append(found.low <= rate <= found.high)
        low, high = proportion_confint(
            sum(yes for yes, _ in counts(0.37, random.random(number))), number * each, method="wilson"
        )
        covered.setdefault("Wilson", []).append(low <= 0.37 <= high)
        same, others = random.random(number), random.random(number)
        for name, second in (("same", same), ("others", others)):
            one, other = (dict(enumerate(counts(rate, at))) for rate, at in ((0.05, same), (0.3, second)))
            sides = (one, other if name == "same" else {-1 - key: value for key, value in other.items()})
            difference_ = clustered_difference([sides])
            covered.setdefault(name, []).append(difference_.low <= -0.25 <= difference_.high)
        equal = [dict(enumerate(counts(0.3, same))) for _ in range(2)]
        covered.setdefault("errs", []).append(clustered_p_value([(equal[0], equal[1])]) <= 0.05)
    order = ("0.02", "0.1", "0.37", "0.8", "Wilson", "same", "others", "errs")
    return {name: _mean(covered[name]) for name in order}


def firths(asked: Namespace, pool: Any) -> dict[str, Any]:
    """Coverage of the factor model's odds ratios, with cells all of no or all of yes."""
    kinds = list(product((10, 50), ("rare", "apart", "separated", "middling")))
    found = pool.starmap(_firth, [(*kind, asked.sets, seed) for seed, kind in enumerate(kinds)], chunksize=1)
    print(f"\nFirth's factor model, three factors of two levels and one of three, {asked.sets:,} sets\n")
    show(
        ("rollouts a cell, rates", "coverage, lowest term", "mean", "cells of 0 or 100 %", "sets separated"),
        [(f"{n}, {name}", *by.values()) for (n, name), by in zip(kinds, found, strict=True)],
    )
    return {str(kind): by for kind, by in zip(kinds, found, strict=True)}


_EFFECTS = {
    "rare": (-5.0, 1.0, 0.5, 0.0, 1.0, 0.5),
    "apart": (-4.5, 5.0, 2.5, 0.0, 1.5, -1.0),
    "separated": (-6.5, 7.0, 0.5, 0.0, 1.0, -0.5),
    "middling": (-1.0, 1.0, 0.5, 0.0, -0.5, 0.5),
}
"""Log-odds of the first cell, and what each of three factors and the two further levels of a fourth add."""


def _firth(n: int, name: str, sets: int, seed: int) -> dict[str, float]:
    random = np.random.default_rng(seed)
    cells = np.array([(*one, last == 1, last == 2) for one in product((0, 1), repeat=3) for last in range(3)], float)
    effects = np.array(_EFFECTS[name])
    rates = 1 / (1 + np.exp(-(effects[0] + cells @ effects[1:])))
    covered, empty, separated = [], [], []
    for _ in range(sets):
        yes = random.binomial(n, rates)
        terms = firth(cells, np.column_stack([yes, n - yes]).astype(float), list("abcde"))
        covered.append(
            [term.log_odds.low <= true <= term.log_odds.high for term, true in zip(terms, effects[1:], strict=True)]
        )
        empty.append(((yes == 0) | (yes == n)).mean())
        # a level all of whose cells are all no, or all yes: ordinary logistic regression has no estimate
        levels = [yes[column == value] for column in cells.T for value in (0, 1)]
        separated.append(any((level == 0).all() or (level == n).all() for level in levels))
    by = np.mean(covered, axis=0)
    return {
        "lowest": float(by.min()),
        "mean": float(by.mean()),
        "empty or full": _mean(empty),
        "separated": _mean(separated),
    }


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


PARTS = {"differences": differences, "strata": strata, "clusters": clusters, "firth": firths}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--sets", type=int, default=1000, help="sets of rollouts of each kind, where it is simulated")
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    asked = options.parse_args()
    with get_context("spawn").Pool(asked.processes) as pool:
        found = {part: PARTS[part](asked, pool) for part in asked.parts}
    write(asked, "intervals", found)


if __name__ == "__main__":
    main()
