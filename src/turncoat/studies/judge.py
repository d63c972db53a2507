"""Judging frozen transcripts: with rules, models or a panel, going on where an earlier call was stopped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from turncoat.agents.budget import LONGEST_ANSWER, Budget, tokens_at_most
from turncoat.agents.doors import Doors
from turncoat.agents.failure import ProviderError
from turncoat.agents.label import label
from turncoat.errors import UsageError
from turncoat.judging import Case, judge_by_rules
from turncoat.judging.gate import is_audited, is_decided
from turncoat.judging.judges import RULES, Judge, Known, file_name, joined, remembering, rules_judge
from turncoat.judging.verdicts import fingerprint, settled, verdict_line
from turncoat.record import Headline, Verdict
from turncoat.studies.cases import GONE, Source
from turncoat.studies.cost import Estimate
from turncoat.studies.models import Price, is_free, price
from turncoat.studies.verdict_file import VerdictFile

if TYPE_CHECKING:
    from inspect_ai.model import GenerateConfig

Progress = Callable[[bool], None]
_AT_ONCE = 10
_LETTERS_PER_TOKEN = 4.0
_ANSWERS = {"actions": 700, "reasoning": 200}


@dataclass(frozen=True, slots=True)
class Options:
    """Who judges, and on which terms.

    `judges`: `rules` or models by their Inspect names; several are a panel. `answers`: files with answers to exported
    requests, which count and not what is remembered; then no model is asked, and a judge may be anybody. `audit`: None,
    or the gate: transcripts that the record decides are spared the model, but for this share (0 to 1) of them.
    `connections`: calls at once to one provider. `attempt` and `patience`: seconds for one attempt of a call, and for a
    call with all its `retries`.
    """

    judges: tuple[str, ...] = (RULES,)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    answers: tuple[Path, ...] = ()
    audit: float | None = None
    max_cost: float | None = None
    prices: Mapping[str, Price] = field(default_factory=dict)
    connections: int | None = None
    retries: int = 5
    attempt: int = 180
    patience: int = 900

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(name for name in self.judges if name != RULES)


@dataclass(frozen=True, slots=True)
class Gated:
    """What a gate did with one transcript: `called`, `spared` or `audited`, and what the rules had said."""

    how: str
    rules: Verdict

    def spares(self, headline: Headline) -> bool:
        """Whether the rules decided this one, to that side."""
        return self.how != "called" and self.rules.headline_harm == headline


@dataclass(slots=True)
class Judged:
    """What came of it: `verdicts` by id in the order of the source, `gated` where there was a gate.

    `refused`: models that refused the account and were not asked any further. `recalled`: id and judge of what an
    earlier call had settled.
    """

    judge: str
    verdicts: dict[str, Verdict]
    gated: dict[str, Gated] = field(default_factory=dict)
    refused: Mapping[str, ProviderError] = field(default_factory=dict)
    recalled: set[tuple[str, str]] = field(default_factory=set)


def judge_names(options: Options) -> Judge:
    """The judge of these options without a model behind it: what its verdicts are called."""

    async def nobody(case: Case) -> Verdict:
        raise AssertionError(case.id)

    return joined([rules_judge() if name == RULES else Judge(_named(name, options), nobody) for name in options.judges])


def _named(model: str, options: Options) -> str:
    """What the verdicts of a model with these arguments are called."""
    from turncoat.judging.models.judge import judge_name

    return judge_name(model if options.answers else label(model, options.arguments))


def place(source: Source, options: Options) -> Path | None:
    """Where verdicts go by default: into the results folder; of anything else nowhere."""
    if not source.path.is_dir():
        return None
    return source.path / "verdicts" / f"{file_name(judge_names(options).name)}.jsonl"


def judge_all(source: Source, options: Options, out: Path | None, progress: Progress = lambda _: None) -> Judged:
    """Judge every transcript of a source and write the verdicts to `out`, one line each, in its order.

    Lines are written beside `out` as they come, and `out` is replaced when all are there: a call that was killed is
    taken up by the same call. What the same judge has said about the very same transcript is kept, and so are the lines
    on transcripts that are not of this source. Raises `UsageError` for what cannot be judged or written, before a model
    is asked.
    """
    source.check()
    doors = Doors()
    budget = _budget(options)
    judged = Judged(judge_names(options).name, {})
    with VerdictFile(out) as lines:
        known = _known(options, out)
        try:
            anyio.run(_judge_all, source, options, known, doors, budget, lines, progress, judged)
        except ExceptionGroup as errors:
            raise _first(errors) from None
        lines.settle(judged.verdicts)
    judged.refused = doors.refused
    return judged


def expected(source: Source, options: Options, out: Path | None) -> list[Estimate]:
    """What the models of these options will cost: one estimate each, for what they have not judged yet.

    A guess: the requests by their length, an answer of 700 tokens about the actions and of 200 about the reasoning.
    """
    source.check()
    known = _known(options, out)
    from turncoat.judging.models.request import requests

    tally = {name: [0, 0, 0, 0] for name in options.models}  # transcripts, tokens in and out, the longest request
    for key, case in source:
        if isinstance(case, Verdict):
            continue
        mark = fingerprint(case)
        if options.audit is not None and _gate(case, mark, options.audit).how == "spared":
            continue
        asked = [(len(each.system) + len(each.user), _ANSWERS[each.part]) for each in requests(case)]
        for name, sums in tally.items():
            if asked and (key, mark, _named(name, options)) not in known:
                sums[0] += 1
                sums[1] += round(sum(letters for letters, _ in asked) / _LETTERS_PER_TOKEN)
                sums[2] += sum(answer for _, answer in asked)
                sums[3] = max(sums[3], *(letters for letters, _ in asked))
    return [_estimate(name, sums, options.prices.get(name) or price(name)) for name, sums in tally.items()]


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


def _known(options: Options, out: Path | None) -> Known:
    """What `out` holds already. Raises `UsageError` where it holds what this call would not write again."""
    try:
        known = settled(out) if out else {}
    except UsageError as error:
        raise UsageError(f"--out {str(out)!r} holds other things than verdicts. Name another. ({error})") from error
    asked = [judge_names(replace(options, judges=(name,))).name for name in options.judges]
    paid = {judge for _, _, judge in known if "@" in judge and not judge.startswith("panel of ")}
    if others := sorted(paid - {*asked}):
        raise UsageError(
            f"--out {str(out)!r} holds verdicts of {', '.join(others)}, which would be lost. Name another."
        )
    return known


def _first(errors: ExceptionGroup[Exception]) -> Exception:
    """What went wrong, out of the groups that tasks wrap around it."""
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error


async def _judge_all(
    source: Source,
    options: Options,
    known: Known,
    doors: Doors,
    budget: Budget | None,
    lines: VerdictFile,
    progress: Progress,
    judged: Judged,
) -> None:
    """Fill `judged`, in the order of the source."""
    judges = _judges(options, doors, budget)
    judge = joined([remembering(each, known, fingerprint, judged.recalled) for each in judges])
    at_once = anyio.Semaphore(2 * (options.connections or _AT_ONCE) if options.models else 1)
    settled_by = {(key, name) for key, _, name in known}
    verdicts: dict[str, Verdict] = {}
    order: list[str] = []

    async def one(key: str, case: Case) -> None:
        try:
            more, mark = {}, fingerprint(case)
            gate = _gate(case, mark, options.audit) if options.audit is not None else None
            verdict = gate.rules if gate and gate.how == "spared" else await judge.judge(case)
            if gate:
                judged.gated[key] = gate
                more = {"gate": gate.how, "rules": gate.rules.headline_harm or gate.rules.status}
            verdicts[key] = verdict
            lines.write(key, verdict_line(key, verdict, case=mark, **more))
        finally:
            at_once.release()
        progress(verdict.status == "unscored")

    async with anyio.create_task_group() as group:
        for key, case in source:
            order.append(key)
            if isinstance(case, Verdict):
                verdicts[key] = case if case.reason != GONE else case.model_copy(update={"judge": judge.name})
                if (key, judge.name) not in settled_by:  # what was paid for stays in the file
                    lines.write(key, verdict_line(key, verdicts[key]))
                progress(False)
            else:
                await at_once.acquire()
                group.start_soon(one, key, case)
    judged.verdicts.update((key, verdicts[key]) for key in order)


def _gate(case: Case, mark: str, share: float) -> Gated:
    by_rules = judge_by_rules(case)
    if not is_decided(case, by_rules):
        return Gated("called", by_rules)
    return Gated("audited" if is_audited(mark, share) else "spared", by_rules)


def _judges(options: Options, doors: Doors, budget: Budget | None) -> list[Judge]:
    if not options.models:
        return [rules_judge()]
    if options.answers:
        return _answered(options)
    from turncoat.agents.judge import answerer
    from turncoat.agents.open import open_model
    from turncoat.judging.models.judge import judge_case

    def by_model(name: str) -> Judge:
        model = open_model(name, options.arguments, doors=doors, budget=budget, config=_config(options))
        answer = answerer(model)

        async def judge(case: Case) -> Verdict:
            return await judge_case(case, label(name, options.arguments), answer)

        return Judge(_named(name, options), judge)

    return [rules_judge() if name == RULES else by_model(name) for name in options.judges]


def _answered(options: Options) -> list[Judge]:
    """Judges whose answers were given elsewhere."""
    from turncoat.judging.models.batch import is_answered, judge_from_answers, read_answers
    from turncoat.judging.models.judge import judge_name

    answers = read_answers(options.answers)

    def by_answers(name: str) -> Judge:
        async def judge(case: Case) -> Verdict:
            return judge_from_answers(case, name, answers)

        return Judge(judge_name(name), judge, lambda case: is_answered(case, name, answers))

    return [rules_judge() if name == RULES else by_answers(name) for name in options.judges]


def _config(options: Options) -> "GenerateConfig":
    from inspect_ai.model import GenerateConfig

    return GenerateConfig(
        max_retries=options.retries,
        attempt_timeout=options.attempt,
        timeout=options.patience,
        max_connections=options.connections or _AT_ONCE,
    )


def _budget(options: Options) -> Budget | None:
    if options.max_cost is None:
        return None
    known = {name: options.prices.get(name) or price(name) for name in options.models}
    return Budget(options.max_cost, {name: each for name, each in known.items() if each})
