"""A hard budget: money is set aside before a call and settled after it, so that calls in flight cannot overdraw it."""

from collections.abc import Mapping
from dataclasses import dataclass

from turncoat.errors import TurncoatError


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

    def reserve(self, model: str, *, input_tokens: int, output_tokens: int) -> float:
        """Set money aside for a call. Returns the sum; raises `BudgetSpentError` when it might not suffice."""
        wanted = self._cost(model, input_tokens, output_tokens)
        if self.spent + self.reserved + wanted > self.limit:
            raise BudgetSpentError(
                f"the budget of {self.limit:.2f} USD is used up ({self.spent:.2f} spent); "
                "run the same command with a higher --max-cost to go on"
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


_LIMIT: list[Budget] = []


def set_budget(budget: Budget | None) -> None:
    """Put a budget in force for the whole process, or lift it with None."""
    _LIMIT[:] = [budget] if budget else []


def budget() -> Budget | None:
    """The budget in force."""
    return _LIMIT[0] if _LIMIT else None
