"""How commands talk to the terminal."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from time import monotonic
from typing import TYPE_CHECKING, Any

from turncoat.agents.secrets import masked

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from turncoat.studies.running.run import Progress

_PIPE_WIDTH = 140  # where COLUMNS does not say another
_QUIET = 30  # seconds without an end of a rollout after which the bar says so


def safe(text: str) -> str:
    """Text with what would steer a terminal, hide or reorder spelt out: models, packs and files may hold anything.

    Secrets are masked: what a terminal shows is kept in records of builds, and shared.
    """
    text = masked(text)
    if text.replace("\n", "").isprintable():
        return text
    from turncoat.reports.text import visible

    return visible(text)


def console() -> "Console":
    """The terminal, with model-written text never read as markup, and every text and cell made `safe`.

    Off a terminal, whoever reads may leave early (`| head`): what is left to say is then said to nobody, and the work
    goes on, since it may have been paid for.
    """
    from rich.console import Console

    if isinstance(sys.stdout, TextIOWrapper):  # a model may write what no encoding has, such as half a surrogate pair
        sys.stdout.reconfigure(errors="replace")

    class Lasting(Console):
        def render_str(self, text: str, **how: Any) -> "Text":
            return super().render_str(safe(text), **how)

        def on_broken_pipe(self) -> None:
            self.quiet = True
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)

    wished = os.environ.get("COLUMNS", "")
    piped = int(wished) if wished.isdecimal() and int(wished) else _PIPE_WIDTH
    width = None if sys.stdout.isatty() else piped
    return Lasting(markup=False, highlight=False, width=width)


def show_table(shown: "Console", table: "Table") -> None:
    """A table with its title and its caption as lines of their own: Rich would break them at the table's width."""
    title, caption = table.title, table.caption
    table.title = table.caption = None
    shown.print(title or "", style="italic")
    shown.print(table)
    if caption:
        shown.print(caption, style="dim")


@contextmanager
def progress_bar(total: int, *, says: str) -> Iterator["Progress"]:
    """A bar that counts rollouts as they end; off a terminal, a line at every tenth. Nothing where there are none."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    shown = console()
    if not shown.is_terminal or not total:
        yield _lines(total, says, shown)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=16),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    last = monotonic()
    failed = 0

    class Quiet(ProgressColumn):
        """Says for how long no rollout has ended: what it waits for, it cannot know."""

        def render(self, task: Task) -> Text:
            quiet = int(monotonic() - last) if task.completed < total else 0
            return Text(f"quiet {quiet} s" if quiet >= _QUIET else "", style="dim")

    with Progress(*columns, Quiet(), console=shown) as bar:
        task = bar.add_task(says, total=total)

        def step(error: bool) -> None:
            nonlocal failed, last
            failed += error
            last = monotonic()
            bar.update(task, advance=1, description=f"{says} ({failed} failed)" if failed else says)

        yield step


def _lines(total: int, says: str, shown: "Console") -> "Progress":
    done = failed = 0

    def step(error: bool) -> None:
        nonlocal done, failed
        done, failed = done + 1, failed + error
        if done == total or done % max(1, total // 10) == 0:
            shown.print(f"{says}: {done} of {total}" + (f", {failed} failed" if failed else ""))

    return step
