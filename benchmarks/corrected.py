"""Do the intervals of corrected rates hold what they promise? Sets of rollouts whose truth is known, by the thousand.

A judge of known sensitivity and specificity gives 500 rollouts a verdict, people label 100 of them. Shown is the share
of 95 % intervals that hold the truth, and how wide they are on average:

- `verdicts`: Wilson's interval of the judge's own rate, as if it did not err.
- `stratified`, `these`: labels drawn half among those judged harmful, half among the others; the underlying rate, and
  the share of harmful ones among these 500.
- `crossed`: labels drawn in equal shares of another judge's verdicts (sensitivity 0.6, specificity 0.95, errors of its
  own), and strata of both judges' verdicts, as `turncoat agreement` has them.
- `labels`: Wilson's interval of labels drawn from all alike, as if there were no judge. From the same labels:
  `afterwards`, `stratified` by verdict; `Rogan-Gladen`, `PPI`, `PPI tuned`, with the verdicts on the other 400.
- `audited` has another truth: the model's own rate, where a cheap judge with those errors spares it most rollouts and
  100 spared ones are audited.

Kappa and alpha: two raters, or three of whom each leaves out a fifth (alpha), who err independently.
"""

from argparse import Namespace
from collections.abc import Callable, Iterator
from itertools import product
from multiprocessing import get_context
from typing import Any, NamedTuple

import numpy as np
from _common import parser, show, write

from turncoat.errors import UsageError
from turncoat.judging.raters import HEADLINE, Rater, corrected
from turncoat.stats import (
    Estimate,
    Rate,
    Stratum,
    audited,
    cohens_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    prediction_powered,
    rogan_gladen,
    stratified,
)

PREVALENCES = (0.02, 0.1, 0.37, 0.8)
JUDGES = ((0.95, 0.98), (0.8, 0.9))
_CALLED = (0.2, 0.5)  # how often the cheap judge is not sure, by the model's no and yes
_DRAWN_BY = (0.6, 0.95)  # sensitivity and specificity of the judge by whose verdicts labels are drawn
_DRAWS = 4000  # of a posterior or bootstrap: enough where not one interval counts but a thousand

Interval = tuple[float, float] | Estimate | None


class Cell(NamedTuple):
    """The work of one call. `seed` makes it the same each time."""

    prevalence: float
    sensitivity: float
    specificity: float
    rollouts: int
    labels: int
    sets: int
    seed: int


def cover(cell: Cell) -> dict[str, dict[str, float]]:
    """By method: the share of intervals that hold the truth, their mean width, the mean error, the share refused."""
    random = np.random.default_rng(cell.seed)
    every: dict[str, list[tuple[float, Interval]]] = {}
    for _ in range(cell.sets):
        for name, truth, found in _methods(cell, random):
            every.setdefault(name, []).append((truth, found))
    return {name: _summary(results) for name, results in every.items()}


def _summary(results: list[tuple[float, Interval]]) -> dict[str, float]:
    given = [(truth, *_ends(found)) for truth, found in results if found is not None]
    errors = [found.estimate - truth for truth, found in results if isinstance(found, Estimate)]
    return {
        "coverage": float(np.mean([low - 1e-12 <= truth <= high + 1e-12 for truth, low, high in given])),
        "width": float(np.mean([high - low for _, low, high in given])),
        "bias": float(np.nanmean(errors)) if errors else float("nan"),
        "refused": 1 - len(given) / len(results),
    }


def _ends(found: Estimate | tuple[float, float]) -> tuple[float, float]:
    return (found.low, found.high) if isinstance(found, Estimate) else found


def _methods(cell: Cell, random: np.random.Generator) -> Iterator[tuple[str, float, Interval]]:
    p, sens, spec, n, labels, *_ = cell
    found, missed, alarms, passed = random.multinomial(
        n, (p * sens, p * (1 - sens), (1 - p) * (1 - spec), (1 - p) * spec)
    ).tolist()
    yes, no = found + alarms, missed + passed
    yield "verdicts", p, Rate(yes=yes, no=no).interval()

    from_yes = min(yes, max(labels // 2, labels - no))
    parts = [_labelled(random, found, alarms, from_yes), _labelled(random, missed, passed, labels - from_yes)]
    yield "stratified", p, stratified(parts, draws=_DRAWS)
    yield "these", (found + missed) / n, stratified(parts, target="these", draws=_DRAWS)

    yield "crossed", p, _crossed(cell, random)

    seen = random.multivariate_hypergeometric((found, missed, alarms, passed), labels).tolist()
    table = dict(zip(("true_positive", "false_negative", "false_positive", "true_negative"), seen, strict=True))
    harmful = seen[0] + seen[1]
    yield "labels", p, Rate(yes=harmful, no=labels - harmful).interval()
    after = [Stratum(total=yes, labelled=seen[0] + seen[2], harmful=seen[0]),
             Stratum(total=no, labelled=seen[1] + seen[3], harmful=seen[1])]  # fmt: skip
    yield "afterwards", p, stratified(after, draws=_DRAWS)
    others = yes - seen[0] - seen[2]
    yield "Rogan-Gladen", p, _unless_refused(lambda: rogan_gladen(others, n - labels, **table))
    yield "PPI", p, prediction_powered(others, n - labels, **table, tuned=False)
    yield "PPI tuned", p, prediction_powered(others, n - labels, **table)
    yield "audited", p, _audit(cell, random)


def _crossed(cell: Cell, random: np.random.Generator) -> Estimate:
    harmful = random.random(cell.rollouts) < cell.prevalence
    said, drawn = (
        np.where(random.random(cell.rollouts) < np.where(harmful, sens, 1 - spec), "yes", "no").tolist()
        for sens, spec in ((cell.sensitivity, cell.specificity), _DRAWN_BY)
    )
    by = {each: random.permutation(np.flatnonzero(np.array(drawn) == each)).tolist() for each in ("yes", "no")}
    half = min(len(by["yes"]), max(cell.labels // 2, cell.labels - len(by["no"])))
    chosen = by["yes"][:half] + by["no"][: cell.labels - half]
    judge = Rater("judge", False, {}, {str(key): each for key, each in enumerate(said)})
    truth = {str(key): {HEADLINE: "yes" if harmful[key] else "no"} for key in chosen}
    (found,) = corrected(judge, truth, drawn={str(key): each for key, each in enumerate(drawn)})
    return found.rate


def _labelled(random: np.random.Generator, harmful: int, harmless: int, labels: int) -> Stratum:
    drawn = int(random.hypergeometric(harmful, harmless, labels)) if harmful + harmless else 0
    return Stratum(total=harmful + harmless, labelled=labels, harmful=drawn)


def _audit(cell: Cell, random: np.random.Generator) -> Estimate:
    p, sens, spec, n, audits, *_ = cell
    model_yes = int(random.binomial(n, p))
    called_yes = int(random.binomial(model_yes, _CALLED[1]))
    called_no = int(random.binomial(n - model_yes, _CALLED[0]))
    agreed, missed = _split(random, model_yes - called_yes, sens)
    passed, alarms = _split(random, n - model_yes - called_no, spec)
    seen = random.multivariate_hypergeometric((agreed, alarms, missed, passed), audits).tolist()
    spared = [Stratum(total=agreed + alarms, labelled=seen[0] + seen[1], harmful=seen[0]),
              Stratum(total=missed + passed, labelled=seen[2] + seen[3], harmful=seen[2])]  # fmt: skip
    called = called_yes + called_no
    return audited(Stratum(total=called, labelled=called, harmful=called_yes), spared, draws=_DRAWS)


def _split(random: np.random.Generator, number: int, share: float) -> tuple[int, int]:
    first = int(random.binomial(number, share))
    return first, number - first


def _unless_refused(make: Callable[[], Estimate]) -> Estimate | None:
    try:
        return make()
    except UsageError:
        return None


def rates(asked: Namespace, pool: Any) -> dict[str, Any]:
    """Coverage and widths of every method, judge and prevalence."""
    cells = [
        Cell(p, *judge, asked.rollouts, asked.labels, asked.sets, seed)
        for seed, (judge, p) in enumerate(product(JUDGES, PREVALENCES))
    ]
    found = dict(zip(cells, pool.map(cover, cells, chunksize=1), strict=True))
    names = list(next(iter(found.values())))
    for key, title in (
        ("coverage", "Share of 95 % intervals that hold the truth"),
        ("width", "Mean width of the intervals"),
        ("bias", "Mean estimate less the truth"),
    ):
        print(f"\n{title}, {asked.sets:,} sets of {asked.rollouts}, {asked.labels} labels\n")
        shown = [name for name in names if key != "bias" or name not in ("verdicts", "labels")]
        rows = [
            (f"{cell.sensitivity} / {cell.specificity}", cell.prevalence, *(by[name][key] for name in shown))
            for cell, by in found.items()
        ]
        show(("sensitivity / specificity", "rate", *shown), rows)
    refused = {cell: by["Rogan-Gladen"]["refused"] for cell, by in found.items() if by["Rogan-Gladen"]["refused"]}
    print("\nRogan-Gladen refused, for want of labels of both kinds or of a better judge:", end=" ")
    print(", ".join(f"{share:.1%} at {cell.prevalence} ({cell.sensitivity} / {cell.specificity})"
                    for cell, share in refused.items()) or "never")  # fmt: skip
    return {f"{cell.sensitivity}/{cell.specificity} p={cell.prevalence}": by for cell, by in found.items()}


class Raters(NamedTuple):
    """The work of one call: `units` of which a share is a yes, and raters who err independently."""

    prevalence: float
    error: float
    units: int
    sets: int
    seed: int


def agree(cell: Raters) -> dict[str, dict[str, float]]:
    """By coefficient: the share of intervals that hold its true value, their mean width, the share undefined."""
    random = np.random.default_rng(cell.seed)
    said = cell.prevalence * (1 - cell.error) + (1 - cell.prevalence) * cell.error
    truth = 1 - 2 * cell.error * (1 - cell.error) / (2 * said * (1 - said))
    every: dict[str, list[tuple[float, Interval]]] = {}
    for _ in range(cell.sets):
        units = random.random((cell.units, 1)) < cell.prevalence
        rated = (units ^ (random.random((cell.units, 3)) < cell.error)).astype(int)
        missing = np.where(random.random(rated.shape) < 0.2, None, rated)
        for name, found in (
            ("Cohen, 2 raters", cohens_kappa([tuple(row) for row in rated[:, :2].tolist()])),
            ("Fleiss, 3 raters", fleiss_kappa(rated.tolist(), draws=_DRAWS)),
            ("alpha, 3 with gaps", krippendorff_alpha(missing.tolist(), draws=_DRAWS)),
        ):
            every.setdefault(name, []).append((truth, None if found.low != found.low else found))
    return {name: _summary(results) for name, results in every.items()} | {"truth": {"value": truth}}


def agreement(asked: Namespace, pool: Any) -> dict[str, Any]:
    """Coverage of the intervals of kappa and alpha."""
    cells = [
        Raters(p, error, units, asked.sets, seed)
        for seed, (p, error, units) in enumerate(product((0.1, 0.5), (0.02, 0.1), (50, 200)))
    ]
    found = dict(zip(cells, pool.map(agree, cells, chunksize=1), strict=True))
    names = [name for name in next(iter(found.values())) if name != "truth"]
    for key, title in (
        ("coverage", "Share of 95 % intervals that hold the true agreement"),
        ("width", "Mean width of the intervals"),
    ):
        print(f"\n{title}, {asked.sets:,} sets\n")
        rows = [
            (f"rate {cell.prevalence}, error {cell.error}", cell.units, by["truth"]["value"],
             *(by[name][key] for name in names))
            for cell, by in found.items()
        ]  # fmt: skip
        show(("raters", "units", "agreement", *names), rows)
    return {f"p={cell.prevalence} error={cell.error} units={cell.units}": by for cell, by in found.items()}


PARTS = {"rates": rates, "agreement": agreement}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--sets", type=int, default=2000)
    options.add_argument("--rollouts", type=int, default=500, help="rollouts in a set")
    options.add_argument("--labels", type=int, default=100, help="labels, or audits, in a set")
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    asked = options.parse_args()
    with get_context("spawn").Pool(asked.processes) as pool:
        found = {part: PARTS[part](asked, pool) for part in asked.parts}
    write(asked, "corrected", found)


if __name__ == "__main__":
    main()
