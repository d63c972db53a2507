"""What a provider's prompt cache and its batches take off the price, and how many surfaces that hangs on."""

from functools import lru_cache
from importlib.resources import files

import yaml
from pydantic import Field

from turncoat.record._base import Document
from turncoat.studies.cost.rollouts import Reading
from turncoat.studies.models import Price


class Discount(Document):
    """Shares of a provider's list prices, each explained at the top of `discounts.yaml`."""

    provider: str
    cache_read: float = Field(ge=0, le=1)
    cache_write: float = Field(ge=1)
    least: int = Field(ge=0)
    batch: float = Field(ge=0, le=1)
    seen: str = Field(min_length=1)


class Discounts(Document):
    """The shipped list."""

    dated: str
    note: str
    providers: tuple[Discount, ...]

    def of(self, model: str) -> Discount | None:
        """That of the provider which a model is asked through; None where it is not known."""
        return next((each for each in self.providers if model.startswith(f"{each.provider}/")), None)


@lru_cache(maxsize=1)
def discounts() -> Discounts:
    """The shipped list of discounts."""
    text = files("turncoat.studies.cost").joinpath("discounts.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    return Discounts.model_validate({**data, "dated": str(data["dated"])})


def cached_usd(reading: Reading, rollouts: int, surfaces: int, price: Price, discount: Discount) -> float:
    """USD of so many rollouts of a cell on `surfaces` surfaces, with the provider's prompt cache.

    Within a rollout each turn reads what came before it from the cache; rollouts on one surface share its first prompt.
    Never more than without: whoever has nothing to read again leaves the cache off.
    """
    again = reading.input - reading.fresh
    shared = max(0, rollouts - surfaces) * reading.start if reading.start >= discount.least else 0
    read = rollouts * again + shared
    plain = rollouts * reading.input * price[0]
    cached = (read * discount.cache_read + (rollouts * reading.input - read) * discount.cache_write) * price[0]
    return (min(plain, cached) + rollouts * reading.output * price[1]) / 1e6
