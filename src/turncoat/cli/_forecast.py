"""The forecast of a study at the terminal: in short before it is run, and the whole of it for `turncoat plan`."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import isnan

from rich.console import Console
from rich.table import Table

from turncoat.cli._show import show_table
from turncoat.cli._study import ANY, Forecast
from turncoat.cli._words import sampling_words, surfaces_words
from turncoat.reports.numbers import count
from turncoat.stats.exact import upper_limit
from turncoat.studies.cost.discounts import discounts
from turncoat.studies.cost.rollouts import Estimate
from turncoat.studies.cost.study import CONNECTIONS, SECONDS, Fewer, ModelCost
from turncoat.studies.looks.outcomes import repeated
from turncoat.studies.looks.powers import Powered, undecidable
from turncoat.studies.rule import most

_HOUR = 3600


def show_short(shown: Console, made: Forecast) -> None:
    """How much there is to run, and what it can show."""
    for said in short(made):
        shown.print(said, soft_wrap=True)


def short(made: Forecast) -> Iterator[str]:
    """The sentences that come before the question about money."""
    least, expected, at_most = made.sizes.totals
    yield f"{made.study.study}: {made.study.question}"
    yield from made.plan.left_out
    if made.plan.reference_only:
        yield "Simulated agents of known behaviour: a rehearsal, and no measurement of any model."
    yield (
        f"{count(len(made.plan.cells), 'cell')} x {count(len(made.plan.models), 'model')}; "
        f"{sampling_words(made.study.sampling)}; {surfaces_words(made.study)}."
    )
    about = f"about {expected:,} expected, " if least < at_most else ""
    yield f"Rollouts: at least {least:,}, {about}at most {at_most:,}." if about else f"Rollouts: {at_most:,}."
    if weak := [each for each in made.powers if not each.enough]:
        worst = min(weak, key=lambda each: each.power)
        yield (
            f"{len(weak)} of {count(len(made.powers), 'primary contrast')} cannot be answered at this size: a power of "
            f"{worst.power:.2f} for {worst.hypothesis.name}, where {worst.hypothesis.by:g} is to be shown."
        )
    elif made.powers:
        worst = min(made.powers, key=lambda each: each.power)
        yield f"Power of {count(len(made.powers), 'primary contrast')}: {worst.power:.2f} or more, to show `by`."
    yield from undecidable(made.study)
    cap = most(made.study.sampling)
    ruled_out = _percent(upper_limit(0, repeated(made.study) or cap))
    yield f"No harm in all {cap:,} rollouts of a cell would rule out a rate over {ruled_out}."


def show_whole(shown: Console, made: Forecast, fewer: Sequence[Fewer], correlation: float) -> None:
    """All that `turncoat plan` says."""
    show_short(shown, made)
    shown.print(f"\nReckoned with: {_assumptions(made)}.", soft_wrap=True)
    if made.plan.models[0].name == ANY:
        shown.print("Tokens, money and time: add --model PROVIDER/NAME, which the study leaves open.")
    elif paid := [each for each in made.costs if not each.expected.free]:
        shown.print()
        show_table(shown, _costs(paid))
    if made.judging:
        shown.print()
        show_table(shown, _judging(made.judging))
    if fewer:
        shown.print()
        show_table(shown, _fewer(fewer, most(made.study.sampling), correlation))
    if made.powers:
        shown.print()
        show_table(shown, _powers(made.powers))


def duration(seconds: float) -> str:
    """`3 min`, `2.5 h`."""
    return f"{seconds / _HOUR:.1f} h" if seconds >= _HOUR else f"{max(1, round(seconds / 60))} min"


def _assumptions(made: Forecast) -> str:
    """Which rates the expected number of rollouts rests on."""
    words = {
        "dials": "the dials of simulated agents",
        "published": "published rates",
        "given": "the rate given",
        "not known": "nothing known, so the most",
    }
    sources = Counter(words.get(each.source, "the study's hypotheses") for each in made.sizes.assumed.values())
    return "; ".join(f"{source} for {count(number, 'cell')}" for source, number in sources.most_common())


def _costs(paid: Sequence[ModelCost]) -> Table:
    shown = Table(
        title="Expected, roughly (the length of answers is a guess)",
        caption=(
            f"Time: {CONNECTIONS} calls at once of {SECONDS:g} s each, unless --connections says another. Batches "
            f"answer within a day; `run` does not use them. Discounts as of {discounts().dated}, from "
            "docs/running-a-study.md."
        ),
        box=None,
        pad_edge=False,
    )
    for column in (
        "model",
        "rollouts",
        "tokens in",
        "tokens out",
        "USD",
        "least",
        "most",
        "cached",
        "in batch",
        "time",
    ):
        shown.add_column(column, justify="left" if column == "model" else "right", no_wrap=False, overflow="fold")
    for each in paid:
        usd = each.usd or (None, None, None)
        shown.add_row(
            each.expected.model,
            f"{each.expected.rollouts:,}",
            f"{each.expected.input_tokens:,}",
            f"{each.expected.output_tokens:,}",
            *(_usd(value) for value in (usd[1], usd[0], usd[2], each.cached, each.batched)),
            duration(each.seconds),
        )
    return shown


def _judging(judging: Sequence[Estimate]) -> Table:
    shown = Table(title="Judging, at most", box=None, pad_edge=False)
    for column in ("judge", "transcripts", "tokens in", "tokens out", "USD"):
        shown.add_column(column, justify="left" if column == "judge" else "right")
    for each in judging:
        numbers = (each.rollouts, each.input_tokens, each.output_tokens)
        shown.add_row(each.model, *(f"{number:,}" for number in numbers), _usd(each.usd))
    return shown


def _fewer(fewer: Sequence[Fewer], cap: int, correlation: float) -> Table:
    shown = Table(
        title="What fewer surfaces would save through the prompt cache, and cost in independence",
        caption=(
            f"At the cap of {cap:,}. Worth: independent rollouts of a cell, if outcomes on one surface correlate by "
            f"{correlation:g}, which is an assumption (--correlation). `surfaces: {{repeat: K}}` in the study file."
        ),
        box=None,
        pad_edge=False,
    )
    for column in ("surfaces", "USD", "saved", "worth"):
        shown.add_column(column, justify="right")
    for each in fewer:
        shown.add_row(f"{each.surfaces}", f"{each.usd:,.2f}", f"{each.saved:,.2f}", f"{each.worth:.0f} of {cap:,}")
    return shown


def _powers(powers: Sequence[Powered]) -> Table:
    shown = Table(
        title="Primary contrasts",
        caption=(
            f"Level {powers[0].alpha:.2g}: 0.05 over {count(len(powers), 'contrast')}, the strictest step of Holm's "
            "adjustment. Smallest: the difference that is shown with a power of 0.80."
        ),
        box=None,
        pad_edge=False,
    )
    for column in ("hypothesis", "contrasts", "rollouts", "to show", "from", "power", "smallest", "cap for 0.80"):
        shown.add_column(column, justify="left" if column == "hypothesis" else "right")
    alike: dict[tuple[str, int, int], list[Powered]] = {}
    for each in powers:
        alike.setdefault((each.hypothesis.name, each.n1, each.n2), []).append(each)
    for each, *others in alike.values():
        shown.add_row(
            each.hypothesis.name,
            f"{1 + len(others)}",
            f"{each.n1:,} : {each.n2:,}",
            f"{each.hypothesis.by:g}",
            f"{each.hypothesis.base:g}",
            f"{each.power:.2f}",
            "none" if isnan(each.detectable) else f"{each.detectable:.2f}",
            "none" if each.cap is None else f"{each.cap:,}",
        )
    return shown


def _usd(value: float | None) -> str:
    return "not known" if value is None else f"{value:,.2f}"


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"
