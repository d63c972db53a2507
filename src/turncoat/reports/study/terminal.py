"""The answers of a study for the terminal, before its rates."""

from collections.abc import Iterator, Mapping

from rich.console import Group
from rich.text import Text

from turncoat.reports.study.answers import Answers
from turncoat.reports.study.item import Mark
from turncoat.reports.text import visible

_STYLES: Mapping[Mark, str] = {
    "holds": "bold green", "below": "bold green", "opposed": "bold red", "above": "bold red",
    "open": "bold yellow", "mixed": "bold yellow", "leads": "bold",
}  # fmt: skip
_UNANSWERED = 6


def terminal_answers(answers: Answers) -> Group:
    """The question, the answer, and each claim with its numbers."""
    return Group(*_lines(answers))


def _lines(answers: Answers) -> Iterator[Text]:
    yield Text(visible(answers.question), style="bold")
    yield Text(visible(answers.lead))
    for item in answers.items:
        yield Text.assemble(
            "\n",
            (item.shown, _STYLES[item.mark] if item.settled else _STYLES["open"]),
            "  ",
            (visible(item.says), "bold"),
        )
        left = [each for each in item.sentences if not answers.lead.startswith(each)]
        yield Text(visible(" ".join([*left, item.word]).strip()))
    yield Text(f"\n{answers.who} {answers.rates.basis}")
    yield Text(f"{answers.stopped.rule} {answers.stopped.what}", style="dim")
    for note in answers.notes:
        yield Text(visible(note), style="dim")
    for each in answers.unanswered[:_UNANSWERED]:
        yield Text(f"- {visible(each)}")
    if len(answers.unanswered) > _UNANSWERED:
        yield Text(f"- {len(answers.unanswered) - _UNANSWERED} more; see the report.")
