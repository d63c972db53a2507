"""Study files: reading one, with everything that is wrong in it, each with its line."""

from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from turncoat.errors import PackError, UsageError, unknown
from turncoat.scenarios import Pack, clashes, complete, find_pack, folders
from turncoat.scenarios.mistakes import Place, mistakes
from turncoat.scenarios.yaml import Located, load, read_text
from turncoat.studies.design.cells import candidates, design
from turncoat.studies.study import Study
from turncoat.studies.study_file import form, names, sides
from turncoat.studies.study_file.names import Found, Packs

LIBRARY = Path(__file__).parents[1] / "library"
_STAND_INS: Mapping[str, Any] = {"study": "unnamed", "question": "?", "scenarios": "unknown"}
"""For required fields that are wrong, so that the rest can be looked at."""


def ready_studies() -> Mapping[str, Path]:
    """The studies in the package, by name."""
    return {path.stem: path for path in sorted(LIBRARY.glob("*.yaml"))}


def is_study_file(text: str) -> bool:
    """Whether a word on the command line means a file of the user's own, not the name of a ready study."""
    return text.endswith((".yaml", ".yml")) or "/" in text


def load_study(path_or_name: str, paths: Sequence[Path] = ()) -> Study:
    """The study in a file, or the ready one of this name. `paths`: folders with scenarios of the user's own.

    Raises `UsageError` for a name that there is not, and `PackError` with every problem, each with file and line.
    """
    return read_study(load(_path(path_or_name), path_or_name), paths)


def text_of_study(path_or_name: str) -> str:
    """The file as it stands. Raises as `load_study` does, but for what is wrong within."""
    return read_text(_path(path_or_name), path_or_name)


def _path(path_or_name: str) -> Path:
    if path_or_name not in ready_studies() and not is_study_file(path_or_name):
        remedy = "`turncoat studies list` describes them; a file of your own ends in .yaml."
        raise unknown("study", path_or_name, ready_studies(), remedy=remedy)
    return (ready_studies().get(path_or_name) or Path(path_or_name)).resolve()


def read_study(file: Located, paths: Sequence[Path] = ()) -> Study:
    """The study in parsed YAML. Raises `PackError` as `load_study` does."""
    data = {} if file.data is None else file.data
    found: dict[Place, str] = {}
    kept: dict[str, list[int]] = {}
    try:
        study = Study.model_validate(data)
    except ValidationError as error:
        found = mistakes(error, Study, data)
        if not isinstance(data, dict):
            raise PackError(file.problem(place, message) for place, message in found.items()) from None
        study, kept = _what_is_sound(data, found)
    broken = {str(place[0]) for place in found if place}
    problems = [file.problem(place, message) for place, message in found.items()]
    for place, message in _wrong(study, broken, paths):
        where = _in_file(place, kept)
        problems.append(file.problem(where, f"{'.'.join(map(str, where))}: {message}"))
    if problems:
        raise PackError(sorted(dict.fromkeys(problems), key=lambda each: each.line))
    return study


def _what_is_sound(data: Mapping[str, Any], found: Mapping[Place, str]) -> tuple[Study, dict[str, list[int]]]:
    """The study without what is wrong; and of lists that lost a part, the places of those that are left."""
    sound, kept = {name: value for name, value in data.items() if isinstance(name, str)}, dict[str, list[int]]()
    for name in {str(place[0]) for place in found}:
        value, wrong = sound.pop(name, None), [place[1:2] for place in found if place[0] == name]
        if isinstance(value, list) and all(wrong):
            kept[name] = [number for number in range(len(value)) if (number,) not in wrong]
            sound |= {name: [value[number] for number in kept[name]]} if kept[name] else {}
    return Study.model_validate(
        {**{name: value for name, value in _STAND_INS.items() if name not in sound}, **sound}
    ), kept


def _in_file(place: Place, kept: Mapping[str, Sequence[int]]) -> Place:
    """A place in what is sound, as a place in the file."""
    if len(place) > 1 and place[0] in kept and isinstance(place[1], int):
        return (place[0], kept[str(place[0])][place[1]], *place[2:])
    return place


def _wrong(study: Study, broken: set[str], paths: Sequence[Path]) -> Found:
    """What the schema cannot know. Checks that rest on a field that is wrong in itself are left out."""
    yield from form.blank_texts(study)
    yield from form.repeated(study)
    yield from form.wrong_sizes(study)
    yield from names.wrong_arms(study)
    yield from names.wrong_models(study)
    yield from names.same_models(study)
    yield from names.hidden(study)
    yield from names.wrong_judges(study)
    yield from names.wrong_published(study)
    if "study" not in broken and study.study in folders(paths):
        yield ("study",), f"{study.study!r} is the name of a scenario; give it another, such as {study.study}-study"
    if not broken & {"sampling", "hypotheses"}:
        yield from form.wrong_sampling(study)
    if not broken & {"sampling", "surfaces"}:
        yield from form.wrong_surfaces(study)
    shape = not broken & {"design", "factors", "conditions", "runs"}
    misshapen = list(form.wrong_design(study)) if shape else []
    yield from misshapen
    unknown = list(form.wrong_interactions(study)) if shape else []
    yield from unknown
    packs: dict[str, Pack] = {}
    if "scenarios" not in broken:
        yield from _scenarios(study, paths, packs)
    if not packs:
        return
    wrong = list(names.wrong_levels(study, packs))
    yield from [*wrong, *names.wrong_dials(study, packs)]
    if not shape or misshapen:
        return
    outside = list(sides.outside_design(study, packs, {place[:2] for place, _ in wrong}))
    yield from outside
    told = {place[:2] if place[0] == "hypotheses" else place[:1] for place, _ in [*wrong, *outside]}
    if (
        not told & {("factors",), ("conditions",)}
        and len(packs) == len(study.scenarios)
        and "interactions" not in broken
        and not unknown
    ):
        yield from _cells(study, packs, broken, told, paths)


def _scenarios(study: Study, paths: Sequence[Path], packs: dict[str, Pack]) -> Found:
    """Unknown and broken scenarios; the others are put into `packs`."""
    for number, name in enumerate(study.scenarios):
        try:
            packs[name] = find_pack(name, paths)
        except PackError as error:
            problems = f"{error.problems[0]}" + (" ..." if len(error.problems) > 1 else "")
            yield ("scenarios", number), f"mend the scenario {name!r} first: {problems}"
        except UsageError as error:
            yield ("scenarios", number), str(error)


def _cells(study: Study, packs: Packs, broken: set[str], told: Set[Place], paths: Sequence[Path]) -> Found:
    """Conditions that are impossible, runs that do not do, and what the cells cannot answer."""
    impossible = list(_impossible(study, packs))
    yield from impossible
    if impossible:
        return
    try:
        cells = design(study, paths).cells
    except UsageError as error:
        yield ("runs",), str(error)
        return
    yield from names.idle_published(study, cells)
    if not broken & {"models", "interfaces", "arms"}:
        yield from sides.unanswerable(study, cells, told)


def _impossible(study: Study, packs: Packs) -> Iterator[tuple[Place, str]]:
    for pack in packs.values():
        for name, levels in study.conditions.items():
            for clash, because in clashes(complete(levels, pack.factors), pack.meta.impossible):
                yield (
                    ("conditions", name),
                    f"impossible in {pack.name}: {clash}: {because}. Change one of these levels.",
                )
        if not study.conditions and (wrong := names.refusal(candidates, study, pack)):
            yield ("factors",), f"{pack.name} has none of these conditions. {wrong}" if "Impossible" in wrong else wrong
