"""What calls have used, written down call by call: no kill and no cache forgets what was paid for."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

if TYPE_CHECKING:
    from inspect_ai.model import Model

FILE = "ledger.jsonl"
Payer = Literal["agents", "judges"]
PAYERS: tuple[Payer, ...] = ("agents", "judges")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The calls of one payer in a results folder. Graders of a replication are judges.

    A call that is under way when the process is killed is not in it: nobody knows what it has cost.
    """

    folder: Path
    payer: Payer
    _broken: list[OSError] = field(default_factory=list, init=False, compare=False)

    def guard(self, model: "Model") -> None:
        """Note each call of a model's provider, as soon as it is answered and before the answer is kept anywhere."""
        api: Any = model.api
        generate, name = api.generate, str(model)

        async def guarded(**question: Any) -> Any:
            if self._broken:
                raise self._broken[0]
            with self._noting():  # before anything is spent
                pass
            result = await generate(**question)
            self._note(name, *used(result))
            return result

        api.generate = guarded

    def _note(self, model: str, input_tokens: int, output_tokens: int) -> None:
        if input_tokens or output_tokens:
            line = json.dumps([self.payer, model, input_tokens, output_tokens])
            with self._noting() as file:
                file.write(f"\n{line}\n")  # what a kill tore ends here

    @contextmanager
    def _noting(self) -> Iterator[TextIO]:
        """The file to add to. Once it cannot be written, no further call is made whose cost nobody would know."""
        try:
            with (self.folder / FILE).open("a", encoding="utf-8") as file:
                yield file
        except OSError as error:
            self._broken.append(error)
            raise

    def calls(self) -> Iterator[tuple[str, int, int]]:
        """Model, input and output tokens of each call. A line that is torn or damaged is passed over."""
        ledger = self.folder / FILE
        text = ledger.read_text(encoding="utf-8", errors="replace") if ledger.is_file() else ""
        for line in text.split("\n"):
            try:
                match json.loads(line):
                    case [self.payer, str(model), int(into), int(out)]:
                        yield model, into, out
            except ValueError:
                continue


def used(result: Any) -> tuple[int, int]:
    """Input and output tokens of what a provider returned; cached ones are input as any."""
    usage = getattr(result[0] if isinstance(result, tuple) else result, "usage", None)
    if not usage:
        return 0, 0
    fields = ("input_tokens", "input_tokens_cache_read", "input_tokens_cache_write")
    return sum(getattr(usage, each, None) or 0 for each in fields), usage.output_tokens
