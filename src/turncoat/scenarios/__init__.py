"""What could happen: packs, conditions, surfaces, briefings."""

from turncoat.scenarios._validate_texts import CANARY
from turncoat.scenarios.briefing import Briefing, Control, Cue, ScriptedReply, Step
from turncoat.scenarios.catalog import find_pack, folders
from turncoat.scenarios.compose import compose
from turncoat.scenarios.factors import Factor, Level, clashes, complete, holds, label
from turncoat.scenarios.pack import Pack, load_pack

__all__ = [
    "CANARY",
    "Briefing",
    "Control",
    "Cue",
    "Factor",
    "Level",
    "Pack",
    "ScriptedReply",
    "Step",
    "clashes",
    "complete",
    "compose",
    "find_pack",
    "folders",
    "holds",
    "label",
    "load_pack",
]
