"""What is not the same in two results folders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from turncoat.studies.compare.sides import Side, matched
from turncoat.studies.table import reported_models


@dataclass(frozen=True, slots=True)
class Difference:
    """Something about the folders that is not the same: what, and how it is in either."""

    what: str
    one: str
    other: str


def differences(one: Side, other: Side, models: Mapping[str, str]) -> Iterator[Difference]:
    """What is not the same in two folders, in words. `models`: as `compared` has it."""
    first, second = _about(one), _about(other)
    for what in dict.fromkeys([*first, *second]):
        if first.get(what) != second.get(what):
            yield Difference(what, first.get(what, "-"), second.get(what, "-"))
    called, called_there = reported_models(one.table), reported_models(other.table)
    for model, like in matched(one, other, models).items():
        if called.get(model) != called_there.get(like):
            yield Difference(
                f"{model}, as its provider reports it", called.get(model, "-"), called_there.get(like, "-")
            )


def _about(side: Side) -> dict[str, str]:
    """What could make two folders differ, by what it is called."""
    manifest, found = side.manifest, {}
    if manifest.study:
        found["study"] = f"{manifest.study.study} (hash {manifest.study_hash})"
    for scenario, version in side.versions.items():
        pack, _, interface = version.partition("-")
        found[f"texts of {scenario}"] = pack
        found[f"texts of the interfaces around {scenario}"] = interface
    found["models"] = ", ".join(side.models)
    found["judge"] = ", ".join(side.judges)
    found["surfaces"] = side.study.surfaces if isinstance(side.study.surfaces, str) else str(side.study.surfaces.repeat)
    found["sampling"] = " ".join(f"{name}={value}" for name, value in side.study.sampling.model_dump().items())
    found["interfaces"] = ", ".join(side.table["interface"].unique().sort())
    found["arms"] = ", ".join(side.table["arm"].unique().sort())
    found["prices"] = ", ".join(f"{name} {each[0]:g}/{each[1]:g}" for name, each in sorted(manifest.prices.items()))
    found["turncoat"] = manifest.turncoat
    found["started"] = manifest.created
    return found
