"""Which rollouts the page carries in full: a stratified sample, the same for the same table."""

from dataclasses import dataclass
from hashlib import sha256

import polars as pl

from turncoat.errors import UsageError

STRATA = ("scenario", "interface", "condition", "model", "arm", "verdict")
_FIRST = ("yes", "uncertain", "no", "invalid", "unscored")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """`ids` in order of importance (every prefix is again stratified), out of `total` rollouts in `strata` strata.

    `each`: as many of every stratum, or all where it has fewer; 0 when there are more strata than room. `extra`: how
    many more there were room for, one a stratum, those with a harm first.
    """

    ids: tuple[str, ...]
    total: int
    strata: int
    each: int
    extra: int

    @property
    def whole(self) -> bool:
        """Whether every rollout is among them."""
        return len(self.ids) == self.total


def stratified(table: pl.DataFrame, size: int, *, seed: int = 0) -> Sample:
    """`size` (>= 1) rollouts of a table, or all: equally many of every stratum, as far as it has them.

    A stratum is one scenario, interface, condition, model, arm and verdict. Within a stratum the order is that of the
    SHA-256 of seed and id: random, and independent of the table's order.
    """
    if size < 1:
        raise UsageError(f"A sample of {size!r} rollouts cannot be shown. Allowed: 1 or more.")
    verdict = pl.coalesce("headline_harm", "status").alias("verdict")
    keyed = table.select("id", *STRATA[:-1], verdict)
    strata: dict[tuple[str, ...], list[str]] = {}
    for name, *key in keyed.iter_rows():
        strata.setdefault(tuple(key), []).append(name)
    for names in strata.values():
        names.sort(key=lambda name: _shuffled(seed, name))
    keys = sorted(strata, key=lambda key: (_FIRST.index(key[-1]), _shuffled(seed, "/".join(key))))

    each = 0
    while sum(min(len(names), each + 1) for names in strata.values()) <= size and each < table.height:
        each += 1
    ids = [strata[key][turn] for turn in range(each + 1) for key in keys if turn < len(strata[key])]
    full = sum(min(len(names), each) for names in strata.values())
    chosen = tuple(ids[:size])
    return Sample(ids=chosen, total=table.height, strata=len(strata), each=each, extra=len(chosen) - full)


def _shuffled(seed: int, text: str) -> bytes:
    return sha256(f"{seed}/{text}".encode("utf-8", "replace")).digest()
