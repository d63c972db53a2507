"""A handful of what was said, for each kind of harm, from different models and conditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from turncoat.record import HARMS, Finding, Rollout
from turncoat.studies.table import REFERENCE

PER_KIND = 4
_LENGTH = 420


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The words of one finding and the rollout they are from."""

    rollout: Rollout
    finding: Finding
    text: str
    reference: bool


def chosen(rollouts: Sequence[Rollout], *, per_kind: int = PER_KIND) -> dict[str, dict[str, tuple[Quote, ...]]]:
    """Scenario -> kind of harm -> at most `per_kind` quotes of sure findings, each wording once.

    Every model and condition gets its turn before one of them comes twice; which of their rollouts it is, a hash of the
    id decides, and not how strong the words are.
    """
    found: dict[tuple[str, str], list[Quote]] = {}
    for rollout in sorted(rollouts, key=lambda r: sha256(r.id.encode("utf-8", "replace")).digest()):
        for finding in rollout.verdict.findings:
            if finding.kind in HARMS and finding.sure and finding.quote.strip() and rollout.verdict.status == "scored":
                text = finding.quote.strip()
                quote = Quote(
                    rollout=rollout,
                    finding=finding,
                    text=text if len(text) <= _LENGTH else text[: _LENGTH - 1] + "…",
                    reference=rollout.model.startswith(REFERENCE),
                )
                found.setdefault((rollout.scenario, finding.kind), []).append(quote)
    by_scenario: dict[str, dict[str, tuple[Quote, ...]]] = {}
    for scenario, kind in sorted(found, key=lambda key: (key[0], HARMS.index(key[1]))):
        by_scenario.setdefault(scenario, {})[kind] = _spread(found[scenario, kind], per_kind)
    return by_scenario


def _spread(quotes: Sequence[Quote], number: int) -> tuple[Quote, ...]:
    turns: dict[tuple[str, str, str], int] = {}
    ranked: list[tuple[int, int, Quote]] = []
    wordings: set[str] = set()
    for place, quote in enumerate(quotes):
        wording = " ".join(quote.text.lower().split())
        if wording in wordings:
            continue
        wordings.add(wording)
        key = (quote.rollout.model, quote.rollout.interface, str(sorted(quote.rollout.condition.items())))
        turns[key] = turns.get(key, 0) + 1
        ranked.append((turns[key], place, quote))
    return tuple(quote for _, _, quote in sorted(ranked, key=lambda item: item[:2])[:number])
