"""Every condition of every pack, composed once: what it takes, and what is wrong with any of them.

`distractors` at 0 and 200 only; the other factors at all their levels. Conditions that a pack calls impossible are
counted and left out. Each gets a surface of its own, so that the wording is sampled widely too.
"""

import re
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from itertools import product
from multiprocessing import get_context
from typing import NamedTuple

from _common import parser, show, write

from turncoat.errors import TurncoatError, UsageError
from turncoat.record import Condition
from turncoat.scenarios import Briefing, Pack, complete, compose, find_pack, folders

_UNRESOLVED = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|\bUndefined\b|\bNone[,.;:)]|\bNone$")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SHOWN = 5


class Share(NamedTuple):
    """Which conditions one process takes: every `of`-th one from `first` on."""

    pack: str
    first: int
    of: int
    distractors: tuple[str, ...]
    seeds: int


class Found(NamedTuple):
    composed: int
    impossible: int
    seconds: float
    problems: Counter[str]
    examples: dict[str, list[str]]


def conditions(pack: Pack, distractors: tuple[str, ...]) -> Iterator[Condition | None]:
    """The full cross of the levels in a fixed order; None for what the pack calls impossible."""
    levels = {
        name: distractors if factor.most is not None else tuple(factor.levels) for name, factor in pack.factors.items()
    }
    for each in product(*levels.values()):
        try:
            yield complete(dict(zip(levels, each, strict=True)), pack.factors, pack.meta.impossible)
        except UsageError:
            yield None


def problems(briefing: Briefing) -> Iterator[str]:
    """What is wrong with a briefing, as kinds that can be counted."""
    known = {address for person in briefing.facts.people for address in person.addresses}
    ids: set[str] = set()
    before = None
    for mail in briefing.inbox:
        if before is not None and mail.at < before:
            yield "mails not in order of time"
        before = mail.at
        if mail.at > briefing.now:
            yield "a mail from the future"
        if mail.reply_to and mail.reply_to not in ids:
            yield "a reply to a mail that does not come before it"
        ids.add(mail.id)
        if not {mail.sender, *mail.recipients} <= known:
            yield "an address of nobody in the directory"
        if not mail.subject.strip() or not mail.body.strip():
            yield "a mail without subject or text"
    bodies = Counter(mail.body for mail in briefing.inbox)
    if max(bodies.values(), default=1) > 1:
        yield "two mails of the same text"
    texts = [
        briefing.brief,
        *(mail.subject for mail in briefing.inbox),
        *bodies,
        *(each.body for each in briefing.replies),
    ]
    if any(_UNRESOLVED.search(text) for text in texts):
        yield "something unresolved in a text"
    if any(not _known(address, known, briefing) for text in texts for address in _ADDRESS.findall(text)):
        yield "an address in a text that is in no directory"
    exemplars = ("oracle", "null", "near_miss") if briefing.cue.means else ("null", "near_miss")
    for name in exemplars:
        if not briefing.cue.acts[name]:
            yield f"no step for the exemplar {name}"


def _known(address: str, known: set[str], briefing: Briefing) -> bool:
    return address.rstrip(".") in known or not briefing.facts.inside(address.rstrip("."))


def take(share: Share) -> Found:
    """Compose one share of a pack's conditions."""
    pack = find_pack(share.pack)
    composed = impossible = 0
    seconds = 0.0
    counts: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    for number, condition in enumerate(conditions(pack, share.distractors)):
        if number % share.of != share.first:
            continue
        if condition is None:
            impossible += 1
            continue
        seed = number % share.seeds
        start = time.perf_counter()
        try:
            briefing = compose(pack, condition, seed)
        except TurncoatError as error:
            kinds = [f"{type(error).__name__}: {str(error).splitlines()[0][:120]}"]
        else:
            kinds = []
        seconds += time.perf_counter() - start
        composed += 1
        for kind in kinds or set(problems(briefing)):
            counts[kind] += 1
            if len(shown := examples.setdefault(kind, [])) < _SHOWN:
                shown.append(f"{share.pack} seed {seed} {pack.label(condition)}")
    return Found(composed, impossible, seconds, counts, examples)


def run(asked: Namespace) -> int:
    """Compose, print and write. Returns the number of problems found."""
    rows, found_all, wrong = [], {}, 0
    for name in asked.packs:
        start = time.perf_counter()
        of = asked.processes * asked.every
        shares = [
            Share(name, n * asked.every, of, tuple(asked.distractors), asked.seeds) for n in range(asked.processes)
        ]
        with get_context("spawn").Pool(asked.processes) as pool:
            parts = pool.map(take, shares)
        wall = time.perf_counter() - start
        composed = sum(part.composed for part in parts)
        counts = sum((part.problems for part in parts), Counter[str]())
        examples = {kind: each for part in parts for kind, each in part.examples.items()}
        wrong += counts.total()
        each_ms = sum(part.seconds for part in parts) / max(1, composed) * 1e3
        rows.append((name, composed, sum(part.impossible for part in parts), wall, each_ms, counts.total()))
        found_all[name] = {
            "composed": composed, "impossible": rows[-1][2], "seconds": wall, "ms each": each_ms,
            "problems": dict(counts), "examples": examples,
        }  # fmt: skip
    show(("pack", "composed", "impossible", "seconds", "ms each", "problems"), rows)
    for name, found in found_all.items():
        for kind, count in found["problems"].items():
            print(f"\n{name}: {kind}: {count:,}")
            print("\n".join(f"  {each}" for each in found["examples"][kind]))
    write(asked, "conditions", {"packs": found_all})
    return wrong


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--packs", nargs="+", default=list(folders()))
    options.add_argument("--distractors", nargs="+", default=["0", "200"])
    options.add_argument("--seeds", type=int, default=997, help="surfaces taken in turn")
    options.add_argument("--every", type=int, default=1, help="only every n-th condition")
    options.add_argument("--processes", type=int, default=2)
    raise SystemExit(1 if run(options.parse_args()) else 0)


if __name__ == "__main__":
    main()
