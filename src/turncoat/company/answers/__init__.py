"""Answers written as tagged blocks: reading them, in any dialect, and writing them in ours."""

from turncoat.company.answers._ending import reads_as_ended
from turncoat.company.answers._read import Answer, read_answer
from turncoat.company.answers._write import write_actions

__all__ = ["Answer", "read_answer", "reads_as_ended", "write_actions"]
