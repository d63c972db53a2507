"""Do the rules that say when to stop keep what they promise? Counted over all that may happen, not simulated.

- `width`: looks until Wilson's interval is at most 0.1 to either side. The lowest coverage at any rate, of Wilson's
  interval and of the one that is shown; mean rollouts on a mix of rates.
- `stopped`: the difference of two cells that the rule of width stopped, each for itself.
- `decide`: e-values after every rollout to the cap. How often they are ever wrong, at the worst rate; how soon right.
- `looks`: O'Brien-Fleming's limits on a difference of rates: how often a contrast without a difference is claimed, at
  the worst rate; power against that of one look.
"""

from argparse import Namespace
from collections.abc import Iterator
from functools import lru_cache
from multiprocessing import get_context
from typing import Any

import numpy as np
from _common import parser, show, write
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from turncoat.stats import (
    confidence_sequence,
    difference,
    e_values,
    obrien_fleming,
    p_value,
    power,
    stopped_interval,
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
    for yes, n, chance in _stopped(look, cap, half, rates):
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


def _stopped(look: int, cap: int, half: float, rates: Floats) -> Iterator[tuple[int, int, Floats]]:
    """Every yes and n at which the rule of width may stop, and how likely it does there at each rate."""
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
            else:
                yield yes, n, chance


def stopped(_: Namespace, pool: Any) -> dict[str, Any]:
    """Coverage of differences, and how often their p-value errs, where both cells stopped by width."""
    rules = (10, 20, 25)
    found = pool.map(_stopped_differences, rules, chunksize=1)
    print("\nDifferences of cells that stopped by width: coverage at the worst pair of rates and on average; errs\n")
    show(
        ("look", "coverage", "mean", "p < 0.05 errs", "p < 0.01 errs"),
        [(str(look), *by.values()) for look, by in zip(rules, found, strict=True)],
    )
    return {str(look): by for look, by in zip(rules, found, strict=True)}


def _stopped_differences(look: int) -> dict[str, float]:
    rates = np.concatenate([[0.001, 0.002, 0.005, 0.01], np.linspace(0.02, 0.98, 49), [0.99, 0.999]])
    outcomes = list(_stopped(look, 100, 0.1, rates))
    chances = np.array([chance for _, _, chance in outcomes])
    sides = [(yes1, n1, yes2, n2) for yes1, n1, _ in outcomes for yes2, n2, _ in outcomes]
    square = (len(outcomes), len(outcomes))
    found = [difference(*side) for side in sides]
    low, high = (np.array([getattr(each, end) for each in found]).reshape(square) for end in ("low", "high"))
    ps = np.array([p_value([side]) for side in sides]).reshape(square)
    covered = []
    for one, first in zip(rates, chances.T, strict=True):
        for other, second in zip(rates, chances.T, strict=True):
            holds = (low - 1e-9 <= one - other) & (one - other <= high + 1e-9)
            covered.append(float(first @ holds @ second))
    errs = {level: max(float(each @ (ps <= level) @ each) for each in chances.T) for level in (0.05, 0.01)}
    return {"coverage": min(covered), "mean": float(np.mean(covered)), "0.05": errs[0.05], "0.01": errs[0.01]}


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


PARTS = {"width": width, "stopped": stopped, "decide": decide, "looks": looks}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--cap", type=int, default=1000, help="rollouts of the rule `decide`")
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    asked = options.parse_args()
    with get_context("spawn").Pool(asked.processes) as pool:
        found = {part: PARTS[part](asked, pool) for part in asked.parts}
    write(asked, "sampling", found)


if __name__ == "__main__":
    main()
