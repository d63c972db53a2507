"""A study as it was asked for on the command line, and whether a results folder may take it up."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from turncoat.errors import UsageError
from turncoat.judging.judges import RULES
from turncoat.reference.published import entries
from turncoat.studies.design.cells import design
from turncoat.studies.design.plan import ModelSpec, Plan
from turncoat.studies.folder import Folder, Manifest
from turncoat.studies.looks.outcomes import repeated
from turncoat.studies.study import Study, StudyModel, untold

_GROWING = ("models", "scenarios", "interfaces", "arms", "design", "factors", "conditions", "runs", "interactions")
"""What says which cells and models there are: a folder may get more of them."""
_TELLING = ("about", "sources", "published", "differs")
"""What changes no rollout and no decision."""


def rehearsed(study: Study) -> Study:
    """The study with reference agents in place of its models and the rules as judge: free, offline, no measurement.

    `reference/published` with each of its published figures that has a rate, else `reference/insider`.
    """
    rates = [each for each in study.published if each in entries() and entries()[each].rate is not None]
    agents = [StudyModel(name="reference/published", arguments={"entry": each}) for each in rates]
    models = tuple(agents) or (StudyModel(name="reference/insider"),)
    return study.model_copy(update={"models": models, "judge": (RULES,)})


def with_models(study: Study, models: Sequence[ModelSpec]) -> Study:
    """The study with these models in place of its own."""
    listed = tuple(StudyModel(name=each.name, arguments=dict(each.arguments)) for each in models)
    return study.model_copy(update={"models": listed})


def plan_of(study: Study, paths: Sequence[Path] = ()) -> Plan:
    """Its cells and models. Raises `UsageError` where it names no model, or two that tables would show as one."""
    if not study.models:
        raise UsageError(
            f"The study {study.study!r} names no models. Add --model PROVIDER/NAME (`turncoat models` lists some), or "
            "--rehearse to try it offline with simulated agents."
        )
    models = _by_label(study.models)
    if len(models) < len(study.models):
        raise UsageError(
            f"The study {study.study!r} has {len(study.models)} models, which tables would show as {len(models)}: name "
            "each once."
        )
    planned = design(study, paths)
    said = (*planned.left_out, *planned.confounded)
    return Plan(planned.cells, tuple(_spec(each) for each in models.values()), 0, said, repeat=repeated(study))


def taken_up(study: Study, out: Path, paths: Sequence[Path] = ()) -> Study:
    """The study with the models that the folder `out` has been asked for before.

    Raises `UsageError` for a folder with something else: rollouts of no study or another one, or of this one as it was
    before a change that would mix what must not be mixed.
    """
    if not (out / "turncoat.json").is_file():
        return study
    manifest = Folder(out).manifest
    before = manifest.study
    if before is None:
        if manifest.cells:
            raise UsageError(f"--out {str(out)!r} holds rollouts of no study. Name a new folder for {study.study!r}.")
        return study
    differs = list(_differences(before, study, manifest, paths))
    if differs:
        raise UsageError(
            f"--out {str(out)!r} holds the study {before.study!r}, and this is not the same one:\n"
            + "\n".join(f"  {each}" for each in differs)
            + "\nName a new --out, or take back the change. More models, scenarios, levels and interfaces may be added."
        )
    known = _by_label((*before.models, *study.models))
    return study.model_copy(update={"models": tuple(known.values())})


def keeps_study(out: Path | None) -> bool:
    """Whether it is a folder with a study in it, which takes up no other rule or hypothesis."""
    return out is not None and (out / "turncoat.json").is_file() and Folder(out).manifest.study is not None


def _differences(before: Study, now: Study, manifest: Manifest, paths: Sequence[Path]) -> Iterator[str]:
    old, new = before.model_dump(mode="json"), now.model_dump(mode="json")
    for name in Study.model_fields:
        if name not in (*_GROWING, *_TELLING) and old[name] != new[name]:
            yield f"{name}: {_short(old[name])} there, {_short(new[name])} now"
    if _simulated(before) != _simulated(now):
        one, other = ("simulated agents", "models")[:: 1 if _simulated(before) else -1]
        yield f"models: rollouts of {one} there, {other} now"
    there = _by_label(before.models)
    for label, model in _by_label(now.models).items():
        if same := label in there and untold(there[label], model):
            yield f"models: {label} is there already{same}"
    cells = {cell.name for cell in design(now, paths).cells}
    held = {key.removeprefix(f"{asked.model}/") for key, asked in manifest.cells.items()}
    if gone := sorted(held - cells):
        yield f"cells: {len(gone)} that are there are not in it now, such as {gone[0]!r}"


def _by_label(models: Sequence[StudyModel]) -> dict[str, StudyModel]:
    """The models by what tables call them."""
    return {_spec(each).label: each for each in models}


def _spec(model: StudyModel) -> ModelSpec:
    return ModelSpec(model.name, model.arguments)


def _simulated(study: Study) -> bool:
    return any(each.name.startswith("reference/") for each in study.models)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
