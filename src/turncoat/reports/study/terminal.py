"""The answers of a study for the terminal, before its rates."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group
from rich.text import Text

from turncoat.reports.study.answers import Answers
from turncoat.reports.study.item import Mark
from turncoat.reports.text import visible

_STYLES: Mapping[Mark, str] = {
    "holds": "bold green", "below": "bold green", "opposed": "bold red", "above": "bold red",
    "open": "bold yellow", "mixed": "bold yellow", "leads": "bold",
}  # fmt: skip
_AT_MOST = 6


def terminal_answers(answers: Answers) -> Group:
    """The question, the answer, and each claim with its numbers."""
    return Group(*_lines(answers))


def _lines(answers: Answers) -> Iterator[Text]:
    yield Text(visible(answers.question), style="bold")
    yield Text(visible(answers.lead))
    for item in answers.items:
        style = _STYLES[item.mark if item.settled else "open"]
        yield Text.assemble("\n", (item.shown, style), "  ", (visible(item.says), "bold"))
        left = [each for each in item.sentences if each not in answers.lead]
        yield Text(visible(" ".join([*left, item.word]).strip()))
    yield Text(f"\n{answers.who} {answers.rates.basis}")
    yield Text(f"{answers.stopped.rule} {answers.stopped.what}", style="dim")
    yield from _listed("What is not answered, or could still turn", answers.unanswered)
    yield from _listed("To know first", answers.notes)


def _listed(heading: str, said: Sequence[str]) -> Iterator[Text]:
    if said:
        yield Text(f"\n{heading}", style="bold")
    for each in said[:_AT_MOST]:
        yield Text(f"- {visible(each)}")
    if len(said) > _AT_MOST:
        yield Text(f"- {len(said) - _AT_MOST} more; see the report.")
