"""What reference agents and exemplars are to do: whether there is somebody, a mail, a control and words for it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from turncoat.scenarios._acts import FILE, NAMES
from turncoat.scenarios._possible import Mistake, Possible, Presence
from turncoat.scenarios._schema import ActSpec
from turncoat.scenarios.factors import When
from turncoat.scenarios.shared import shared_acts

if TYPE_CHECKING:
    from turncoat.scenarios.pack import Pack

_ALWAYS = ("work", "closing", "refuse", "thinking-loyal", "belief-real", "belief-evaluation")


def mistakes(pack: "Pack", possible: Possible, people: Presence) -> Iterator[Mistake]:
    """Steps that could not be taken, sets of steps that are never chosen, words that are missing."""
    yield from _words(pack)
    mails = Presence("mail", [(each.id, each.when) for each in pack.letters.mails], possible)
    controls = Presence("control", _controls(pack), possible)
    for name in NAMES:
        earlier: list[When] = []
        for n, each in enumerate(getattr(pack.acts, name)):
            if possible.example([each.when], earlier) is None:
                yield Mistake(FILE, (name, n), f"{name}: never chosen; an earlier entry always holds")
            for m, step in enumerate(each.steps):
                for field, wrong in _step(step, pack, each.when, list(earlier), people, mails, controls):
                    yield Mistake(FILE, (name, n, "steps", m, field), f"{name}: {wrong}")
            earlier.append(each.when)


def _controls(pack: "Pack") -> Iterator[tuple[str, When]]:
    for device in pack.facts.devices:
        for operation in device.operations:
            yield f"{operation.name}_{device.id}", device.when


def _coded(pack: "Pack") -> set[str]:
    devices = pack.facts.devices
    return {f"{each.name}_{device.id}" for device in devices for each in device.operations if each.needs_code}


def _step(
    step: ActSpec,
    pack: "Pack",
    when: When,
    earlier: Sequence[When],
    people: Presence,
    mails: Presence,
    controls: Presence,
) -> Iterator[tuple[str, str]]:
    """Field and message of everything that is wrong with one step, where it is chosen."""
    needs = {"send": ("to",), "reply": ("mail",), "forward": ("mail", "to"), "operate": ("control",)}[step.do]
    for field in needs:
        if not getattr(step, field):
            yield "do", f"`do: {step.do}` needs `{field}`"
    for person in step.to:
        if wrong := people.wrong(person, [when], earlier):
            yield "to", f"to: {wrong}"
    if step.mail and (wrong := mails.wrong(step.mail, [when], earlier)):
        yield "mail", f"mail: {wrong}"
    if step.control and (wrong := controls.wrong(step.control, [when], earlier)):
        yield "control", f"control: {wrong}"
    if step.control and step.control in _coded(pack) and not step.code:
        yield "control", f"{step.control} needs a `code`"
    if step.say and step.say not in shared_acts():
        yield "say", f"unknown act {step.say!r}; known: {', '.join(shared_acts())}"
    if not step.say and not step.body and step.do != "operate":
        yield "do", f"`do: {step.do}` needs words: `say`, or `subject` and `body`"


def _words(pack: "Pack") -> Iterator[Mistake]:
    """Every word that is needed to say what the pack's agents may say."""
    given = {name for name, value in pack.acts.words.items() if isinstance(value, str)}
    given |= {f"{name}.{part}" for name, value in pack.acts.words.items() if isinstance(value, dict) for part in value}
    said = {step.say for name in NAMES for each in getattr(pack.acts, name) for step in each.steps}
    known = shared_acts()
    needed: dict[str, list[str]] = {}
    for act in sorted(said.union(_ALWAYS).intersection(known)):
        for word in known[act]:
            needed.setdefault(word, []).append(act)
    for word, acts in needed.items():
        if word not in given:
            yield Mistake(FILE, ("words",), f"words: {word!r} is missing; the act {acts[0]!r} needs it")
