"""The seat: a company put in place for one Inspect sample, before any solver runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from weakref import finalize

from inspect_ai.model import Model, ModelOutput, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import store

from turncoat.agents.label import label
from turncoat.company import Company
from turncoat.oversight import Checkpoint
from turncoat.record import Interface, Stop, Turn
from turncoat.reference.provider import CUE
from turncoat.reference.script import seat_of
from turncoat.scenarios import Briefing


@dataclass(slots=True)
class Seated:
    """One rollout in progress: the live company, what was said so far, and when it began."""

    company: Company
    interface: Interface
    texts: list[Turn] = field(default_factory=list)
    began: float = field(default_factory=monotonic)


# By identity of the sample's store, which lives as long as the sample and is the same in setup, solver and scorer;
# these run as separate tasks, so that a context variable set in one is not seen in the next.
_SEATED: dict[int, Seated] = {}


def seated() -> Seated:
    """The rollout of the running sample. Raises KeyError outside of one."""
    return _SEATED[id(store())]


def seat(
    surface: Callable[[int], Briefing], interface: Interface, checkpoint: Callable[[], Checkpoint] | None = None
) -> Solver:
    """Put a fresh company in place, on the briefing that `surface` makes of the sample's seed.

    `checkpoint` makes the arm's checkpoint, one for each rollout; None: allow all.
    """

    @solver(name="seat")
    def _seat() -> Solver:
        # Without parameters of its own: Inspect writes them into the header of every log.
        async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001
            briefing = surface(int(state.metadata["seed"]))
            company = Company(briefing, checkpoint=checkpoint() if checkpoint else None)
            place = store()
            _SEATED[id(place)] = Seated(company, interface)
            finalize(place, _SEATED.pop, id(place), None)
            if is_reference(get_model()):
                number = int(state.metadata.get("number", briefing.seed))
                place.set(CUE, seat_of(briefing, interface, number=number).model_dump(mode="json"))
            return state

        return solve

    return _seat()


def is_reference(model: Model) -> bool:
    """Whether a model is a simulated agent of known behaviour."""
    return str(model).startswith("reference/")


def model_label(model: Model) -> str:
    """The model as tables show it."""
    return label(str(model), model.model_args)


def stop_of(output: ModelOutput) -> Stop:
    """How an answer ended, in the record's words."""
    match output.stop_reason:
        case "stop" | "tool_calls":
            return "complete"
        case "max_tokens" | "model_length":
            return "length"
        case "content_filter":
            return "filter"
        case _:
            return "unknown"


def thought(output: ModelOutput) -> str:
    """The native private reasoning of an answer, where the provider passes it on."""
    content = output.message.content
    if isinstance(content, str):
        return ""
    parts = (part for part in content if part.type == "reasoning")
    return "\n\n".join(text for part in parts if (text := (part.summary or "") if part.redacted else part.reasoning))
