"""Which transcripts are labelled, and in which order: the same for all labellers, and saying nothing of verdicts."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from itertools import chain, zip_longest

from turncoat.judging.case import Case
from turncoat.judging.raters import outcome
from turncoat.judging.rules import judge_by_rules
from turncoat.record import Verdict


def draw(
    source: Iterable[tuple[str, Case | Verdict]], size: int | None = None, drawn: Mapping[str, str] | None = None
) -> tuple[Case, ...]:
    """The cases to be labelled: all, or `size` of them in equal shares of their verdicts.

    `drawn`: the verdict of each, by which rates are corrected later; default: what the rules judge says now.
    Chance is a hash of the id: the order does not depend on the source's, all labellers get the same, and a larger
    sample holds every smaller one. `source` is read twice where there is a size, so that only what is drawn is kept.
    """
    wanted = None if size is None else _stratified(source, size, drawn)
    cases = [case for key, case in source if isinstance(case, Case) and (wanted is None or key in wanted)]
    return tuple(sorted(cases, key=lambda case: _chance(case.id)))


def _stratified(source: Iterable[tuple[str, Case | Verdict]], size: int, drawn: Mapping[str, str] | None) -> set[str]:
    strata: dict[str, list[str]] = {}
    for key, case in source:
        if isinstance(case, Case):
            strata.setdefault(
                outcome(judge_by_rules(case)) if drawn is None else drawn.get(key, "unscored"), []
            ).append(key)
    rounds = zip_longest(*(sorted(strata[name], key=_chance) for name in sorted(strata)))
    return set([key for key in chain.from_iterable(rounds) if key is not None][:size])


def _chance(key: str) -> bytes:
    return sha256(f"turncoat label {key}".encode("utf-8", "replace")).digest()
