"""A covering array: few conditions in which every three levels of three factors meet at least once."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations, product
from random import Random

from turncoat.scenarios import Pack, holds

Row = tuple[str, ...]
_NUMBERS = ("0", "4", "25")
"""Levels of a factor that is a number."""


def covering(pack: Pack, *, goals: Sequence[str] = ()) -> list[dict[str, str]]:
    """Conditions of the pack that cover every possible triple of levels, of goals only of these. Deterministic."""
    all_levels = {name: tuple(factor.levels) or _NUMBERS for name, factor in pack.factors.items()}
    all_levels["goal"] = tuple(goals) or all_levels["goal"]
    names = sorted(
        all_levels, key=lambda name: -len(all_levels[name])
    )  # the largest three decide how many rows it takes
    levels = tuple(all_levels[name] for name in names)
    never = tuple(
        tuple(
            (position, frozenset(level for level in levels[position] if holds({name: wanted}, {name: level})))
            for position, name in enumerate(names)
            if (wanted := each.when.get(name)) is not None
        )
        for each in pack.meta.impossible
    )
    return [dict(zip(names, row, strict=True)) for row in _array(levels, never)]


@lru_cache(maxsize=8)
def _array(
    levels: tuple[tuple[str, ...], ...], never: tuple[tuple[tuple[int, frozenset[str]], ...], ...]
) -> tuple[Row, ...]:
    """Greedy: each row starts from a triple that is still open and takes, factor by factor, the most open triples."""
    random = Random(3)
    triples = {triple for triple in _triples(levels) if not _clash(dict(triple), never)}
    rows: list[Row] = []
    while triples:
        chosen = dict(min(triples))
        others = [position for position in range(len(levels)) if position not in chosen]
        random.shuffle(others)
        for position in others:
            allowed = [each for each in levels[position] if not _clash({**chosen, position: each}, never)]
            pairs = list(combinations(sorted(chosen.items()), 2))
            gains = {
                each: sum(tuple(sorted((*pair, (position, each)))) in triples for pair in pairs) for each in allowed
            }
            best = max(gains.values())
            chosen[position] = random.choice([each for each in allowed if gains[each] == best])
        row = tuple(chosen[position] for position in range(len(levels)))
        triples.difference_update(combinations(enumerate(row), 3))
        rows.append(row)
    return tuple(rows)


def _triples(levels: Sequence[Sequence[str]]) -> Iterator[tuple[tuple[int, str], ...]]:
    for positions in combinations(range(len(levels)), 3):
        for row in product(*(levels[position] for position in positions)):
            yield tuple(zip(positions, row, strict=True))


def _clash(chosen: dict[int, str], never: Sequence[Sequence[tuple[int, frozenset[str]]]]) -> bool:
    return any(all(position in chosen and chosen[position] in bad for position, bad in rule) for rule in never)
