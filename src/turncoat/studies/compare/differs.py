"""What is not the same in two results folders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from turncoat.agents.label import label
from turncoat.agents.secrets import masked
from turncoat.studies.compare.sides import Side, matched
from turncoat.studies.study import Study
from turncoat.studies.table import reported_models

_MOST = 90
_MEASURED = ("models", "interfaces", "arms")
"""Fields of a study that are compared as the rollouts have them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something about the folders that is not the same: what, and how it is in either."""

    what: str
    one: str
    other: str


def differences(one: Side, other: Side, models: Mapping[str, str]) -> Iterator[Difference]:
    """What is not the same in two folders, in words. `models`: as `compared` has it."""
    asked = one.manifest.study is not None and other.manifest.study is not None
    first, second = (dict(_about(each, asked)) for each in (one, other))
    for what in dict.fromkeys([*first, *second]):
        if first.get(what) != second.get(what):
            yield Difference(what, *_short(first.get(what, "-"), second.get(what, "-")))
    called, called_there = reported_models(one.table), reported_models(other.table)
    for model, like in matched(one, other, models).items():
        given, given_there = _arguments(one, model), _arguments(other, like)
        for name in sorted(name for name in {*given, *given_there} if given.get(name) != given_there.get(name)):
            yield Difference(f"{model}: {name}", *_short(given.get(name, "-"), given_there.get(name, "-")))
        if called.get(model) != called_there.get(like):
            yield Difference(
                f"{model}, as its provider reports it", called.get(model, "-"), called_there.get(like, "-")
            )


def _arguments(side: Side, model: str) -> dict[str, str]:
    """What a study gives the provider of a model: some of it is in no table, since it changes nothing that is done."""
    listed = side.manifest.study.models if side.manifest.study else ()
    found = (each.arguments for each in listed if label(each.name, each.arguments) == model)
    return {name: masked(str(value)) for name, value in next(found, {}).items()}


def _about(side: Side, asked: bool) -> Iterator[tuple[str, str]]:
    """What could make two folders differ, by what it is called. `asked`: as `_fields` has it."""
    manifest = side.manifest
    if manifest.study:
        yield "study", manifest.study.study
    yield from _fields(side.study, asked)
    for scenario, version in side.versions.items():
        pack, _, interface = version.partition("-")
        yield f"texts of {scenario}", pack
        yield f"texts of the interfaces around {scenario}", interface
    yield "models", ", ".join(side.models)
    yield "judge", ", ".join(side.judges)
    yield "interfaces", ", ".join(side.table["interface"].unique().sort())
    yield "arms", ", ".join(side.table["arm"].unique().sort())
    yield "prices", ", ".join(f"{name} {each[0]:g}/{each[1]:g}" for name, each in sorted(manifest.prices.items()))
    yield "turncoat", manifest.turncoat
    yield "started", manifest.created


def _fields(study: Study, asked: bool) -> Iterator[tuple[str, str]]:
    """The study's fields as `study: hypotheses.replacement.by`; unless both were `asked`, how rollouts were drawn."""
    if not asked:
        yield from _flat(study.model_dump(mode="json", include={"surfaces", "sampling"}))
        return
    fields = study.model_dump(mode="json", exclude={"study", *_MEASURED})
    fields["hypotheses"] = {each["name"]: each for each in fields["hypotheses"]}
    yield from ((f"study: {name}", value) for name, value in _flat(fields))


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _flat(inside, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        yield name, ", ".join(" x ".join(each) if isinstance(each, list) else str(each) for each in value)
    else:
        yield name, str(value)


def _short(*texts: str) -> Iterator[str]:
    """Long ones from shortly before where they part."""
    alike = sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False)))
    start = alike - _MOST // 3
    for text in texts:
        begun = f"…{text[start:]}" if start > 0 and max(map(len, texts)) > _MOST else text
        yield begun if len(begun) <= _MOST else f"{begun[: _MOST - 1]}…"
