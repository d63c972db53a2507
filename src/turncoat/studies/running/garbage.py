"""Fewer searches for circular garbage while a run is on."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (20_000, 10, 5)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Leave what is there already (modules, packs) out of the search, and search less often.

    A rollout makes thousands of small objects that die by themselves. Python's own settings spend a quarter of a
    run's processor time on looking through them. The thresholds are as before afterwards; what somebody else has
    frozen stays frozen.
    """
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    if not frozen:
        gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if not frozen:
            gc.unfreeze()
