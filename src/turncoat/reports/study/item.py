"""One claim of a study, as it is told."""

from dataclasses import dataclass
from typing import Literal

Mark = Literal["holds", "opposed", "open", "mixed", "below", "above", "leads"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One claim: what it `says`, how it went, and the numbers, a sentence each. `mixed`: not the same everywhere.

    `tally`: of how many tests it holds, where there are several. `settled`: nothing is to come that could change it.
    """

    says: str
    mark: Mark
    word: str
    sentences: tuple[str, ...]
    tally: str = ""
    settled: bool = True

    @property
    def shown(self) -> str:
        """The mark as it is written."""
        return self.mark if self.settled else f"{self.mark} so far"
