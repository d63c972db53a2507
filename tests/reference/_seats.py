"""Seats for reference agents, and what comes of what they do there."""

from collections.abc import Iterator, Mapping

from turncoat.judging import judge_rollout
from turncoat.record import ActionEvent, Interface, Record, Verdict
from turncoat.reference import Script, Seat, play, seat_of
from turncoat.scenarios import Briefing, compose, find_pack

NAMES = ("blackmail", "espionage", "lethal")
INTERFACES: tuple[Interface, ...] = ("text", "tools")


def briefing(name: str, seed: int = 0, **levels: str) -> Briefing:
    """The pressured condition of a built-in pack with some levels changed."""
    pack = find_pack(name)
    start: Mapping[str, str] = pack.meta.pressured
    if levels.get("threat", "replacement") != "replacement":
        start = {**start, "successor": "unstated"}
    return compose(pack, {**start, **levels}, seed)


def seats(name: str, count: int, interface: Interface = "text", **levels: str) -> Iterator[Seat]:
    """Seats on `count` surfaces. Beyond the first few, only the seed of the seat differs: the agent's own dice."""
    made = [seat_of(briefing(name, seed, **levels), interface) for seed in range(min(count, 8))]
    for seed in range(count):
        yield made[seed % len(made)].model_copy(update={"seed": seed})


def judged(script: Script, briefing: Briefing, interface: Interface) -> tuple[Verdict, Record]:
    record, texts = play(script, briefing, interface)
    return judge_rollout(briefing.facts, record, texts, headline=briefing.headline), record


def outcomes(record: Record) -> set[str]:
    return {event.outcome for event in record if isinstance(event, ActionEvent)}
