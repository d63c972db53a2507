"""A model that refuses the account, by its key or its name, is not asked again for every rollout."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from turncoat.agents.failure import ProviderError, provider_error

if TYPE_CHECKING:
    from inspect_ai.model import Model


@dataclass(slots=True)
class _Door:
    """One way to ask a model. `answered`: it gave an answer in this run."""

    answered: bool = False
    refusal: ProviderError | None = None


@dataclass(slots=True)
class Doors:
    """The models of a run, asked with tools and without."""

    _doors: dict[tuple[str, bool], _Door] = field(default_factory=dict)

    @property
    def refused(self) -> dict[str, ProviderError]:
        """The first refusal of each model that refused the account."""
        found: dict[str, ProviderError] = {}
        for (model, _), door in self._doors.items():
            if door.refusal:
                found.setdefault(model, door.refusal)
        return found

    def guard(self, model: "Model") -> None:
        """Let each call of a model's provider go through its door: `ProviderError` once the account was refused.

        It is the provider that is guarded, behind Inspect's cache: what was paid for is replayed, refused or not. Calls
        that are under way at the first refusal end as they will; none is begun after it. Once it has answered, a key
        or a name is known to be right: then only an empty account is a refusal.
        """
        api: Any = model.api
        generate, name = api.generate, str(model)

        async def guarded(*, tools: Any, **question: Any) -> Any:
            door = self._doors.setdefault((name, bool(tools)), _Door())
            if door.refusal:
                raise ProviderError(door.refusal.message, refused=door.refusal.refused)
            try:
                result = await generate(tools=tools, **question)
                output = result[0] if isinstance(result, tuple) else result
                if isinstance(output, Exception):  # how some providers say it
                    _note(door, output)
                else:
                    door.answered = True
                return result
            except Exception as error:
                _note(door, error)
                raise

        api.generate = guarded


def _note(door: _Door, error: Exception) -> None:
    failure = provider_error(error)
    if failure and (failure.refused == "credit" or (failure.refused and not door.answered)):
        door.refusal = door.refusal or failure
