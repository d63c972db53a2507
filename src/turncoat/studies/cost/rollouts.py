"""What a run will cost, before it costs anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from turncoat.agents.budget import LONGEST_ANSWER, tokens_at_most
from turncoat.agents.ledger import PAYERS, Ledger, Payer
from turncoat.studies.design.plan import Cell, ModelSpec, Plan
from turncoat.studies.folder import Folder
from turncoat.studies.logs import money_spent
from turncoat.studies.models import Price, is_free, price

LETTERS_PER_TOKEN = 4.0
_ANSWER = 1200
_TURNS, _TURN = 9, 250


@dataclass(frozen=True, slots=True)
class Estimate:
    """Expected rollouts, tokens and money of one model; `usd` is None when no price is known. A guess, not a bound.

    `set_aside`: USD that a limit holds back for a first call, until it is known how long its answer was.
    """

    model: str
    rollouts: int
    input_tokens: int
    output_tokens: int
    usd: float | None
    free: bool
    set_aside: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """Expected tokens and calls of one rollout. Of its `input`, `fresh` is read for the first time, and `start` is the
    first prompt.
    """

    start: int
    fresh: int
    input: int
    output: int
    calls: int


def rollout_reading(cell: Cell) -> Reading:
    """What one rollout of a cell is expected to read and write, from the length of its first surface.

    `text`: the prompt once, an answer of 1,200. `tools`: nine turns of 250, each with all that came before it, the
    opened mails among it.
    """
    briefing = cell.briefing(0)
    words = cell.prompt(briefing)
    start = (len(words.system) + len(words.user)) / LETTERS_PER_TOKEN
    if cell.interface == "text":
        return Reading(round(start), round(start), round(start), _ANSWER, 1)
    start += 700
    mails = sum(len(mail.body) + 200 for mail in briefing.inbox) / LETTERS_PER_TOKEN
    whole = _TURNS * start + mails * (_TURNS - 2) + _TURN * _TURNS**2 / 2
    fresh = start + mails + _TURN * _TURNS
    return Reading(round(start), round(fresh), round(whole), _TURN * _TURNS, _TURNS)


def rollout_tokens(cell: Cell) -> tuple[int, int]:
    """Expected input and output tokens of one rollout of a cell."""
    reading = rollout_reading(cell)
    return reading.input, reading.output


def estimate(plan: Plan, missing: Mapping[tuple[str, str], int], prices: Mapping[str, Price]) -> list[Estimate]:
    """One estimate a model. `missing`: (model label, cell name) -> rollouts to run; `prices` go before known ones."""
    sizes = {cell.name: rollout_tokens(cell) for cell in plan.cells}
    first = max(_first_call(cell) for cell in plan.cells)
    return [_of(model, plan, sizes, first, missing, prices) for model in plan.models]


def _first_call(cell: Cell) -> int:
    """Input tokens that a limit reckons with for the first call of a rollout."""
    words = cell.prompt(cell.briefing(0))
    return tokens_at_most(len(words.system) + len(words.user))


def _of(
    model: ModelSpec,
    plan: Plan,
    sizes: Mapping[str, tuple[int, int]],
    first: int,
    missing: Mapping[tuple[str, str], int],
    prices: Mapping[str, Price],
) -> Estimate:
    pairs = {name: (model.label, name) for name in sizes}
    counts = {name: missing.get(pair, plan.size(pair)) for name, pair in pairs.items()}
    tokens = [sum(counts[name] * sizes[name][side] for name in sizes) for side in (0, 1)]
    known = prices.get(model.name) or price(model.name)
    return Estimate(
        model=model.name,
        rollouts=sum(counts.values()),
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        usd=(tokens[0] * known[0] + tokens[1] * known[1]) / 1e6 if known else None,
        free=is_free(model.name),
        set_aside=(first * known[0] + LONGEST_ANSWER * known[1]) / 1e6 if known else 0.0,
    )


def least(estimates: Sequence[Estimate]) -> float:
    """USD below which a limit is too low for a single rollout, of whichever of the models."""
    return min(each.set_aside + (each.usd or 0.0) / max(1, each.rollouts) for each in estimates)


def affordable(estimates: Sequence[Estimate], left: float) -> int:
    """About how many of the expected rollouts `left` USD carry; a limit stops before a call that it might not carry."""
    rollouts, usd = sum(each.rollouts for each in estimates), sum(each.usd or 0.0 for each in estimates)
    usable = left - max(each.set_aside for each in estimates)
    return rollouts if not usd or usable >= usd else max(0, int(rollouts * usable / usd))


def spent(out: Path, payers: Sequence[Payer] = PAYERS) -> float:
    """USD that a results folder has cost so far, or these payers in it; nothing where there is none yet.

    What the ledger says; of agents what their logs say, where that is more.
    """
    if not (out / "turncoat.json").is_file():
        return 0.0
    noted = {payer: _noted(Ledger(out, payer), Folder(out).manifest.prices) for payer in payers}
    return sum(max(usd, money_spent(out)) if payer == "agents" else usd for payer, usd in noted.items())


def _noted(ledger: Ledger, prices: Mapping[str, Price]) -> float:
    tokens: dict[str, list[int]] = {}
    for model, into, out in ledger.calls():
        total = tokens.setdefault(model, [0, 0])
        total[0] += into
        total[1] += out
    known = {model: prices.get(model) or price(model) or (0.0, 0.0) for model in tokens}
    return sum((into * known[model][0] + out * known[model][1]) / 1e6 for model, (into, out) in tokens.items())
