"""A model made ready to be asked: no client that tries again by itself, a budget, a door that shuts."""

from collections.abc import Mapping
from typing import Any

from inspect_ai.model import GenerateConfig, Model, get_model

from turncoat.agents import discreet
from turncoat.agents.budget import Budget, tokens_at_most
from turncoat.agents.doors import Doors
from turncoat.agents.ledger import Ledger


def open_model(
    name: str,
    arguments: Mapping[str, Any],
    *,
    doors: Doors,
    ledger: Ledger | None = None,
    budget: Budget | None = None,
    config: GenerateConfig | None = None,
) -> Model:
    """A model by its Inspect name with its arguments: its calls noted, guarded by the doors, and paid from the budget.

    Without a known price there is nothing to pay.
    """
    # Not remembered: keys and addresses may differ the next time, and a client must not outlive its event loop.
    model = get_model(name, memoize=False, config=config or GenerateConfig(), **arguments)
    # Inspect tries again by itself: a client that does so too would triple every attempt, unseen by any limit.
    client: Any = getattr(model.api, "client", None)
    if hasattr(client, "max_retries"):
        client.max_retries = model.model_args.get("max_retries", 0)
    if name.startswith("mockllm/"):
        model.api.count_text_tokens = _guessed  # type: ignore[method-assign]
    discreet.guard(model)
    if budget and str(model) in budget.prices:
        budget.guard(model)
    # Around the budget: a ledger that cannot be written must not look to it like a call that cost nothing.
    if ledger:
        ledger.guard(model)
    doors.guard(model)
    return model


async def _guessed(text: str) -> int:
    """Tokens without the vocabulary that Inspect would download for a model that is there to be tried offline."""
    return tokens_at_most(len(text))
