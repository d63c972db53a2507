"""Pages for the tests: built as the commands build them, with a fetch that finds what is there."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from turncoat.judging.raters import Rater
from turncoat.record import Rollout
from turncoat.reports import Provenance, build_report
from turncoat.studies.estimates import estimate
from turncoat.studies.study import Study
from turncoat.studies.table import frame


def build(
    rollouts: Iterable[Rollout],
    out: Path,
    *,
    sample: int = 240,
    title: str = "A test of the page",
    raters: Sequence[Rater] = (),
    study: Study | None = None,
) -> Path:
    there = {one.id: one for one in rollouts}
    table = frame(there.values())
    provenance = Provenance.of(
        table,
        title=title,
        turncoat="0.1.0",
        inspect="0.3.285",
        python="3.11.7",
        created="2031-05-06T14:02:00+00:00",
        command="turncoat run blackmail --model openai/gpt-9",
        notes=("Made by hand.",),
    )

    def fetch(ids: Sequence[str]) -> Sequence[Rollout]:
        return [there[name] for name in reversed(ids)]

    return build_report(
        table, fetch=fetch, provenance=provenance, raters=raters, out=out, sample=sample,
        estimates=estimate(table, study) if study else None, declared=study is not None,
    )  # fmt: skip


EVIL = (
    "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=2>\u202egnp.\u2066\x00\x1b[31m"
    "'\"&{{7*7}}]]>--><!--"
)
"""What a hostile model would write everywhere."""


def poisoned(one: Rollout) -> Rollout:
    """The rollout with hostile words in every text that a model, a provider or a pack's author could have written."""

    def spoil(value: object, name: str = "") -> object:
        kept = {"type", "kind", "outcome", "what", "stop", "at", "degree", "status", "headline_harm", "headline",
                "interface", "scenario_version", "stated_belief", "folder", "exit", "now"}  # fmt: skip
        if isinstance(value, str):
            return value if name in kept else value + EVIL
        if isinstance(value, dict):
            return {key: spoil(inner, key) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [spoil(inner, name) for inner in value]
        return value

    return Rollout.model_validate(spoil(one.model_dump(mode="json")))
