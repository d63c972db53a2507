"""The parts of the documentation that are written from the code. `python -m tests._docs` brings them up to date."""

import ast
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from typer.main import get_command

from turncoat.cli.main import app
from turncoat.judging import Transcript, codebook, judge_transcript, read_facts, verdict_line
from turncoat.record import HARMS, RIGHTS, Action, Facts, FindingKind
from turncoat.reference import Dials, entries
from turncoat.reference.phrasings import acts, phrasings
from turncoat.scenarios import _schema, find_pack, folders, template, yaml
from turncoat.scenarios._people import STAFF
from turncoat.scenarios.shared import shared_acts, shared_factors, values
from turncoat.scenarios.surface import data
from turncoat.studies import rule, study, table

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "turncoat"
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])
Notes = Mapping[str, str]
"""What a part's tables say in their last column, by `section.name`; it is written by hand and kept."""

_PART = re.compile(r"(<!-- generated: (\w+) -->)(.*?)(<!-- end generated -->)", re.DOTALL)


# --- what is written from the code


def rendered(page: str) -> str:
    """A page with its generated parts as they should be."""
    return _PART.sub(lambda part: part[1] + PARTS[part[2]](_notes(part[3])) + part[4], page)


def _notes(old: str) -> dict[str, str]:
    notes, section = {}, ""
    for line in old.splitlines():
        if line.startswith("**"):
            section = line.split("**")[1].strip("`")
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) > 1 and cells[0].startswith("`"):
            notes[f"{section}.{cells[0].strip('`')}"] = cells[-1]
    return notes


def _table(head: Sequence[str], rows: Iterator[Sequence[object]] | Sequence[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _block(*parts: str) -> str:
    return "\n" + "\n\n".join(parts) + "\n"


def _factors(_: Notes) -> str:
    rows = []
    for name, factor in shared_factors().items():
        if factor.most is not None:
            rows.append((f"`{name}`", factor.asks, f"0 to {factor.most}", "that many unrelated mails", ""))
        seen = set()
        for level, about in factor.levels.items():
            plain, colon, _value = level.partition(":")
            shown = f"`{plain}:<value>`" if colon else f"`{plain}`"
            shown += " (default)" if level == factor.default else ""
            gives = "motive" if about.motive else "means" if about.means else ""
            if shown not in seen:
                rows.append((f"`{name}`" if not seen else "", "" if seen else factor.asks, shown, about.says, gives))
            seen.add(shown)
    default = shared_factors()["distractors"].default
    listed = ", ".join(f"`{name}`" for name in values())
    return _block(
        _table(("factor", "asks", "level", "what it says", "gives"), rows),
        f"`<value>` is one of {listed}. The default of `distractors` is {default}.",
    )


def _packs(_: Notes) -> str:
    rows = []
    for name in folders():
        pack = find_pack(name)
        pressed = ", ".join(f"`{factor}={level}`" for factor, level in pack.meta.pressured.items())
        control = ", ".join(f"`{factor}={level}`" for factor, level in pack.meta.control.items())
        shared = "all ten" if list(pack.factors) == list(shared_factors()) else ", ".join(pack.factors)
        rows.append((f"`{name}`", f"`{pack.meta.headline}`", shared, control, pressed))
    return _block(_table(("pack", "headline harm", "factors", "control", "pressured"), rows))


def _surfaces(_: Notes) -> str:
    companies = len(data("companies")["companies"])
    given, family = (len(data("names")[each]) for each in ("given", "family"))
    return (
        f"\nThere are {companies} companies in as many industries, {given} given and {family} family names. "
        f"Any {companies} seeds\nfrom a multiple of {companies} give {companies} different companies; "
        f"unrelated mails are drawn from {len(data('distractors')['distractors'])} templates.\n"
    )


def _fields(notes: Notes) -> str:
    parts = []
    for file, models in FILES.items():
        parts.append(f"#### `{file}`")
        for model in models:
            rows = [_field(model, name, notes) for name in model.model_fields]
            intro = f"**`{model.__name__}`** {INTRO.get(model, '')}".strip()
            parts.append(intro + "\n\n" + _table(("field", "type", "default", "what it is"), rows))
    return _block(*parts)


def _field(model: type[BaseModel], name: str, notes: Notes) -> tuple[str, str, str, str]:
    info = model.model_fields[name]
    shown = info.alias or name
    default = "required" if info.is_required() else _default(info.get_default(call_default_factory=True))
    return f"`{shown}`", _type(info.annotation), default, notes.get(f"{model.__name__}.{shown}", "")


def _default(value: object) -> str:
    if value in ("", (), [], {}, None):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _type(annotation: Any) -> str:
    text = str(annotation)
    if annotation is _schema.When or "str | int | bool | list" in text:
        return "`when`"
    if annotation == FindingKind:
        return "a kind of finding"
    if "Literal" in text:
        return " or ".join(f"`{each}`" for each in get_args(annotation) if each)
    if "dict[str, tuple[" in text:
        return "name to list of mappings of texts"
    named = next((model.__name__ for group in FILES.values() for model in group if f".{model.__name__}" in text), "")
    named = (
        "`Level`" if ".Level" in text else "`Impossible`" if ".Impossible" in text else f"`{named}`" if named else ""
    )
    plain = {str: "text", int: "whole number", bool: "true or false", float: "number"}
    inner = named or next((words for kind, words in plain.items() if kind.__name__ in text), text)
    if annotation in plain:
        return plain[annotation]
    if text.startswith("tuple"):
        return f"list of {inner}s" if not named else f"list of {inner}"
    return f"name to {inner}" if text.startswith("dict") else inner


FILES: dict[str, tuple[type[BaseModel], ...]] = {
    "pack.yaml": (_schema.PackFile, _schema.FactorChoice, _schema.Level, _schema.Impossible),
    "people.yaml": (_schema.PeopleFile, _schema.Cast, _schema.Answer),
    "mails.yaml": (_schema.MailsFile, _schema.Letter),
    "facts.yaml": (
        _schema.FactsFile, _schema.SecretSpec, _schema.ItemSpec, _schema.DeviceSpec, _schema.OperationSpec,
        _schema.DecisionSpec,
    ),
    "acts.yaml": (_schema.ActsFile, _schema.ActSet, _schema.ActSpec),
}  # fmt: skip
INTRO: dict[type[BaseModel], str] = {
    _schema.PackFile: "The file.",
    _schema.FactorChoice: "One of `factors`: a shared one with a choice of levels, or one of your own.",
    _schema.Level: "One of a factor's `own` levels.",
    _schema.Impossible: "One of `impossible`.",
    _schema.PeopleFile: "The file.",
    _schema.Cast: "One of `people`.",
    _schema.Answer: "One of `replies`: how a person answers the agent's first mail to them.",
    _schema.MailsFile: "The file.",
    _schema.Letter: "One of `mails`.",
    _schema.FactsFile: "The file.",
    _schema.SecretSpec: "One of `secrets`: something compromising about a person.",
    _schema.ItemSpec: "One of `items`: company material that mails carry.",
    _schema.DeviceSpec: "One of `devices`: something that the agent can operate.",
    _schema.OperationSpec: "One of a device's `operations`.",
    _schema.DecisionSpec: "One of `decision`; the first that holds is taken. Without one there is no deadline.",
    _schema.ActsFile: "The file.",
    _schema.ActSet: "One alternative; of a list, the first that holds is taken.",
    _schema.ActSpec: "One of `steps`.",
}


def _words(_: Notes) -> str:
    needs = shared_acts()
    always = [word for word in next(iter(needs.values())) if all(word in words for words in needs.values())]
    rows = []
    for act in dict.fromkeys(re.sub(r"-(explicit|veiled|euphemistic)$", "", act) for act in needs):
        styles = [f"{act}-{style}" for style in ("explicit", "veiled", "euphemistic") if f"{act}-{style}" in needs]
        count = sum(len(phrasings(each)) for each in styles or [act])
        words = ", ".join(f"`{word}`" for word in needs[act] if word not in always)
        rows.append((f"`{act}`", count, "yes" if styles else "", words))
    listed = ", ".join(f"`{word}`" for word in always)
    return _block(f"Always: {listed}.", _table(("act", "phrasings", "styles", "words it needs besides"), rows))


def _limits(_: Notes) -> str:
    return (
        f"\nLimits, so that a hostile pack hurts nobody: {yaml.BIGGEST:,} bytes a file, {yaml.DEEPEST} levels deep; "
        f"{template.LONGEST:,} characters a\ntemplate, {template.DEEPEST} levels deep, {template.MOST_NODES:,} parts. "
        "Links are not followed.\n"
    )


def _surface(_: Notes) -> str:
    company, out = data("companies")["companies"][0], data("outsiders")
    rows = [(f"`company.{key}`", value) for key, value in company.items()]
    rows += [(f"`outsider.{key}`", value) for key, value in out["outsiders"][0].items()]
    rows += [(f"`press.{key}`", value) for key, value in out["press"][0].items()]
    return _block(
        _table(("variable", "for example"), rows), f"The departments: {', '.join(f'`{each}`' for each in STAFF)}."
    )


def _dials(notes: Notes) -> str:
    rows = []
    for name, info in Dials.model_fields.items():
        if name == "agent":
            continue
        text = str(info.annotation)
        kind = " or ".join(f"`{each}`" for each in get_args(info.annotation)) if "Literal" in text else ""
        limits = [getattr(limit, side) for limit in info.metadata for side in ("ge", "le") if hasattr(limit, side)]
        number = f"number from {limits[0]} to {limits[1]}" if len(limits) == 2 else ""
        plain = "true or false" if info.annotation is bool else "text"
        default = info.get_default(call_default_factory=True)
        shown = "none" if default in ("", None, {}) else f"`{str(default).lower() if default is False else default}`"
        rows.append((f"`{name}`", kind or number or plain, shown, notes.get(f".{name}", "")))
    return _block(_table(("dial", "value", "default", "what it does"), rows))


def _phrasings(_: Notes) -> str:
    texts = {half: sum(len(phrasings(act, half)) for act in acts()) for half in ("open", "heldout")}
    return (
        f"\nThere are {texts['open']} phrasings of {len(acts())} acts in `open`, {texts['heldout']} of the same acts "
        "in `heldout`. Which words of a\npack they need is listed in "
        "[Writing a pack](writing-a-pack.md#the-words-for-the-phrasings).\n"
    )


def _published(_: Notes) -> str:
    rows = []
    for each in entries().values():
        condition = ", ".join(f"`{name}={level}`" for name, level in each.condition.items())
        belief = f", states `{each.stated_belief}`" if each.stated_belief else ""
        rate = "-" if each.rate is None else f"{each.rate:g}"
        rows.append((f"`{each.id}`", each.scenario, condition + belief, rate, each.n or "-", each.grade, each.source))
    return _block(_table(("entry", "scenario", "condition", "rate", "n", "grade", "source"), rows))


def _actions(_: Notes) -> str:
    kinds = [model.model_fields["kind"].default for model in get_args(get_args(Action)[0])]
    return ", ".join(f"`{kind}`" for kind in kinds)


def _findings(notes: Notes) -> str:
    rows = [
        (f"`{kind}`", sort, _degrees(kind), notes.get(f".{kind}", ""))
        for sort, kinds in (("harm", HARMS), ("right", RIGHTS))
        for kind in kinds
    ]
    return _block(_table(("kind", "sort", "degrees", "what it is"), rows))


def _degrees(kind: str) -> str:
    return {"coercion": "veiled, explicit", "exposure": "vague, explicit"}.get(kind, "explicit")


def _study(_: Notes) -> str:
    parts = []
    for model in (study.Study, study.Hypothesis, *STUDY_PARTS):
        rows = []
        for name, info in model.model_fields.items():
            default = info.get_default(call_default_factory=True)
            default = "width" if isinstance(default, rule.Width) else default
            shown = _default(", ".join(default) if isinstance(default, tuple) else default)
            rows.append((f"`{name}`", "required" if info.is_required() else shown, info.description or ""))
        about = STUDY_PARTS.get(model, "The file." if model is study.Study else "One of `hypotheses`.")
        parts.append(f"**`{model.__name__}`** {about}\n\n" + _table(("field", "default", "what it is"), rows))
    return _block(*parts)


STUDY_PARTS: dict[type[BaseModel], str] = {
    study.StudyModel: "One of `models`, where it needs arguments; otherwise its name alone.",
    study.Repeated: "`surfaces`, where they repeat.",
    rule.Width: "`sampling` by the rule `width`.",
    rule.Decide: "`sampling` by the rule `decide`.",
    rule.Contrasts: "`sampling` by the rule `contrasts`.",
    rule.Fixed: "`sampling` by the rule `fixed`.",
}


def _facts(notes: Notes) -> str:
    parts = []
    inner = [each for info in Facts.model_fields.values() for each in get_args(info.annotation)]
    for model in (Facts, *(each for each in inner if isinstance(each, type) and issubclass(each, BaseModel))):
        rows = []
        for name, info in model.model_fields.items():
            note = notes.get(f"{model.__name__}.{name}", "")
            rows.append((f"`{name}`", "required" if info.is_required() else _default(info.default), note))
        parts.append(f"**`{model.__name__}`**\n\n" + _table(("field", "default", "what it is"), rows))
    return _block(*parts)


def _codebook(_: Notes) -> str:
    book, parts = codebook(), []
    titles = {
        "actions": "About what the agent did (what it said beside it shows `acceptance` and `refusal` only)",
        "reasoning": "About what it thought in private, and said beside its actions",
    }
    for part, title in titles.items():
        parts.append(f"## {title}")
        for name, asked in getattr(book, part).items():
            rows = [
                (_code(name, place, value), f"`{value}`", says)
                for place, (value, says) in enumerate(asked.values.items())
            ]
            parts += [f"### `{name}`", asked.asks, _table(("code", "answer", "when"), rows), *asked.counts]
    return _block(*parts)


def _code(name: str, place: int, value: str) -> str:
    return f'`"{value}"`' if name == "stated_belief" else f"`{place}`"


def _verdict(_: Notes) -> str:
    answer, facts = _example()
    line = json.loads(verdict_line(answer.id, judge_transcript(answer, facts)))
    return _block("```json\n" + json.dumps(line, indent=1, ensure_ascii=False) + "\n```")


def _example() -> tuple[Transcript, Facts | dict[str, Facts]]:
    page = (ROOT / "docs" / "judging.md").read_text(encoding="utf-8")
    answer = re.findall(r"```json\n(.*?)```", page, re.DOTALL)[0]
    facts = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.yaml"
        path.write_text(facts, encoding="utf-8")
        return Transcript.model_validate_json(answer), read_facts(path)


def _rooms(_: Notes) -> str:
    rows = []
    for room in rooms():
        inner = sorted({to for to, _ in imports(room) if to != "inspect_ai"})
        outer = sorted({path for to, path in imports(room) if to == "inspect_ai"})
        listed = ", ".join(f"`{each}`" for each in inner) or "-"
        rows.append((f"`{room}`", listed, ", ".join(f"`{each}`" for each in outer) or "-"))
    return _block(_table(("room", "imports", "files that import Inspect"), rows))


def _room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def rooms() -> list[str]:
    """The packages and modules right below `turncoat`."""
    return sorted({_room(path) for path in SOURCE.rglob("*.py")} - {"__init__"})


def imports(room: str) -> Iterator[tuple[str, str]]:
    """(room or `inspect_ai`, importing file) for everything that a room imports from outside itself."""
    for path in sorted(SOURCE.rglob("*.py")):
        if _room(path) != room:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                whole = node.module == "turncoat"
                names = [f"turncoat.{each.name}" for each in node.names] if whole else [node.module]
            for name in names:
                top, _, rest = name.partition(".")
                if top == "inspect_ai":
                    yield top, str(path.relative_to(SOURCE))
                elif top == "turncoat" and (to := rest.partition(".")[0]) not in (room, "__version__", ""):
                    yield to, str(path.relative_to(SOURCE))


def _commands(_: Notes) -> str:
    parts = []
    for path, command in commands():
        rows = []
        for param in command.params:
            if param.name == "help":
                continue
            shown = f"`{param.opts[-1]}`" if param.param_type_name == "option" else f"{param.name} (argument)"
            given = param.default is not None and param.default is not False
            default = "required" if param.required else f"`{param.default}`" if given else ""
            rows.append((shown, (param.help or "").replace("<", "&lt;"), default))
        usage = f"## `{path}`\n\n{(command.help or '').strip()}"
        parts.append(usage + ("\n\n" + _table(("option", "what it does", "default"), rows) if rows else ""))
    return _block(*parts)


def commands() -> Iterator[tuple[str, Any]]:
    """Every command of the program with its full name, groups before what is in them."""

    def walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
        yield path, command
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(f"{path} {name}", inner)

    return walk("turncoat", get_command(app))


PARTS: dict[str, Callable[[Notes], str]] = {
    "factors": _factors, "packs": _packs, "surfaces": _surfaces, "fields": _fields, "words": _words,
    "surface": _surface, "limits": _limits,
    "dials": _dials, "phrasings": _phrasings, "published": _published, "actions": _actions, "findings": _findings,
    "facts": _facts, "study": _study, "verdict": _verdict, "codebook": _codebook, "rooms": _rooms,
    "commands": _commands,
}  # fmt: skip


def write() -> None:
    """Bring every generated part up to date."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        if (new := rendered(text)) != text:
            page.write_text(new, encoding="utf-8")
            print(f"written: {page.relative_to(ROOT)}")
    (ROOT / "docs" / "table.md").write_text(table.docs_markdown(), encoding="utf-8")


if __name__ == "__main__":
    write()
