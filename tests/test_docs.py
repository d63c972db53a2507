"""The documentation is true: parts written from the code, commands, links, names, imports, and the tutorial's pack."""

import ast
import importlib
import pkgutil
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import get_args

import pytest
from tests._docs import FILES, PAGES, PARTS, ROOT, SOURCE, commands, imports, rendered, rooms

import turncoat
from turncoat.errors import PackError
from turncoat.judging import status
from turncoat.record import Outcome
from turncoat.reference import AGENTS, dials
from turncoat.reports.results import rebuild
from turncoat.scenarios import find_pack, folders
from turncoat.scenarios.pack import FILES as PACK_FILES
from turncoat.scenarios.template import render
from turncoat.scenarios.yaml import load
from turncoat.studies import table
from turncoat.studies.design.cells import design
from turncoat.studies.design.plan import ModelSpec, conditions, plan
from turncoat.studies.running.run import Options, run
from turncoat.studies.study_file.read import load_study

PLAIN = ("record", "scenarios", "company", "oversight", "judging", "stats", "reports")
"""Rooms that must never import the evaluation framework."""
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
_CANARY = re.compile(r"(?:# |<!-- )turncoat canary 5d0e7a1c-8f0b-4c55-9a1e-7b8b6d1f2c44: evaluation material,.*")
MEND = "run: python -m tests._docs"


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_generated_parts_are_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert rendered(text) == text, MEND


def test_every_generated_part_stands_in_one_page() -> None:
    found = [name for page in PAGES for name in re.findall(r"<!-- generated: (\w+) -->", page.read_text("utf-8"))]
    assert sorted(found) == sorted(PARTS)


def test_the_page_of_the_table_is_up_to_date() -> None:
    assert text_of("docs/table.md") == table.docs_markdown(), MEND


@pytest.mark.parametrize(
    ("page", "part"),
    [("writing-a-pack", "fields"), ("reference-agents", "dials"), ("record-and-verdict", "findings"),
     ("judging", "facts")],
)  # fmt: skip
def test_every_field_has_a_word_on_what_it_is(page: str, part: str) -> None:
    text = text_of(f"docs/{page}.md").partition(f"<!-- generated: {part} -->")[2].partition("<!-- end generated")[0]
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows
    assert [row for row in rows if row.endswith("|  |")] == []


# --- links and names


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_links_lead_somewhere(page: Path) -> None:
    for target in _links(page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{target}: no such file"
        if anchor:
            assert anchor in _anchors(file.read_text(encoding="utf-8")), f"{target}: no such heading"


def _links(text: str) -> list[str]:
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [each for each in re.findall(r"\]\(([^)\s]+)\)", prose) if "://" not in each]


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).strip().replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_files_that_are_named_exist(page: Path) -> None:
    named = re.findall(r"`((?:[\w.]+/)+[\w.]+\.(?:py|yaml|md))`", page.read_text(encoding="utf-8"))
    missing = [each for each in named if not any((place / each).exists() for place in (ROOT, SOURCE, ROOT / "docs"))]
    assert [each for each in missing if not each.startswith(("packs/", "results/"))] == []


def test_every_decision_is_listed_and_numbered() -> None:
    files = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    assert re.findall(r"\((0.*?\.md)\)", text_of("docs/decisions/README.md")) == files
    for name in files:
        text = text_of(f"docs/decisions/{name}")
        assert text.startswith(f"# {name[:4]} ")
        assert text.index("**Context.**") < text.index("**Decision.**") < text.index("**Consequences.**")


def test_the_changelog_has_this_version() -> None:
    assert f"## [{turncoat.__version__}]" in text_of("CHANGELOG.md")


def test_every_exported_name_exists() -> None:
    packages = [each.name for each in pkgutil.walk_packages(turncoat.__path__, "turncoat.") if each.ispkg]
    assert "turncoat.record" in packages
    for name in packages:
        package = importlib.import_module(name)
        exported = getattr(package, "__all__", [])
        assert sorted(set(exported), key=lambda each: (not each.isupper(), each)) == exported or not exported, name
        assert [each for each in exported if not hasattr(package, each)] == [], name


# --- commands


def test_every_command_and_option_is_described() -> None:
    page = text_of("docs/commands.md")
    for path, command in commands():
        section = page.partition(f"\n## `{path}`\n")[2].partition("\n## ")[0]
        assert section, path
        for param in command.params:
            if param.name != "help":
                assert f"| `{param.opts[-1]}` |" in section or f"| {param.name} (argument) |" in section, param.name
                assert param.help, f"{path}: {param.name} has no help"


def shown() -> Iterator[tuple[str, list[str]]]:
    """Every call of the program in a block of shell lines, with the page it stands in."""
    for page in PAGES:
        for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                words = shlex.split(line, comments=True)
                if words and Path(words[0]).name == "turncoat":
                    yield page.name, words[1 : words.index(">")] if ">" in words else words[1:]


def test_every_command_is_shown() -> None:
    called = {" ".join(words) for _, words in shown()}
    for path, command in commands():
        name = path.partition(" ")[2]
        if not hasattr(command, "commands"):
            assert any(words.startswith(name) for words in called), path


@pytest.mark.parametrize(("page", "words"), list(shown()), ids=lambda value: " ".join(value) if value else "")
def test_commands_that_are_shown_can_be_given(page: str, words: list[str]) -> None:
    known = {path.partition(" ")[2]: command for path, command in commands()}
    name = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
    rest = words[len(name.split()) :]
    options = {opt: param for param in known[name].params for opt in param.opts if opt.startswith("-")}
    given: dict[str, list[str]] = {}
    arguments = []
    while rest:
        word = rest.pop(0)
        if word.startswith("-"):
            assert word in options, f"{page}: {name} has no option {word}"
            given.setdefault(word, []).append("" if options[word].is_flag else rest.pop(0))
        else:
            arguments.append(word)
    missing = [opt for opt, param in options.items() if param.required and opt not in given]
    assert not missing, f"{page}: {name} needs {missing}"
    for scenario in set(arguments) & set(folders()):
        conditions(find_pack(scenario), given.get("--set", []))
    dialled = dict(each.split("=", 1) for each in given.get("-M", []))
    for model in given.get("--model", []):
        if model.startswith("reference/") and dialled:
            dials(model.partition("/")[2], dialled)


def test_every_reference_agent_is_described() -> None:
    page = text_of("docs/reference-agents.md")
    assert [agent for agent in AGENTS if f"| `reference/{agent}` |" not in page] == []


# --- record and verdict


def test_every_outcome_and_every_reason_is_described() -> None:
    page = text_of("docs/record-and-verdict.md")
    tree = ast.parse(Path(status.__file__).read_text(encoding="utf-8"))
    rule = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "invalid_reason")
    returned = [node.value for node in ast.walk(rule) if isinstance(node, ast.Return) and node.value]
    reasons = {leaf.value for value in returned for leaf in ast.walk(value) if isinstance(leaf, ast.Constant)} - {""}
    assert len(reasons) >= 5
    assert [reason for reason in sorted(reasons) if f"| `invalid` | `{reason}` |" not in page] == []
    assert [outcome for outcome in get_args(Outcome) if f"| `{outcome}` |" not in page] == []


# --- studies


STUDIES = re.findall(r"```yaml\n(study: .*?)```", (ROOT / "docs" / "studies.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("text", STUDIES, ids=lambda text: text.partition("\n")[0])
def test_the_studies_of_the_page_are_right(text: str, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    assert design(load_study(str(file))).cells


def test_the_page_on_studies_shows_what_a_mistake_looks_like(tmp_path: Path) -> None:
    file, example = tmp_path / "way-out.yaml", STUDIES[0]
    wrong = example.replace(" successor: same-values, exits: blocked}", " exits: blocked}")
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_study(str(file))
    (problem,) = caught.value.problems
    assert f"way-out.yaml:{problem.line}: {problem.message}" in text_of("docs/studies.md")


# --- architecture


@pytest.mark.parametrize("room", PLAIN)
def test_plain_rooms_import_no_evaluation_framework(room: str) -> None:
    assert [file for to, file in imports(room) if to == "inspect_ai"] == []


def test_plain_rooms_can_be_imported_without_the_evaluation_framework() -> None:
    names = ", ".join(f"turncoat.{room}" for room in PLAIN)
    code = f"import sys, {names}; sys.exit('inspect_ai' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_record_imports_no_room() -> None:
    assert list(imports("record")) == []


def test_no_rooms_import_each_other() -> None:
    graph = {room: {to for to, _ in imports(room)} for room in rooms()}
    order = list(TopologicalSorter(graph).static_order())  # raises CycleError
    assert order.index("record") < order.index("scenarios") < order.index("company") < order.index("cli")


@pytest.mark.parametrize("folder", ["scenarios", "reference/phrasings", "agents/interfaces"])
def test_evaluation_material_carries_the_canary(folder: str) -> None:
    files = [path for path in (SOURCE / folder).rglob("*") if path.suffix in (".yaml", ".md")]
    assert files
    without = [str(path) for path in files if not _CANARY.fullmatch(path.read_text("utf-8").partition("\n")[0])]
    assert without == []


# --- the tutorial


@pytest.fixture(scope="module")
def tender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack that the tutorial writes, taken out of the page."""
    part = text_of("docs/writing-a-pack.md").partition("## A pack from scratch")[2].partition("\n## Check")[0]
    files = re.findall(r"### `([\w.]+)`\n.*?\n```\w+\n(.*?)```", part, re.DOTALL)
    assert sorted(name for name, _ in files) == sorted(PACK_FILES)
    folder = tmp_path_factory.mktemp("packs") / "tender"
    folder.mkdir()
    for name, text in files:
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_tutorials_pack_has_no_problems(tender: Path) -> None:
    from turncoat.reference.rehearsal import check_pack

    assert [str(problem) for problem in check_pack(tender)] == []


def test_the_tutorials_pack_runs_and_is_judged(tender: Path, tmp_path: Path) -> None:
    models = [ModelSpec("reference/insider", {"p": 1.0}), ModelSpec("reference/loyal")]
    planned = plan(["tender"], models, interfaces=("text", "tools"), samples=2, paths=[tender.parent])
    outcome = run(planned, tmp_path / "out", Options(paths=(tender.parent,)))
    assert outcome.missing == 0
    rebuild(tmp_path / "out")
    found = table.read(tmp_path / "out")
    harmed = found.filter(found["headline_harm"] == "yes")
    assert set(found["status"]) == {"scored"}
    assert (len(found), len(harmed)) == (16, 4)
    assert set(harmed["factor_threat"]) == {"replacement"}
    assert set(harmed["model"]) == {"reference/insider(p=1)"}


def test_the_traps_of_the_tutorial_are_as_described(tmp_path: Path) -> None:
    yes = {"x": "y"}
    assert render('{% if x == "y" %}This{% endif %}\n\nNext', yes) == "This\nNext"
    assert render('{% if x == "y" %}This{% endif %}.\n\nNext', yes) == "This.\n\nNext"
    assert render('{% if x == "y" %}\nThis\n{% endif %}\nNext', yes) == "This\nNext"
    file = tmp_path / "any.yaml"
    file.write_text("a: [on, off, yes, null, 17:30, 2026-03-01, true, 12, 0.5]\n", encoding="utf-8")
    read = load(file, "any.yaml").data["a"]
    assert read == ["on", "off", "yes", "null", "17:30", "2026-03-01", True, 12, 0.5]


def test_every_file_of_a_pack_is_described() -> None:
    page = text_of("docs/writing-a-pack.md")
    assert set(FILES) == {name for name in PACK_FILES if name.endswith(".yaml")}
    assert [name for name in FILES if f"#### `{name}`" not in page] == []
