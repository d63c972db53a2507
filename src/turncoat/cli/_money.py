"""Money at the terminal: prices as they are given, what is expected, and the question before it is spent."""

import sys
from collections.abc import Sequence
from math import ceil, isfinite

import typer
from rich.table import Table

from turncoat.cli._show import console
from turncoat.errors import UsageError
from turncoat.studies.cost.rollouts import Estimate, affordable, least
from turncoat.studies.models import Price


def check_limit(max_cost: float | None) -> None:
    """Raise `UsageError` for a limit that is no sum of money."""
    if max_cost is not None and not (isfinite(max_cost) and max_cost >= 0):
        raise UsageError(f"--max-cost {max_cost} is no sum of money. Give USD, 0 or more.")


def read_prices(texts: Sequence[str]) -> dict[str, Price]:
    """`MODEL=IN/OUT` in USD per million tokens, by model. Raises `UsageError` for any other form."""
    prices = {}
    for text in texts:
        name, _, pair = text.rpartition("=")
        into, slash, out = pair.partition("/")
        try:
            prices[name] = (float(into), float(out))
        except ValueError:
            slash = ""
        if not (name and slash and all(isfinite(each) and each >= 0 for each in prices[name])):
            raise UsageError(f"--price {text!r} is not of the form MODEL=IN/OUT, such as openai/my-model=2.5/10.")
    return prices


def agreed(
    expected: Sequence[Estimate],
    *,
    what: str,
    max_cost: float | None,
    yes: bool,
    before: float = 0.0,
    title: str = "Expected",
) -> bool:
    """Show what paid models are expected to cost, and ask. `what` is counted; `before` USD are spent already."""
    paid = [each for each in expected if not each.free and each.rollouts]
    if not paid:
        return True
    if max_cost is not None and (unpriced := [each.model for each in paid if each.usd is None]):
        raise UsageError(
            f"--max-cost cannot be kept: no price is known for {', '.join(unpriced)}. Add --price {unpriced[0]}=IN/OUT "
            "(USD per million tokens)."
        )
    shown = console()
    shown.print(_expected(paid, what, title))
    if max_cost is not None:
        shown.print(f"Hard limit: {max_cost:.2f} USD" + (f", of which {before:.2f} are spent." if before else "."))
        rollouts = sum(each.rollouts for each in paid)
        # where something is spent, answers may be there to be replayed for nothing
        if not before and max_cost < (one := least(paid)):
            every = sum(each.usd or 0.0 for each in paid) + max(each.set_aside for each in paid)
            raise UsageError(
                f"--max-cost {max_cost:.2f} is too low for a {what}: one may need up to {cents(one)} USD, since the "
                "price of the longest answer is set aside before a call. Give at least --max-cost "
                f"{cents(before + one)}; all {rollouts:,} {what}s need about {cents(before + every)}."
            )
        if (carried := affordable(paid, max_cost - before)) < rollouts:
            shown.print(f"It will stop after about {carried:,} of {rollouts:,} {what}s.", style="bold")
    return yes or confirmed()


def confirmed() -> bool:
    """Whether the user agrees. Raises `UsageError` where there is nobody to ask."""
    if not sys.stdin.isatty():
        raise UsageError("This costs money and there is no terminal to ask at. Add --yes to agree beforehand.")
    try:
        return typer.confirm("Go on?")
    except typer.Abort:
        typer.echo("\nNothing was run.", err=True)
        raise typer.Exit(130) from None


def cents(usd: float) -> str:
    """A sum that is enough: rounded up."""
    return f"{ceil(usd * 100) / 100:.2f}"


def _expected(paid: Sequence[Estimate], what: str, title: str) -> Table:
    told = f"{title}, roughly (an answer's length is a guess)"
    shown = Table(title=told, title_justify="left", box=None, pad_edge=False)
    for column in ("model", f"{what}s", "input tokens", "output tokens", "USD"):
        shown.add_column(column, justify="left" if column == "model" else "right")
    for each in paid:
        usd = "price not known" if each.usd is None else f"{each.usd:,.2f}"
        shown.add_row(each.model, f"{each.rollouts:,}", f"{each.input_tokens:,}", f"{each.output_tokens:,}", usd)
    return shown
