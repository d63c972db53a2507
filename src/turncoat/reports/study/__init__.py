"""What a study's estimates say, in words: the answers before the pictures."""

from turncoat.reports.study.answers import Answers, Item, answers
from turncoat.reports.study.terminal import terminal_answers

__all__ = ["Answers", "Item", "answers", "terminal_answers"]
