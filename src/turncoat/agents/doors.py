"""A model that refuses the account, by its key or its name, is asked once and not for every rollout."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

from turncoat.agents.failure import ProviderError

_PATIENCE = 30.0
"""Seconds that others wait for the first call of a model; one that takes longer has not been refused."""


@dataclass(slots=True)
class Doors:
    """The models of a run. `refused`: the name of each that refused the account, and what its provider said."""

    refused: dict[str, str] = field(default_factory=dict)
    _knocked: dict[str, anyio.Event] = field(default_factory=dict)

    @asynccontextmanager
    async def through(self, model: str) -> AsyncIterator[None]:
        """Around a call of a model. The first goes alone; raises `ProviderError` once the model has refused."""
        if (knocked := self._knocked.get(model)) is None:
            self._knocked[model] = anyio.Event()
        else:
            with anyio.move_on_after(_PATIENCE):
                await knocked.wait()
        if (said := self.refused.get(model)) is not None:
            raise ProviderError(said, refused=True)
        try:
            yield
        except ProviderError as error:
            if error.refused:
                self.refused.setdefault(model, error.message)
            raise
        finally:
            self._knocked[model].set()
