"""Running a study at the terminal: the question before it, a bar for each look, what was decided, what comes next."""

import signal
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean

import typer
from rich.console import Console

from turncoat.agents.ledger import PAYERS
from turncoat.cli._closing import closing, said_stopped, show_made, stopping
from turncoat.cli._forecast import duration, show_short
from turncoat.cli._money import agreed, check_limit, confirmed
from turncoat.cli._show import console, progress_bar
from turncoat.cli._study import Asked, Forecast, check_usable, forecast
from turncoat.reports.numbers import count
from turncoat.studies.cost.rollouts import estimate, rollout_reading, spent
from turncoat.studies.cost.study import CONNECTIONS, judge_costs
from turncoat.studies.folder import Folder
from turncoat.studies.logs import endings
from turncoat.studies.models import Price, is_free, price
from turncoat.studies.rule import most
from turncoat.studies.running.run import Options, Progress
from turncoat.studies.running.standing import check_size
from turncoat.studies.running.study import Finished, Look, left, run_study
from turncoat.studies.verdicts.judges import Options as JudgeOptions

_TOO_LOW = 1.5
"""By how much more than was guessed a rollout may cost before it is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What may be spent, and whether anybody is asked."""

    max_cost: float | None
    yes: bool


def carry_out(asked: Asked, out: Path, options: Options, terms: Terms) -> None:
    """Run a study with what it says on the way. Exit code 1 where something is missing, 130 after Ctrl-C."""
    check_limit(terms.max_cost)
    Folder(out).acceptable()
    made = forecast(asked)
    check_usable(made.study)
    whole = replace(made.plan, samples=most(made.study.sampling))
    check_size(whole, out)
    shown = console()
    show_short(shown, made)
    judging = JudgeOptions(judges=made.study.judge, prices=asked.prices, connections=options.connections)
    to_do = left(made.study, made.plan, out, judging)
    expected = [
        *estimate(whole, to_do, asked.prices),
        *judge_costs(made.plan, judging.models, to_do, asked.prices),
    ]
    title = "At most, if every cell goes to its last look"
    before = spent(out)
    if not agreed(expected, what="rollout", before=before, max_cost=terms.max_cost, yes=terms.yes, title=title):
        shown.print("Nothing was run.")
        raise typer.Exit(1)
    try:
        _run(made, judging, out, options, terms, shown)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        typer.echo(said_stopped(out), err=True)
        raise typer.Exit(130) from None


def _run(made: Forecast, judging: JudgeOptions, out: Path, options: Options, terms: Terms, shown: Console) -> None:
    agents, judges = _shares(made, terms.max_cost)
    judging = replace(judging, max_cost=judges)
    watcher = _Terminal(made, out, judging.prices, terms, options.connections or CONNECTIONS, shown)
    finished = run_study(
        made.study,
        made.plan,
        out,
        replace(options, max_cost=agents, payers=("agents",) if made.judging else PAYERS),
        watcher,
        judging=judging if judging.models else None,
        stopping=stopping,
    )
    show_made(out, shown)
    _closing(finished, out, options, shown)


def _shares(made: Forecast, max_cost: float | None) -> tuple[float | None, float | None]:
    """The limit's parts for the models and for the judges, as what both are expected to cost at most."""
    if max_cost is None or not made.judging:
        return max_cost, max_cost
    agents = sum(each.usd[2] for each in made.costs if each.usd)
    judges = sum(each.usd or 0.0 for each in made.judging)
    share = agents / (agents + judges) if agents + judges else 0.5
    return max_cost * share, max_cost * (1 - share)


@dataclass(slots=True)
class _Terminal:
    """Shows each look, and asks again after the first where the guess was far too low."""

    made: Forecast
    out: Path
    prices: Mapping[str, Price]
    terms: Terms
    at_once: int
    shown: Console
    looks: int = field(default=0, init=False)

    def bar(self, total: int, *, says: str) -> AbstractContextManager[Progress]:
        return progress_bar(total, says=says)

    def looked(self, look: Look) -> bool:
        self.looks += 1
        for said in _decided(look):
            self.shown.print(said, soft_wrap=True)
        if self.looks > 1 or not look.grow:
            return True
        return self._calibrated(look)

    def _calibrated(self, look: Look) -> bool:
        """What the first look has really taken, for what may still come; asks again where it is much more."""
        held = [
            _Measured.of(label, model.name, self.made, self.out, self.prices)
            for label, model in self.made.plan.labels.items()
            if not is_free(model.name)
        ]
        measured = [each for each in held if each]
        if not measured:
            return True
        cap = most(self.made.study.sampling)
        rest = Counter[str]()
        for pair in look.grow:
            rest[pair[0]] += cap - look.held[pair]
        usd = sum(each.usd * rest[each.label] for each in measured)
        seconds = max(each.seconds * rest[each.label] / self.at_once for each in measured)
        self.shown.print(
            "Measured so far: "
            + "; ".join(f"{each.label} {each.tokens[0]:,.0f} tokens in, {each.tokens[1]:,.0f} out" for each in measured)
            + f" a rollout. What may still come: about {usd:,.2f} USD and {duration(seconds)} at most.",
            soft_wrap=True,
        )
        worst = max(each.usd / each.guessed if each.guessed else 1.0 for each in measured)
        if worst <= _TOO_LOW or self.terms.yes:
            return True
        self.shown.print(f"A rollout costs {worst:.1f} times what was guessed before.", style="bold")
        return confirmed()


@dataclass(frozen=True, slots=True)
class _Measured:
    """What a rollout of a model has really taken: tokens, USD (and as guessed before), seconds."""

    label: str
    tokens: tuple[float, float]
    usd: float
    guessed: float
    seconds: float

    @classmethod
    def of(cls, label: str, name: str, made: Forecast, out: Path, prices: Mapping[str, Price]) -> "_Measured | None":
        own = [
            (key.removeprefix(f"{label}/").rpartition(" ")[0], each)
            for key, each in endings(out).items()
            if key.startswith(f"{label}/") and each.output_tokens
        ]
        if not own:
            return None
        tokens = (fmean(each.input_tokens for _, each in own), fmean(each.output_tokens for _, each in own))
        known = prices.get(name) or price(name) or (0.0, 0.0)
        readings = {cell.name: rollout_reading(cell) for cell in made.plan.cells}
        guess = [readings[cell] for cell, _ in own if cell in readings]
        guessed = (fmean(each.input for each in guess), fmean(each.output for each in guess)) if guess else (0.0, 0.0)
        return cls(
            label,
            tokens,
            _cost(tokens, known),
            _cost(guessed, known),
            fmean(each.seconds for _, each in own),
        )


def _cost(tokens: tuple[float, float], known: Price) -> float:
    return (tokens[0] * known[0] + tokens[1] * known[1]) / 1e6


def _decided(look: Look) -> list[str]:
    """What a look has decided, in a sentence or two."""
    why = Counter(each.why for each in look.decisions.values() if each.done)
    reasons = f" ({'; '.join(f'{number}: {reason}' for reason, number in why.most_common())})" if why else ""
    said = [f"Look {look.number}: {look.done:,} of {count(len(look.decisions), 'cell')} done{reasons}"]
    if look.grow:
        sizes = sorted(set(look.grow.values()))
        to = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,}"
        said[0] += f", {len(look.grow):,} to hold {to} rollouts"
    said[0] += "."
    if look.stuck:
        said.append(f"{count(len(look.stuck), 'cell')} got more errors than answers and wait for the same command.")
    return said


def _closing(finished: Finished, out: Path, options: Options, shown: Console) -> None:
    for model, refusal in finished.judge_refused.items():
        shown.print(f"{model} refuses this account and was not asked to judge any further: {refusal.message}")
    if not finished.last.finished and not finished.outcome.missing:
        open_ = len(finished.last.decisions) - finished.last.done
        again = "with a higher --max-cost" if finished.judge_unpaid else "again"
        shown.print(
            f"\nThe study is not finished: {count(open_, 'cell')} would go on. Run the same command {again}:\n"
            f"  {options.command}",
            soft_wrap=True,
        )
        raise typer.Exit(1)
    closing(finished.outcome, out, options)
