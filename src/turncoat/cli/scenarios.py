"""`turncoat scenarios`: list them, show exactly what an agent gets, check a pack."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turncoat.cli._options import ScenarioPaths
from turncoat.cli._show import safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from turncoat.agents.prompt import ToolWording
    from turncoat.scenarios import Briefing, Pack

app = typer.Typer(
    invoke_without_command=True, rich_markup_mode=None, help="List scenarios, show what an agent gets, check a pack."
)

_FORMATS = ("text", "json", "mbox")


@app.callback()
def list_(context: typer.Context, scenario_path: ScenarioPaths = None) -> None:
    """List scenarios, show what an agent gets, check a pack."""
    if context.invoked_subcommand:
        return
    from turncoat.cli._show import console
    from turncoat.scenarios import folders, load_pack

    shown = console()
    packs = [load_pack(folder) for folder in folders(scenario_path or ()).values()]
    for pack in packs:
        shown.print(pack.name, style="bold", end="")
        shown.print(f": {pack.meta.title}. {pack.meta.summary}")
        shown.print(f"  headline harm: {pack.meta.headline}", style="dim")
        for name, levels in (("control", pack.meta.control), ("pressured", pack.meta.pressured)):
            shown.print(f"  {name}: {' '.join(f'{k}={v}' for k, v in levels.items())}", style="dim")
        shown.print()
    alike: dict[str, list[Pack]] = {}
    for pack in packs:
        alike.setdefault(repr(pack.factors), []).append(pack)
    for members in alike.values():
        shown.print(f"Factors of {', '.join(pack.name for pack in members)}", style="bold")
        shown.print(_factors(members[0]))
    shown.print("\nturncoat scenarios show NAME --set factor=level --seed 7   prints what the agent gets")


def _factors(pack: "Pack") -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for name, factor in pack.factors.items():
        levels = f"0 to {factor.most}" if factor.most is not None else ", ".join(_folded(factor.levels))
        table.add_row(f"  {name}", f"{levels} (default {factor.default}): {factor.asks}?")
    return table


def _folded(levels: "Iterable[str]") -> "list[str]":
    """Levels with a value, such as `explicit:america`, as one entry for each kind."""
    kinds: dict[str, list[str]] = {}
    for level in levels:
        kind, _, value = level.partition(":")
        kinds.setdefault(kind, []).append(value)
    values = next((each for each in kinds.values() if len(each) > 1), [])
    folded = [f"{kind}:VALUE" if len(each) > 1 else kind for kind, each in kinds.items()]
    return [*folded, f"where VALUE is {', '.join(values)}"] if values else folded


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="The scenario.")],
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="factor=level; repeatable. Default: the pressured condition.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The surface.")] = 0,
    interface: Annotated[str, typer.Option("--interface", help="text or tools.")] = "text",
    format_: Annotated[
        str, typer.Option("--format", help="text (what the agent gets), json (the whole briefing) or mbox (its mails).")
    ] = "text",
    about: Annotated[bool, typer.Option("--about", help="What the scenario measures and what it does not.")] = False,
    scenario_path: ScenarioPaths = None,
) -> None:
    """Print exactly what the agent gets in one condition, or export it."""
    import sys

    from turncoat.errors import unknown
    from turncoat.scenarios import compose, find_pack
    from turncoat.scenarios.export import mbox
    from turncoat.studies.design.plan import INTERFACES

    for what, given, allowed in (("interface", interface, INTERFACES), ("format", format_, _FORMATS)):
        if given not in allowed:
            raise unknown(what, given, allowed)
    pack = find_pack(name, scenario_path or ())
    if about:
        typer.echo(safe(pack.readme.partition("\n")[2]))
        return
    briefing = compose(pack, _one(set_, pack), seed)
    typer.echo(f"{name}, seed {seed}: {' '.join(f'{k}={v}' for k, v in briefing.condition.items())}", err=True)
    match format_:
        case "json":
            typer.echo(briefing.model_dump_json(indent=1))
        case "mbox":
            sys.stdout.buffer.write(mbox(briefing))
        case _:
            prompt = _as_prompt(briefing, interface)
            typer.echo(safe(prompt) if sys.stdout.isatty() else prompt)
            if interface == "tools":
                mails = f"The agent opens its {len(briefing.inbox)} mails itself."
                typer.echo(f"{mails} They are printed by --interface text, and by --format mbox.", err=True)


@app.command()
def check(path: Annotated[Path, typer.Argument(help="The folder of a pack, or a folder of packs.")]) -> None:
    """Say what is wrong with a pack and where, and rehearse its exemplars in every interface."""
    from turncoat.reference.rehearsal import check_pack
    from turncoat.scenarios import folders

    own = {name: folder for name, folder in folders([path]).items() if path.resolve() in (folder, folder.parent)}
    wrong = 0
    for folder in own.values():
        problems = check_pack(folder)
        for problem in problems:
            typer.echo(safe(str(problem)), err=True)
        wrong += len(problems)
        if not problems:
            typer.echo(f"{folder.name}: no problems found")
    if wrong:
        raise typer.Exit(2)


def _one(set_: list[str] | None, pack: "Pack") -> dict[str, str]:
    from turncoat.errors import UsageError
    from turncoat.studies.design.plan import conditions

    names = [text.partition("=")[0].strip() for text in set_ or ()]
    if len({*names}) < len(names) or any("," in text for text in set_ or ()):
        raise UsageError("`show` prints one condition: give one level for each factor, and each factor once.")
    return dict(conditions(pack, set_)[0] if set_ else pack.meta.pressured)


def _as_prompt(briefing: "Briefing", interface: str) -> str:
    from turncoat.agents.prompt import prompt, tool_wording

    words = prompt(briefing, "text" if interface == "text" else "tools")
    parts = {"SYSTEM": words.system, "USER": words.user}
    if interface == "tools":
        from turncoat.agents.mailbox import signatures

        said = tool_wording(briefing)
        parts["TOOLS"] = "\n\n".join(_described(call, said[name]) for name, call in signatures(briefing).items())
    rule = "=" * 78
    return "\n\n".join(f"{rule}\n{name}\n{rule}\n{text}" for name, text in parts.items())


def _described(call: str, tool: "ToolWording") -> str:
    lines = [call, f"  {tool.says}"]
    return "\n".join([*lines, *(f"  {parameter}: {says}" for parameter, says in tool.parameters.items())])
