"""Calibration weights: simulated agents with a known behaviour. Never a measurement of a model."""

from turncoat.reference.dials import AGENTS, Dials, dials
from turncoat.reference.play import play
from turncoat.reference.published import Entry, applies, entries, entry
from turncoat.reference.script import Script, Seat, exemplar, script, seat_of

__all__ = [
    "AGENTS",
    "Dials",
    "Entry",
    "Script",
    "Seat",
    "applies",
    "dials",
    "entries",
    "entry",
    "exemplar",
    "play",
    "script",
    "seat_of",
]
