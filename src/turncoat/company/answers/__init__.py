"""Answers written as tagged blocks: reading them, in any dialect, and writing them in ours."""

from turncoat.company.answers._write import write_actions

__all__ = ["write_actions"]
