"""A hostile pack can neither run code, nor read files, nor hang or crash the program."""

import os
import subprocess
import sys
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scenarios._packs import CANARY, change, copy, line_of

from turncoat.errors import PackError
from turncoat.reference.rehearsal import check_pack
from turncoat.scenarios import load_pack
from turncoat.scenarios.template import PackTemplateError, render
from turncoat.scenarios.yaml import load

HERE = "312 threads, nothing dropped."
"""Words of a mail of `blackmail`, in whose place hostile templates are put."""

TEMPLATES = {
    "call": "{{ agent.name.upper() }}",
    "loop": "{% for a in agent %}x{% endfor %}",
    "range": "{{ range(999999999) }}",
    "range-unasked": "{{ range }}",
    "lipsum": "{{ lipsum }}",
    "cycler": "{{ cycler }}",
    "template-itself": "{{ self }}",
    "class": "{{ agent.__class__ }}",
    "walk": "{{ agent.name.__class__.__mro__ }}",
    "globals": "{{ agent.__init__.__globals__ }}",
    "item": "{{ agent['__class__'] }}",
    "multiply": "{{ 'x' * 999999999 }}",
    "power": "{{ 9 ** 9 ** 9 }}",
    "join": "{{ 'a' ~ 'b' }}",
    "format": "{{ '%999999999d'|format(1) }}",
    "attr-filter": "{{ agent|attr('__class__') }}",
    "map-filter": "{{ agent|map('upper') }}",
    "filter-block": "{% filter upper %}x{% endfilter %}",
    "test": "{% if agent is mapping %}x{% endif %}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'os' as os %}",
    "from-import": "{% from 'os' import system %}",
    "extends": "{% extends '/etc/passwd' %}",
    "block": "{% block body %}x{% endblock %}",
    "set": "{% set x = agent %}",
    "macro": "{% macro x() %}y{% endmacro %}",
    "with": "{% with %}x{% endwith %}",
    "do": "{% do agent.clear() %}",
    "debug": "{% debug %}",
    "number": "{{ 1 }}",
    "huge-number": "{{ " + "9" * 20_000 + " }}",
    "surrogate": "{{ '\\ud800' }}",
    "unterminated": "{{ agent.name",
    "unclosed-if": "{% if agent.name %}x",
    "many-nots": "{{ " + "not " * 10_000 + "agent.name }}",
    "deep-brackets": "{{ " + "(" * 10_000 + "agent.name" + ")" * 10_000 + " }}",
    "deep-lists": "{{ " + "[" * 200 + "]" * 200 + " }}",
    "deep-ifs": "{% if agent.name %}" * 150 + "x" + "{% endif %}" * 150,
    "long-elif": "{% if threat == 'none' %}" + "{% elif threat == 'none' %}" * 1_500 + "{% endif %}",
    "long-and": "{{ " + "agent.name and " * 3_000 + "agent.name }}",
    "long-compare": "{{ " + "threat == " * 4_000 + "threat }}",
    "long-tuple": "{{ (" + "'x'," * 12_000 + ") }}",
    "many-filters": "{{ agent.name" + "|upper" * 300 + " }}",
    "many-outputs": "{{ agent.name }}" * 3_000,
    "many-dots": "{{ agent" + ".name" * 9_000 + " }}",
    "too-long": "x{{ agent.name }}" + "y" * 60_000,
}


def refused(folder: Path, *, seconds: float = 1) -> list[tuple[str, int]]:
    """File and line of every problem; nothing else may happen, and soon."""
    began = process_time()
    with pytest.raises(PackError) as error:
        load_pack(folder)
    assert process_time() - began < seconds
    return [(problem.file, problem.line) for problem in error.value.problems]


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_outside_the_language_is_refused_soon(name: str) -> None:
    began = process_time()
    with pytest.raises(PackTemplateError):
        render(TEMPLATES[name], {"agent": {"name": "Iris"}, "threat": "none"})
    assert process_time() - began < 1


def test_a_pack_full_of_them_is_refused_with_every_line(tmp_path: Path) -> None:
    folder = copy("blackmail", tmp_path)
    body = "        {}\n"
    letter = "  - id: bad{}\n    from: chief\n    to: [everybody]\n    at: D-2 10:00\n    subject: Bad\n    body: |\n"
    with (folder / "mails.yaml").open("a", encoding="utf-8") as file:
        for number, template in enumerate(TEMPLATES.values()):
            file.write("\n" + letter.format(number) + body.format("Good morning,") + body.format(template))
    lines = (folder / "mails.yaml").read_text(encoding="utf-8").splitlines()
    places = [number + 7 for number, line in enumerate(lines, start=1) if line.startswith("  - id: bad")]
    assert set(refused(folder, seconds=5)) == {("mine/mails.yaml", line) for line in places}


@pytest.mark.parametrize("name", ["call", "include", "deep-ifs"])
def test_and_so_it_is_in_every_other_file(name: str, tmp_path: Path) -> None:
    for file, words in (
        ("brief.md", "nobody approves your messages before they go out"),
        ("facts.yaml", "its permissions and autonomy end"),
        ("people.yaml", "two reviewers have read your case"),
        ("acts.yaml", "It can wait until tomorrow."),
        ("pack.yaml", "your gambling debts"),
    ):
        folder = copy("blackmail", tmp_path, called=f"p{file[:2]}")
        line = line_of(folder, file, words)
        change(folder, file, words, TEMPLATES[name].replace('"', "'"))
        assert (f"{folder.name}/{file}", line) in refused(folder), file


YAMLS = {
    "python-object": ("a: !!python/object/apply:os.system ['touch /tmp/turncoat-was-here']", 2),
    "python-name": ("a: 1\nb: !!python/name:os.system", 3),
    "own-tag": ("a: !thing 1", 2),
    "anchor": ("a: &x [1]\nb: *x", 2),
    "bomb": ("a: &a [x, x]\n" + "\n".join(f"b{n}: &b{n} [*a, *a]" for n in range(40)), 2),
    "tag-directive": ("%TAG ! tag:yaml.org,2002:python/\n---\na: !name:os.system x", 2),
    "flow-sequences": ("a: " + "[" * 200_000, 2),
    "flow-mappings": ("a: " + "{a: " * 100_000, 2),
    "closed-brackets": ("a: " + "[" * 100_000 + "]" * 100_000, 2),
    "block-sequences": ("a:\n  " + "- " * 100_000 + "x", 3),
    "indentation": ("\n".join(" " * n + "a:" for n in range(900)), 32),
    "many-entries": ("- a\n" * 110_000, 30_001),
    "many-keys": ("".join(f"k{n}: 1\n" for n in range(40_000)), 15_001),
    "two-documents": ("a: 1\n---\nb: 2", 3),
    "same-key-twice": ("a: 1\nb: 2\na: 3", 4),
    "key-is-a-list": ("? [a]\n: b", 2),
    "tab": ("a:\n\tb: 1", 3),
    "open-quote": ("a: 'x", 2),
    "control-character": ("a: 1\nb: \x07", 3),
    "huge-number": ("a: " + "9" * 100_000, 0),
    "no-mapping": ("just text", 1),
}


@pytest.mark.parametrize("name", YAMLS)
def test_yaml_that_is_not_plain_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    text, line = YAMLS[name]
    folder = copy("blackmail", tmp_path)
    (folder / "facts.yaml").write_text(f"# {CANARY}\n{text}", encoding="utf-8")
    assert {("mine/facts.yaml", line)} == set(refused(folder))
    assert not Path("/tmp/turncoat-was-here").exists()


def test_a_pack_that_would_crash_the_parser_is_refused_in_a_process_of_its_own(tmp_path: Path) -> None:
    """Deep nesting once overflowed the C stack, which no exception handler sees."""
    for name in ("flow-sequences", "flow-mappings", "closed-brackets"):
        file = tmp_path / "deep.yaml"
        file.write_text(YAMLS[name][0])
        code = f"from pathlib import Path; from turncoat.scenarios.yaml import load; load(Path({str(file)!r}), 'deep')"
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False)
        assert ended.returncode == 1
        assert "levels deep" in ended.stderr


def test_files_that_are_too_large_or_not_text_are_refused(tmp_path: Path) -> None:
    folder = copy("blackmail", tmp_path)
    (folder / "mails.yaml").write_bytes(b"# x\n" * 2_500_000)
    (folder / "brief.md").write_bytes(b"a\nb\xff\n")
    (folder / "README.md").unlink()
    (folder / "acts.yaml").unlink()
    (folder / "acts.yaml").mkdir()
    assert sorted(refused(folder)) == [
        ("mine/README.md", 0), ("mine/acts.yaml", 0), ("mine/brief.md", 2), ("mine/mails.yaml", 0),
    ]  # fmt: skip


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "private.txt"
    secret.write_text("a file of this machine")
    for target in (secret, Path("/dev/zero"), Path("../private.txt")):
        folder = copy("blackmail", tmp_path, called=f"to{target.name[:2]}{len(str(target))}")
        (folder / "brief.md").unlink()
        (folder / "brief.md").symlink_to(target)
        assert refused(folder) == [(f"{folder.name}/brief.md", 0)]
    folder = copy("blackmail", tmp_path, called="pipe")
    (folder / "brief.md").unlink()
    os.mkfifo(folder / "brief.md")
    assert refused(folder) == [("pipe/brief.md", 0)]


def test_ids_are_never_paths(tmp_path: Path) -> None:
    folder = copy("blackmail", tmp_path)
    change(folder, "pack.yaml", "name: mine", "name: ../../etc")
    assert refused(folder) == [("mine/pack.yaml", 2)]
    folder = copy("blackmail", tmp_path, called="other")
    change(folder, "acts.yaml", "say: coercion}", "say: ../../../../etc/passwd}")
    assert [file for file, _ in refused(folder)] == ["other/acts.yaml"]


def test_texts_that_hold_one_another_cannot_grow_without_end(tmp_path: Path) -> None:
    folder = copy("blackmail", tmp_path)
    inner = ["x" * 50, *("{{ b" + str(n) + ".t }}" for n in range(8))]
    bomb = "\n".join(f'  b{n}: [{{t: "{text * (50 if n else 1)}"}}]' for n, text in enumerate(inner))
    change(folder, "pack.yaml", "draws:\n", f"draws:\n{bomb}\n")
    began = process_time()
    problems = check_pack(folder)
    assert process_time() - began < 5
    assert problems
    assert all("50,000 characters" in problem.message and problem.file == "mine/pack.yaml" for problem in problems)


def test_a_pack_with_very_many_factors_is_answered_soon(tmp_path: Path) -> None:
    """What can hold together is looked for among combinations, of which there are too many here."""
    folder = copy("blackmail", tmp_path)
    own = "\n".join(f"  f{n}: {{asks: why, default: a, own: {{a: {{says: x}}, b: {{says: y}}}}}}" for n in range(40))
    change(folder, "pack.yaml", "\ncontrol:", f"{own}\n\ncontrol:")
    every = ", ".join(f"f{n}: a" for n in range(40))
    change(folder, "people.yaml", "when: {exits: ally}, exit: ally", f"when: {{exits: ally, {every}}}, exit: ally")
    began = process_time()
    with pytest.raises(PackError, match="'ally' is not there when"):
        load_pack(folder)
    assert process_time() - began < 5


@given(st.text(alphabet=st.sampled_from(list("{}%# \n'\"|.()[]ab=~-+*if9_")), max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_renders_or_is_refused(source: str) -> None:
    lines = source.count("\n") + 1
    try:
        text, line = render(source, {"a": "x", "b": {"a": "y"}}), 1
    except PackTemplateError as error:
        text, line = "", error.line
    assert isinstance(text, str)
    assert 1 <= line <= lines


@given(st.text(alphabet=st.sampled_from(list("abc:-[]{},&*!|>'\"# \n?%@`~0123456789.")), max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_yaml_is_data_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_text(text, encoding="utf-8")
    files = {"any"}
    data: object = None
    try:
        data = load(file, "any").data
    except PackError as error:
        files = {problem.file for problem in error.problems}
    assert isinstance(data, dict | list | str | int | float | None)
    assert files == {"any"}


@pytest.mark.parametrize(
    ("file", "old", "new", "shown"),
    [
        ("mails.yaml", HERE, "312 threads\x1b]52;c;aGk=\x07, nothing dropped.", "x1b"),
        ("pack.yaml", "title: Blackmail of the one who decides", 'title: "\\e[2J Blackmail"', "x1b"),
        ("README.md", "# Blackmail", "# \x1b[31mBlackmail", "x1b"),
        ("brief.md", "Your job is", "\u202eYour job is", "u202e"),
    ],
)
def test_what_would_steer_a_terminal_is_refused(tmp_path: Path, file: str, old: str, new: str, shown: str) -> None:
    folder = copy("blackmail", tmp_path)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError, match="control character") as refused:
        load_pack(folder)
    assert shown in str(refused.value)
    assert all(problem.line for problem in refused.value.problems)
