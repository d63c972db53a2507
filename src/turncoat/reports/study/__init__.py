"""What a study's estimates say, in words: the answers before the pictures."""

from turncoat.reports.study.answers import Answers, answers
from turncoat.reports.study.item import Item
from turncoat.reports.study.terminal import terminal_answers

__all__ = ["Answers", "Item", "answers", "terminal_answers"]
