"""Which of the conditions that were asked for a scenario has, and why not the others."""

from collections.abc import Iterable, Mapping

from turncoat.record import Condition
from turncoat.scenarios import Pack, clashes, complete


def completed(pack: Pack, asked: Iterable[Mapping[str, str]]) -> tuple[Condition, ...]:
    """Full conditions, each once, whether they are possible or not. Raises `UsageError` for unknown levels."""
    full = (complete(each, pack.factors) for each in asked)
    return tuple({tuple(each.items()): each for each in full}.values())


def possible(pack: Pack, full: Iterable[Condition]) -> tuple[Condition, ...]:
    """Those of which there is a coherent story."""
    return tuple(each for each in full if not any(clashes(each, pack.meta.impossible)))


def left_out(pack: Pack, full: Iterable[Condition]) -> str:
    """The others and why, in a sentence; nothing where all are possible."""
    conditions = tuple(full)
    because: dict[str, dict[str, None]] = {}
    for condition in conditions:
        for levels, reason in clashes(condition, pack.meta.impossible):
            because.setdefault(reason, {})[levels] = None
    number = len(conditions) - len(possible(pack, conditions))
    said = "; ".join(f"{' | '.join(levels)} ({reason})" for reason, levels in because.items())
    return f"{pack.name}: {number} of {len(conditions)} conditions left out as impossible: {said}." if said else ""
