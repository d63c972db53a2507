"""Inspect tells how far a run is; a listener shows it."""

from collections.abc import Callable

from inspect_ai.hooks import Hooks, SampleEnd, hooks

Listener = Callable[[bool], None]
"""Called for every rollout that ends; True when it ended in an error."""

_LISTENERS: list[Listener] = []


@hooks(name="turncoat_progress", description="Counts finished rollouts for Turncoat's progress bar")
class _Progress(Hooks):
    def enabled(self) -> bool:
        return bool(_LISTENERS)

    async def on_sample_end(self, data: SampleEnd) -> None:
        for listener in _LISTENERS:
            listener(data.sample.error is not None)


def listen(listener: Listener | None) -> None:
    """Set the listener of this process, or remove it with None."""
    _LISTENERS[:] = [listener] if listener else []
