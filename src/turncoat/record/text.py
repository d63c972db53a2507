"""What the agent wrote outside its actions."""

from typing import Literal

from turncoat.record._base import Document

Stop = Literal["complete", "length", "filter", "unknown"]


class Turn(Document):
    """One answer of the model, without its actions.

    `reasoning` is private thought (native reasoning or a scratchpad); `prose` is the rest. `actions` counts those it
    held. `stop` says how the answer ended: by itself, cut off at the length limit, by a content filter, or not known
    (foreign transcripts).
    """

    index: int
    reasoning: str = ""
    prose: str = ""
    stop: Stop = "complete"
    actions: int = 0
