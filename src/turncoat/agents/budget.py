"""A hard budget: money is set aside before a call and settled after it, so that calls in flight cannot overdraw it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio

from turncoat.agents.ledger import used
from turncoat.errors import TurncoatError

if TYPE_CHECKING:
    from inspect_ai.model import Model

LONGEST_ANSWER = 16_384
"""Tokens of an answer for which money is set aside, and to which it is then limited."""
_LETTERS_PER_TOKEN = 3.0
_PAUSE = 0.05


def tokens_at_most(letters: int) -> int:
    """Tokens that a prompt of so many characters is reckoned to have, on the safe side."""
    return round(letters / _LETTERS_PER_TOKEN)


class BudgetSpentError(TurncoatError):
    """The next call could exceed the budget. The rollout is left for a later run.

    `message` is what Inspect writes into the log in place of the exception's repr.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(slots=True)
class Budget:
    """`limit` in USD for all calls together; `prices`: model name -> USD per million input and output tokens.

    `refused`: what the dearest of the calls would have needed that it did not carry, with what was spent by then; 0
    while it carried all.
    """

    limit: float
    prices: Mapping[str, tuple[float, float]]
    spent: float = 0.0
    reserved: float = 0.0
    refused: float = field(default=0.0, init=False)

    def guard(self, model: "Model") -> None:
        """Let each call of a model's provider be paid from the budget: `BudgetSpentError` where it is not enough.

        It is the provider that is guarded, behind Inspect's cache: what was paid for is replayed, whatever is left, and
        the limit on an answer's length is no part of the cache's key.
        """
        api: Any = model.api
        generate, name = api.generate, str(model)

        async def guarded(*, input: Any, config: Any, **question: Any) -> Any:  # noqa: A002
            longest = min(config.max_tokens or LONGEST_ANSWER, LONGEST_ANSWER)
            letters = sum(len(message.text) for message in input)
            aside = await self.reserve(name, input_tokens=tokens_at_most(letters), output_tokens=longest)
            tokens = (0, 0)
            try:
                limited = config.model_copy(update={"max_tokens": longest})
                result = await generate(input=input, config=limited, **question)
                tokens = used(result)
                return result
            finally:
                self.settle(aside, name, input_tokens=tokens[0], output_tokens=tokens[1])

        api.generate = guarded

    async def reserve(self, model: str, *, input_tokens: int, output_tokens: int) -> float:
        """Set money aside for a call and return the sum, waiting for calls in flight while they hold what it needs.

        Raises `BudgetSpentError` when the limit cannot carry the call even once they are settled. One for nothing is
        always carried.
        """
        wanted = self._cost(model, input_tokens, output_tokens)
        if not wanted:
            return wanted
        while self.reserved > 0 and self.spent + wanted <= self.limit < self.spent + self.reserved + wanted:
            await anyio.sleep(_PAUSE)
        if self.spent + self.reserved + wanted > self.limit:
            self.refused = max(self.refused, self.spent + wanted)
            # The same words for all rollouts that it happens to.
            raise BudgetSpentError(
                f"the budget of {self.limit:.2f} USD could not carry another call; run the same command with a higher "
                "--max-cost to go on"
            )
        self.reserved += wanted
        return wanted

    def settle(self, reserved: float, model: str, *, input_tokens: int = 0, output_tokens: int = 0) -> None:
        """Replace what was set aside by what the call used."""
        self.reserved -= reserved
        self.spent += self._cost(model, input_tokens, output_tokens)

    def _cost(self, model: str, input_tokens: int, output_tokens: int) -> float:
        price_in, price_out = self.prices.get(model, (0.0, 0.0))
        return (input_tokens * price_in + output_tokens * price_out) / 1e6
