"""How a question in a file is called, so that its answer finds back to it and to nothing else."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from turncoat.judging.case import Case
from turncoat.judging.models.judge import Exchange
from turncoat.judging.models.request import Part, rubric_hash
from turncoat.judging.verdicts import fingerprint


@dataclass(frozen=True, slots=True)
class Asker:
    """One judge and one transcript. `mark` is the transcript's fingerprint.

    `judge` is a hash of the judge's name and of the headline harm, which the question about the reasoning names.
    """

    mark: str
    judge: str

    @classmethod
    def of(cls, case: Case, name: str) -> Self:
        digest = sha256(f"{name}\0{case.headline}".encode("utf-8", "surrogatepass")).hexdigest()
        return cls(fingerprint(case), digest[:8])

    def custom_id(self, part: Part, attempt: int = 1) -> str:
        """42 to 44 letters, digits and hyphens: transcript, part, attempt (1 or 2), rubric, judge."""
        return f"{self.mark}-{part}-{attempt}-{rubric_hash()}-{self.judge}"


def custom_id(case: Case, name: str, part: Part, attempt: int = 1) -> str:
    """What the question of a part to a judge is called; the same whenever and wherever it is asked."""
    return Asker.of(case, name).custom_id(part, attempt)


def attempt_of(exchange: Exchange) -> int:
    """Which attempt an exchange asks for, from 1: each one before it left an answer and a complaint."""
    return len(exchange) // 2 + 1
