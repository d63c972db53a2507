"""`turncoat models`: which models there are, what they need, which are usable here."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from turncoat.studies.models import ModelEntry


def models(
    provider: Annotated[str | None, typer.Argument(help="Only this provider.")] = None,
    usable_only: Annotated[bool, typer.Option("--usable", help="Leave out what this machine cannot use now.")] = False,
) -> None:
    """List models by provider: Inspect name, price, the key it needs, and whether it is usable on this machine."""
    from turncoat.cli._show import console
    from turncoat.errors import unknown
    from turncoat.studies.models import catalogue, usable

    known = catalogue()
    names = [each.provider for each in known.providers]
    if provider is not None and provider not in names:
        raise unknown("provider", provider, names)
    shown = console()
    for each in known.providers:
        works, reason = usable(each)
        if (provider and each.provider != provider) or (usable_only and works is False):
            continue
        needs = f"key {each.key}" if each.key else "no key"
        state = {True: "usable", False: f"not usable: {reason}", None: f"not checked: {reason}"}[works]
        shown.print(f"{each.title} ({needs}): {state}", style="bold" if works else "dim", soft_wrap=True)
        if each.models:
            shown.print(_table(each.models), crop=False, overflow="ignore", width=140)
    shown.print(f"\nAs of {known.dated}. {known.note}", soft_wrap=True)


def _table(models: "Sequence[ModelEntry]") -> "Table":
    from rich.table import Table

    from turncoat.studies.models import is_free

    table = Table(box=None, pad_edge=False, header_style="dim")
    for name, style in (("  name", ""), ("model", ""), ("released", "dim"), ("USD in / out per million tokens", "dim")):
        table.add_column(name, style=style, no_wrap=True)
    for model in models:
        price = "" if model.input is None else f"{model.input:g} / {model.output:g}"
        price = "free" if is_free(model.name) else price
        title = model.title + (" (retired)" if model.retired else "")
        table.add_row("  " + model.name, title, model.released or "", price)
    return table
