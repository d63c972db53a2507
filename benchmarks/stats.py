"""Do the rules of sampling and the intervals hold what they promise? Counted over all outcomes where that can be done.

- `width`: looks until Wilson's interval is at most 0.1 to either side. The lowest coverage at any rate, of Wilson's
  interval and of the one that is shown; mean rollouts on a mix of rates.
- `decide`: e-values after every rollout to the cap. How often they are ever wrong, at the worst rate; how soon right.
- `looks`: O'Brien-Fleming's limits on a difference of rates: how often a contrast without a difference is claimed, at
  the worst rate; power against that of one look.
- `differences`: the interval of a difference, and how often `p_value` errs, at the worst pair of rates. Beside it
  Newcombe's interval and the test without its correction.
- `strata`, `clusters`, `firth`: by simulation, `--sets` of each kind.
"""

from argparse import Namespace
from collections.abc import Sequence
from functools import lru_cache
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
    confidence_sequence,
    difference,
    e_values,
    firth,
    obrien_fleming,
    p_value,
    power,
    stopped_interval,
    stratified_difference,
    width_reached,
)

Floats = NDArray[np.float64]

RATES = np.unique(np.concatenate([np.geomspace(1e-5, 0.02, 400), np.linspace(0.001, 0.999, 1997)]))
MIX = ((0.55, (0.0, 0.005, 0.01, 0.02, 0.03)), (0.25, (0.2, 0.3, 0.4, 0.5, 0.6)), (0.2, (0.8, 0.85, 0.9, 0.95, 1.0)))
"""How large a part of a study's cells is near zero, middling, high; and the rates that stand for each."""


def width(_: Namespace, pool: Any) -> dict[str, Any]:
    """Lowest coverage and mean rollouts of the rule of width, for several looks, caps and widths."""
    rules = ((10, 100, 0.1), (20, 100, 0.1), (25, 100, 0.1), (10, 40, 0.1), (10, 1000, 0.1), (10, 400, 0.05))
    found = pool.starmap(_width, rules, chunksize=1)
    print("\nLooks until Wilson's interval is at most so wide: the lowest coverage at any rate, by what is shown\n")
    show(
        ("look, cap, half width", "Wilson", "at", "shown", "at", "shown, mean", "rollouts, mix", "saved"),
        [(f"{look}, {cap}, {half}", *by.values()) for (look, cap, half), by in zip(rules, found, strict=True)],
    )
    return {f"{look}, {cap}, {half}": by for (look, cap, half), by in zip(rules, found, strict=True)}


def _width(look: int, cap: int, half: float) -> dict[str, float]:
    mix = np.array([rate for _, rates in MIX for rate in rates])
    shares = np.array([share / len(rates) for share, rates in MIX for _ in rates])
    rates = np.concatenate([RATES, mix])
    covered = {"Wilson": np.zeros(len(rates)), "shown": np.zeros(len(rates))}
    rollouts = np.zeros(len(rates))
    steps = binom.pmf(np.arange(look + 1)[:, None], look, rates)
    now = {0: np.ones(len(rates))}
    for n in range(look, cap + 1, look):
        reached: dict[int, Floats] = {}
        for yes, chance in now.items():
            for more, step in enumerate(steps):
                reached[yes + more] = reached.get(yes + more, 0) + chance * step
        now = {}
        for yes, chance in reached.items():
            if n < cap and not width_reached(yes, n, half):
                now[yes] = chance
                continue
            rollouts += chance * n
            shown = stopped_interval(yes, n)
            wilson = proportion_confint(yes, n, method="wilson")
            for name, (low, high) in (("Wilson", wilson), ("shown", (shown.low, shown.high))):
                covered[name] += chance * ((low - 1e-12 <= rates) & (rates <= high + 1e-12))
    many = len(RATES)
    at = {name: int(by[:many].argmin()) for name, by in covered.items()}
    mean = float(rollouts[many:] @ shares)
    return {
        "Wilson": float(covered["Wilson"][at["Wilson"]]),
        "Wilson at": float(RATES[at["Wilson"]]),
        "shown": float(covered["shown"][at["shown"]]),
        "shown at": float(RATES[at["shown"]]),
        "shown, mean": float(covered["shown"][:many][RATES >= 0.001].mean()),
        "rollouts, mix": mean,
        "saved": 1 - mean / cap,
    }


def decide(asked: Namespace, pool: Any) -> dict[str, Any]:
    """How often e-values are ever wrong, looked at after every rollout, and how soon they are right."""
    limits = ((0.01, 0.05), (0.05, 0.05), (0.01, 0.03), (0.05, 0.2), (0.3, 0.3), (0.3, 0.6), (0.8, 0.95))
    found = pool.starmap(_decide, [(below, above, asked.cap) for below, above in limits], chunksize=1)
    ever, at = pool.apply(_ever, (asked.cap,))
    print(f"\ne-values, looked at after every one of {asked.cap:,} rollouts: how often they are ever wrong\n")
    show(
        ("below, above", "wrong", "at", "no harm: below after", "twice above: half of them after"),
        [(f"{below}, {above}", *by.values()) for (below, above), by in zip(limits, found, strict=True)],
    )
    print(f"\nThe confidence sequence, looked at as often: ever without the rate in {ever:.3g}, at {at:.3g}")
    told = {f"{below}, {above}": by for (below, above), by in zip(limits, found, strict=True)}
    return told | {"sequence": {"ever": ever, "at": at}}


def _decide(below: float, above: float, cap: int) -> dict[str, float]:
    rates = np.unique(np.concatenate([[below, above, min(1, 2 * above)], np.linspace(0.001, 0.999, 250)]))
    twice = int(np.searchsorted(rates, min(1, 2 * above)))
    going = _start(cap, rates)
    wrong, claimed = np.zeros(len(rates)), 0.0
    least = half = float("nan")
    lowest, highest = -1, 1  # yes up to which it is below, from which on it is above
    for n in range(1, cap + 1):
        _draw(going, n, rates)
        while e_values(lowest + 1, n, below, above).below >= 20:
            lowest += 1
        while highest <= n and e_values(highest, n, below, above).above < 20:
            highest += 1
        said_below, said_above = going[: lowest + 1].sum(axis=0), going[highest : n + 1].sum(axis=0)
        wrong += said_below * (rates >= below) + said_above * (rates <= above)
        going[: lowest + 1] = 0
        going[highest : n + 1] = 0
        claimed += float(said_above[twice])
        least = n if lowest >= 0 and np.isnan(least) else least
        half = n if claimed >= 0.5 and np.isnan(half) else half
    return {"wrong": float(wrong.max()), "at": float(rates[wrong.argmax()]), "no harm": least, "twice": half}


def _ever(cap: int) -> tuple[float, float]:
    """How often the confidence sequence is ever without the rate, at the worst one."""
    rates = np.linspace(0.001, 0.999, 250)
    inside = _start(cap, rates)
    for n in range(1, cap + 1):
        _draw(inside, n, rates)
        ends = [confidence_sequence(yes, n) for yes in range(n + 1)]
        low, high = np.array([(each.low, each.high) for each in ends]).T
        inside[: n + 1][(rates < low[:, None]) | (rates > high[:, None])] = 0
    left = 1 - inside.sum(axis=0)
    return float(left.max()), float(rates[left.argmax()])


def _start(cap: int, rates: Floats) -> Floats:
    """(yes, rate): the chance of having got there, before the first rollout."""
    state = np.zeros((cap + 1, len(rates)))
    state[0] = 1
    return state


def _draw(state: Floats, n: int, rates: Floats) -> None:
    """One rollout more, the n-th."""
    state[1 : n + 1] = state[1 : n + 1] * (1 - rates) + state[:n] * rates
    state[0] *= 1 - rates


def looks(_: Namespace, pool: Any) -> dict[str, Any]:
    """Size and power of a difference of rates under O'Brien-Fleming's limits, counted over all outcomes."""
    rules = [(cap, number) for cap in (40, 100, 200) for number in (1, 2, 4, 5)]
    found = pool.starmap(_looks, rules, chunksize=1)
    print("\nO'Brien-Fleming: how often a difference is claimed where there is none, at the worst rate; power\n")
    show(
        ("rollouts a side, looks", "size", "at", "power", "one look", "planned", "rollouts a side, mean"),
        [(f"{cap}, {number}", *by.values()) for (cap, number), by in zip(rules, found, strict=True)],
    )
    return {f"{cap}, {number}": by for (cap, number), by in zip(rules, found, strict=True)}


def _looks(cap: int, number: int) -> dict[str, float]:
    rates = np.concatenate([np.linspace(0.002, 0.05, 25), np.linspace(0.06, 0.5, 45)])
    sizes = [_claimed(rate, rate, cap, number)[0] for rate in rates]
    base = 0.05
    by = power.detectable(base, cap)  # what one look finds with 80 %
    found, mean = _claimed(base + by, base, cap, number)
    return {
        "size": float(max(sizes)),
        "size at": float(rates[int(np.argmax(sizes))]),
        "power": found,
        "one look": _claimed(base + by, base, cap, 1)[0],
        "planned": power.power(base, by, cap, cap, looks=number),
        "rollouts": mean,
    }


@lru_cache(maxsize=64)
def _rejected(n: int, critical: float) -> NDArray[np.bool_]:
    """Of each pair of counts of `n`, whether the score test exceeds a critical value."""
    from scipy.special import ndtr

    alpha = 2 * float(ndtr(-critical))
    return np.array([[p_value([(one, n, other, n)]) <= alpha for other in range(n + 1)] for one in range(n + 1)])


def _claimed(one: float, other: float, cap: int, number: int) -> tuple[float, float]:
    """How often a difference is claimed at one of the looks; the mean number of rollouts on a side."""
    going, claimed, mean, before = np.ones((1, 1)), 0.0, 0.0, 0
    for look, critical in enumerate(obrien_fleming(number), start=1):
        n = cap * look // number
        first, second = (_moves(before, n, rate) for rate in (one, other))
        mean += float(going.sum()) * (n - before)
        going = first.T @ going @ second
        rejected = _rejected(n, critical)
        claimed += float(going[rejected].sum())
        going[rejected] = 0
        before = n
    return claimed, mean


def _moves(before: int, n: int, rate: float) -> Floats:
    moves = np.zeros((before + 1, n + 1))
    steps = binom.pmf(np.arange(n - before + 1), n - before, rate)
    for yes in range(before + 1):
        moves[yes, yes : yes + len(steps)] = steps
    return moves


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


PARTS = {
    "width": width,
    "decide": decide,
    "looks": looks,
    "differences": differences,
    "strata": strata,
    "clusters": clusters,
    "firth": firths,
}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--sets", type=int, default=1000, help="sets of rollouts of each kind, where it is simulated")
    options.add_argument("--cap", type=int, default=1000, help="rollouts of the rule `decide`")
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    asked = options.parse_args()
    with get_context("spawn").Pool(asked.processes) as pool:
        found = {part: PARTS[part](asked, pool) for part in asked.parts}
    write(asked, "stats", found)


if __name__ == "__main__":
    main()
