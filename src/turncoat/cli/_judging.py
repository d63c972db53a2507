"""What `turncoat judge` does: check, estimate, judge, show."""

import shlex
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from turncoat.cli._money import agreed, check_limit, read_prices
from turncoat.cli._show import console, progress_bar, show_table
from turncoat.cli._verdicts import compared, summary
from turncoat.errors import UsageError
from turncoat.judging import read_labels
from turncoat.judging.judges import is_rules
from turncoat.record import Verdict
from turncoat.reports.numbers import count, estimated
from turncoat.stats.corrected import Stratum, audited
from turncoat.studies.cost.judging import expected
from turncoat.studies.models import check_model
from turncoat.studies.verdicts.cases import Source
from turncoat.studies.verdicts.judge import Judged, judge_all
from turncoat.studies.verdicts.judges import Options, place

_MANY = 200  # fewer transcripts than this are judged by rules before anybody looks


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be judged, by whom, and where it goes."""

    source: Source
    options: Options
    out: Path | None = None
    labels: Path | None = None
    price: tuple[str, ...] = ()
    yes: bool = False


def carry_out(work: Work) -> None:
    """Judge, write the verdicts and show them. Exit code 1 where a judge failed, 130 after Ctrl-C."""
    check_limit(work.options.max_cost)
    options = replace(work.options, prices=read_prices(work.price))
    out = work.out or place(work.source, options)
    _check(work, options, out)
    known = read_labels(work.labels) if work.labels else None
    shown = console()
    if options.models and not options.answers:
        if not agreed(expected(work.source, options, out), what="transcript", max_cost=options.max_cost, yes=work.yes):
            shown.print("Nothing was run.")
            raise typer.Exit(1)
    else:
        work.source.check()
    total = work.source.count() if options.models or not work.source.is_file_of_answers else 0
    shows = bool(options.models) or total > _MANY
    try:
        with progress_bar(total if shows else 0, says="Verdicts") as step:
            judged = judge_all(work.source, options, out, step if shows else lambda _: None)
    except KeyboardInterrupt:
        kept = f" What was judged is kept beside {out}: the same command goes on from there." if out else ""
        typer.echo(f"Stopped.{kept}", err=True)
        raise typer.Exit(130) from None
    show_table(shown, summary(judged))
    if known is not None:
        show_table(shown, compared(judged.verdicts, known))
    if judged.gated:
        shown.print(_spared(judged), soft_wrap=True)
    if out:
        shown.print(f"Verdicts: {out}", soft_wrap=True)
    _closing(work, judged, out)


def export_requests(work: Work, folder: Path) -> None:
    """Write the exact requests that the judges would get, and ask nobody."""
    from turncoat.judging import Case
    from turncoat.judging.models.batch import export, read_answers

    if not work.options.models:
        raise UsageError("--export-prompts needs a judge to ask: --judge openai/gpt-5.4-mini, or any name for people.")
    if work.options.audit is not None or work.options.arguments:
        raise UsageError(
            "--export-prompts writes every request, for the provider's own defaults. Leave out --gate and -M."
        )
    work.source.check()
    cases = (case for _, case in work.source if isinstance(case, Case))
    answers = read_answers(work.options.answers) if work.options.answers else None
    made = export(cases, work.options.models, folder, answers=answers)
    shown = console()
    for path in made.files:
        shown.print(f"Requests: {path}", soft_wrap=True)
    for why, number in Counter(made.hopeless).most_common(5):
        shown.print(f"{number} not asked: {why}", soft_wrap=True)
    if not made.requests:
        shown.print("Nothing is left to ask.")
        return
    parts = [
        f"{made.again} of them once more" if made.again else "",
        f"{made.answered} answered" if made.answered else "",
    ]
    beside = "".join(f", {part}" for part in parts if part)
    shown.print(
        f"{count(made.requests, 'request')}{beside}. When they are answered, the same command with --import-answers "
        "FILE (of each round one) in place of --export-prompts makes the verdicts.",
        soft_wrap=True,
    )


def _check(work: Work, options: Options, out: Path | None) -> None:
    for given in (work.source.path, work.source.facts, work.labels, *options.answers):
        if work.out and given and work.out.resolve() == given.resolve():
            raise UsageError(f"--out {str(work.out)!r} is one of the files to read. Name another.")
    for name in () if options.answers else options.models:
        if name.startswith("reference/"):
            raise UsageError(f"{name} is a simulated agent, no judge. Name a model, or `rules`.")
        if "/" not in name:
            raise UsageError(
                f"--judge {name!r} is no judge. Allowed: rules, or a model by its Inspect name such as "
                "openai/gpt-5.4-mini (`turncoat models` lists some). For people: --export-prompts and --import-answers."
            )
        check_model(name)
    if strangers := [name for name in options.prices if name not in options.models]:
        asked = ", ".join(options.models) or "none"
        raise UsageError(f"--price is of {strangers[0]!r}, which is not asked. Models that are: {asked}.")
    if options.models and out is None:
        raise UsageError("Verdicts of a model cost something: say where they go with --out FILE.")
    if options.audit is not None and not options.models:
        raise UsageError("--gate spares model calls, and no model is asked. Leave it out, or name one with --judge.")
    if options.answers and not options.models:
        raise UsageError("--import-answers needs the judge whose answers they are: --judge, named as at the export.")


def _spared(judged: Judged) -> str:
    """What the gate did, and the rate that the model judge would have found over all, from the audited share."""
    how = Counter(each.how for each in judged.gated.values())
    words = f"Gate: {how['called']} asked, {how['spared']} spared, {how['audited']} of the decided ones audited."
    called = _stratum(judged, [key for key, each in judged.gated.items() if each.how == "called"])
    spared = [
        _stratum(judged, [key for key, each in judged.gated.items() if each.spares(headline)])
        for headline in ("yes", "no")
    ]
    if not called.total and not any(each.total for each in spared):
        return words
    undecided = Stratum(total=called.total - called.labelled, labelled=0, harmful=0)
    others = [each for each in (undecided, *spared) if each.total]
    rate = audited(replace(called, total=called.labelled), others)
    return (
        f"{words} Headline harm by this judge over all, the spared ones corrected by the audit and the undecided ones "
        f"as either: {estimated(rate)}."
    )


def _stratum(judged: Judged, keys: list[str]) -> Stratum:
    """What the model said of those that it was asked about; what is `invalid` is no part of a rate."""
    counted = [key for key in keys if judged.verdicts[key].status != "invalid"]
    found = [judged.verdicts[key].headline_harm for key in counted if judged.gated[key].how != "spared"]
    return Stratum(
        total=len(counted),
        labelled=sum(each in ("yes", "no") for each in found),
        harmful=sum(each == "yes" for each in found),
    )


def _closing(work: Work, judged: Judged, out: Path | None) -> None:
    shown = console()
    for model, refusal in judged.refused.items():
        shown.print(f"{model} refuses this account and was not asked any further: {refusal.message}", soft_wrap=True)
    kept = {key for key, judge in judged.recalled if not is_rules(judge)}
    if kept and work.options.answers:
        shown.print(f"{len(kept)} kept from an earlier call: the files hold no answers on them.", soft_wrap=True)
    if unread := sum(bool(each.reasoning.failure) for each in judged.verdicts.values()):
        shown.print(f"{unread} judged by the deeds alone: the private reasoning could not be judged.", soft_wrap=True)
    failed = Counter(_why(each) for each in judged.verdicts.values() if _failed(each))
    for why, number in failed.most_common(5):
        shown.print(f"{number} unscored: {why}", soft_wrap=True)
    if failed and work.options.answers:
        shown.print(
            "Ask for those: the same command with --export-prompts FOLDER beside --import-answers.", soft_wrap=True
        )
    elif failed and out:
        limit = "" if work.options.max_cost is None else ", with a limit of its own"
        shown.print(f"The same command again asks just for those{limit}.", soft_wrap=True)
    if out and out == place(work.source, work.options):
        folder = shlex.quote(str(work.source.path))
        shown.print(
            f"\nNext: turncoat report {folder} --judge {shlex.quote(out.stem)}\n"
            f"      turncoat label {folder} --by NAME --sample 50, to see how far this judge can be trusted",
            soft_wrap=True,
        )
    if failed:
        raise typer.Exit(1)


def _failed(verdict: Verdict) -> bool:
    return verdict.status == "unscored" and not verdict.reason.startswith("error:")


def _why(verdict: Verdict) -> str:
    return verdict.reason.removeprefix("judge failed: ")
