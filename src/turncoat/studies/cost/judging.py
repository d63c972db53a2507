"""What judging with models will cost, before it costs anything."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from turncoat.agents.budget import LONGEST_ANSWER, tokens_at_most
from turncoat.judging import Case
from turncoat.judging.gate import gated
from turncoat.judging.models.request import requests
from turncoat.judging.verdicts import fingerprint
from turncoat.record import Verdict
from turncoat.studies.cost.rollouts import LETTERS_PER_TOKEN, Estimate
from turncoat.studies.models import Price, is_free, price
from turncoat.studies.verdicts.cases import Source
from turncoat.studies.verdicts.judges import Options, known_verdicts, named

_ANSWERS = {"actions": 700, "reasoning": 200}


def expected(source: Source, options: Options, out: Path | None) -> list[Estimate]:
    """What the models of these options will cost: one estimate each, for what they have not judged yet.

    A guess: the requests by their length, an answer of 700 tokens about the actions and of 200 about the reasoning.
    """
    source.check()
    known = known_verdicts(options, out)
    tally = {name: [0, 0, 0, 0] for name in options.models}  # transcripts, tokens in and out, the longest request
    for key, case in source:
        if isinstance(case, Verdict):
            continue
        mark = fingerprint(case)
        if options.audit is not None and gated(case, mark, options.audit).how == "spared":
            continue
        asked = _asked(case)
        for name, sums in tally.items():
            before = known.get((key, mark, named(name, options)))
            if asked and (before is None or before.reasoning.failure):
                _add(sums, 1, asked)
    return [_estimate(name, sums, options.prices.get(name) or price(name)) for name, sums in tally.items()]


def of_cases(name: str, cases: Iterable[tuple[int, Case]], known: Price | None) -> Estimate:
    """What a model will cost that judges so many transcripts like each of these."""
    sums = [0, 0, 0, 0]
    for number, case in cases:
        _add(sums, number, _asked(case))
    return _estimate(name, sums, known)


def _asked(case: Case) -> list[tuple[int, int]]:
    """Letters of each request on a transcript, and tokens of its answer."""
    return [(len(each.system) + len(each.user), _ANSWERS[each.part]) for each in requests(case)]


def _add(sums: list[int], number: int, asked: Sequence[tuple[int, int]]) -> None:
    sums[0] += number
    sums[1] += number * round(sum(letters for letters, _ in asked) / LETTERS_PER_TOKEN)
    sums[2] += number * sum(answer for _, answer in asked)
    sums[3] = max(sums[3], *(letters for letters, _ in asked))


def _estimate(name: str, sums: Sequence[int], known: Price | None) -> Estimate:
    transcripts, tokens_in, tokens_out, longest = sums
    return Estimate(
        model=name,
        rollouts=transcripts,
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        usd=(tokens_in * known[0] + tokens_out * known[1]) / 1e6 if known else None,
        free=is_free(name),
        set_aside=(tokens_at_most(longest) * known[0] + LONGEST_ANSWER * known[1]) / 1e6 if known else 0.0,
    )
