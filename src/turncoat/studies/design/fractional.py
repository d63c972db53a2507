"""Fractional designs: some of the possible conditions, chosen so that what matters can be told apart.

Bayesian D-optimal choice (W. DuMouchel, B. Jones, Technometrics 36 (1994), 37-47: what the model holds has to be told
apart, joint effects outside it as far as runs are left) from the candidates by a greedy start and Fedorov's exchange
(V. V. Fedorov 1972, Theory of Optimal Experiments; as in A. C. Atkinson, A. N. Donev & R. D. Tobias 2007, Optimum
Experimental Designs, ch. 12). pyDOE3 has the exchange, but tries each one by a new determinant, which takes minutes
where this takes a tenth of a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from turncoat.record import Condition

Matrix = NDArray[np.float64]
_RIDGE = 1e-3  # so that the first rows, of which no information matrix is regular, can be ranked too
_MOST = 1e9  # candidates times squared columns: a second or so for each exchange
_DIGITS = 9  # equal gains must be equal on every machine, so that the first of them is taken everywhere


@dataclass(frozen=True, slots=True)
class Terms:
    """The effects of a design: a column for each level but the first of each factor, and products for interactions.

    `owner`: of each column, which factor or pair it belongs to; the first is the intercept, of none.
    """

    matrix: Matrix
    owner: tuple[str, ...]

    @property
    def rank(self) -> int:
        """How many parameters can be estimated."""
        return int(np.linalg.matrix_rank(self.matrix))

    def rows(self, chosen: Sequence[int]) -> "Terms":
        """The same terms in some of the conditions."""
        return Terms(self.matrix[list(chosen)], self.owner)


def terms(conditions: Sequence[Condition], factors: Sequence[str], interactions: Sequence[tuple[str, str]]) -> Terms:
    """Main effects of `factors` and their `interactions` over conditions, a row each, effects coded to sum to zero."""
    coded = {name: _coded([each[name] for each in conditions]) for name in factors}
    parts = [("", np.ones((len(conditions), 1))), *coded.items()]
    parts += [(f"{one} x {other}", _product(coded[one], coded[other])) for one, other in interactions]
    owner = tuple(name for name, columns in parts for _ in range(columns.shape[1]))
    return Terms(np.hstack([columns for _, columns in parts]), owner)


def _coded(levels: Sequence[str]) -> Matrix:
    known = list(dict.fromkeys(levels))
    rows = np.vstack([np.eye(len(known) - 1), -np.ones((1, len(known) - 1))])
    return rows[[known.index(each) for each in levels]]


def _product(one: Matrix, other: Matrix) -> Matrix:
    return (one[:, :, None] * other[:, None, :]).reshape(len(one), -1)


def choose(candidates: Terms, runs: int, doubtful: Terms | None = None) -> tuple[int, ...]:
    """The places of `runs` candidates, each once, with the greatest information on all terms, in their order.

    `doubtful`: terms outside the model, of which it is doubted that they matter; left out where they are too many.
    """
    matrix = _independent(candidates.matrix)
    prior = np.full(matrix.shape[1], _RIDGE**2)
    if doubtful is not None and len(matrix) * (matrix.shape[1] + doubtful.matrix.shape[1]) ** 2 < _MOST:
        outside = doubtful.matrix - matrix @ (matrix.T @ doubtful.matrix) / len(matrix)
        extra = _independent(outside) if np.abs(outside).max(initial=0) > 1e-9 else outside[:, :0]
        matrix = np.hstack([matrix, extra])
        prior = np.append(prior, np.ones(extra.shape[1]))
    chosen = _greedy(matrix, prior, runs)
    while exchange := _best_exchange(matrix, prior, chosen):
        out, into = exchange
        chosen[chosen.index(out)] = into
    return tuple(sorted(chosen))


def _independent(matrix: Matrix) -> Matrix:
    """An orthonormal basis of the columns, so that terms that coincide in all candidates do no harm."""
    left, sizes, _ = np.linalg.svd(matrix, full_matrices=False)
    basis: Matrix = left[:, sizes > sizes[0] * 1e-9] * np.sqrt(len(matrix))
    return basis


def _greedy(matrix: Matrix, prior: Matrix, runs: int) -> list[int]:
    inverse = np.diag(1 / np.maximum(prior, _RIDGE))
    chosen: list[int] = []
    for _ in range(runs):
        gain = np.round(np.einsum("ij,jk,ik->i", matrix, inverse, matrix), _DIGITS)
        gain[chosen] = -1
        best = int(np.argmax(gain))
        step = inverse @ matrix[best]
        inverse -= np.outer(step, step) / (1 + matrix[best] @ step)
        chosen.append(best)
    return chosen


def _best_exchange(matrix: Matrix, prior: Matrix, chosen: list[int]) -> tuple[int, int] | None:
    """The row that goes and the one that comes, where that helps: Fedorov's delta over all pairs at once."""
    inside = matrix[chosen]
    inverse = np.linalg.inv(inside.T @ inside + np.diag(prior))
    own = np.einsum("ij,jk,ik->i", inside, inverse, inside)
    others = np.einsum("ij,jk,ik->i", matrix, inverse, matrix)
    between = inside @ inverse @ matrix.T
    delta = others[None, :] - (own[:, None] * others[None, :] - between**2) - own[:, None]
    delta[:, chosen] = -1
    delta = np.round(delta, _DIGITS)
    out, into = np.unravel_index(int(np.argmax(delta)), delta.shape)
    return (chosen[int(out)], int(into)) if delta[out, into] > 10.0**-_DIGITS * 100 else None


def confounded(
    candidates: Sequence[Condition],
    chosen: Sequence[int],
    factors: Sequence[str],
    interactions: Sequence[tuple[str, str]],
) -> tuple[str, ...]:
    """What the chosen conditions cannot tell apart, in sentences; nothing where they tell all apart.

    First what the model itself holds, then joint effects that are outside it and would look like one of its terms.
    """
    model = terms(candidates, factors, interactions).rows(chosen)
    outside: dict[str, list[str]] = {}
    for one, other in combinations(factors, 2):
        if (one, other) in interactions or (other, one) in interactions:
            continue
        mains = terms(candidates, (one, other), ())
        both = terms(candidates, (one, other), [(one, other)])
        if both.rank < len(both.owner):  # some of their combinations are impossible: not a matter of choice
            continue
        joint = both.rows(chosen).matrix[:, len(mains.owner) :]
        if (like := _like(model, joint)) is not None:
            outside.setdefault(_and(like), []).append(f"{one} and {other}")
    joint_effects = (
        f"A joint effect of {', or of '.join(pairs)} cannot be told apart from {like}; name the pairs that matter in "
        "`interactions`."
        for like, pairs in outside.items()
    )
    return (*_inside(model), *joint_effects)


def _inside(model: Terms) -> list[str]:
    """Terms of the model that the rows before them already make up."""
    said: dict[str, None] = {}
    for column in range(1, model.matrix.shape[1]):
        before, owner = Terms(model.matrix[:, :column], model.owner[:column]), model.owner[column]
        if (like := _like(before, model.matrix[:, [column]])) is not None:
            others = [each for each in like if each != owner]
            said[f"{owner} cannot be told apart from {_and(others)}."] = None
    return list(said)


def _like(model: Terms, extra: Matrix) -> list[str] | None:
    """The terms of which some part of `extra` is made up; None where all of it stands by itself."""
    both = np.hstack([model.matrix, extra])
    if int(np.linalg.matrix_rank(both)) - model.rank >= extra.shape[1]:
        return None
    weights, *_ = np.linalg.lstsq(model.matrix, extra, rcond=None)
    left = extra - model.matrix @ weights
    within = np.abs(left).max(axis=0) < 1e-6
    weights = weights[:, within] if within.any() else weights
    return list(dict.fromkeys(name for name, row in zip(model.owner, weights, strict=True) if name and _any(row)))


def _any(row: Matrix) -> bool:
    return bool((np.abs(row) > 1e-6).any())


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or "what all conditions have in common"
