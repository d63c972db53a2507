"""A hard budget: money is set aside before a call and settled after it, so that calls in flight cannot overdraw it."""

from collections.abc import Mapping
from dataclasses import dataclass

import anyio

from turncoat.errors import TurncoatError

LONGEST_ANSWER = 16_384
"""Tokens of an answer for which money is set aside, unless the model has a limit of its own."""
_PAUSE = 0.05


class BudgetSpentError(TurncoatError):
    """The next call could exceed the budget. The rollout is left for a later run.

    `message` is what Inspect writes into the log in place of the exception's repr.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(slots=True)
class Budget:
    """`limit` in USD for all calls together; `prices`: model name -> USD per million input and output tokens."""

    limit: float
    prices: Mapping[str, tuple[float, float]]
    spent: float = 0.0
    reserved: float = 0.0

    async def reserve(self, model: str, *, input_tokens: int, output_tokens: int) -> float:
        """Set money aside for a call and return the sum, waiting for calls in flight while they hold what it needs.

        Raises `BudgetSpentError` when the limit cannot carry the call even once they are settled.
        """
        wanted = self._cost(model, input_tokens, output_tokens)
        while self.reserved > 0 and self.spent + wanted <= self.limit < self.spent + self.reserved + wanted:
            await anyio.sleep(_PAUSE)
        if self.spent + self.reserved + wanted > self.limit:
            raise BudgetSpentError(
                f"the budget of {self.limit:.2f} USD could not carry another call ({self.spent:.2f} spent, up to "
                f"{wanted:.2f} for the call); run the same command with a higher --max-cost to go on"
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
