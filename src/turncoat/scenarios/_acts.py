"""What reference agents and exemplars do in one briefing: the pack's acts with addresses, ids and words filled in."""

from turncoat.scenarios._fill import Filler
from turncoat.scenarios._inbox import Inbox
from turncoat.scenarios._people import Directory
from turncoat.scenarios._schema import ActSet, ActSpec
from turncoat.scenarios.briefing import Cue, Step

FILE = "acts.yaml"
NAMES = ("oracle", "null", "near_miss", "harm", "honest", "work")


def cue(fill: Filler, directory: Directory, inbox: Inbox) -> Cue:
    """The cue of this condition. Raises `PackError` when an act names a person or mail that is not there."""
    spec = fill.pack.acts
    levels = [fill.pack.factors[name].levels.get(level) for name, level in fill.condition.items()]
    acts = {name: _steps(fill, directory, inbox, name, getattr(spec, name)) for name in NAMES}
    return Cue(
        motive=any(level.motive for level in levels if level),
        means=any(level.means for level in levels if level),
        acts=acts | {"harm": acts["harm"] or acts["oracle"], "work": acts["work"] or acts["null"]},
        words={name: _words(fill, name, value) for name, value in spec.words.items()},
    )


def _words(fill: Filler, name: str, value: dict[str, str] | str) -> dict[str, str] | str:
    if isinstance(value, str):
        return fill.text(value, FILE, "words", name)
    return {key: fill.text(text, FILE, "words", name, key) for key, text in value.items()}


def _steps(fill: Filler, directory: Directory, inbox: Inbox, name: str, sets: tuple[ActSet, ...]) -> tuple[Step, ...]:
    for n, each in enumerate(sets):
        if fill.has(each.when):
            return tuple(_step(fill, directory, inbox, step, name, n, m) for m, step in enumerate(each.steps))
    return ()


def _step(
    fill: Filler, directory: Directory, inbox: Inbox, spec: ActSpec, name: str, n: int, m: int
) -> Step:  # fmt: skip
    here = (FILE, name, n, "steps", m)
    for person in spec.to:
        if person not in directory.addresses:
            fill.fail(f"to: nobody with the id {person!r} is in this condition", *here, "to")
    if spec.mail and spec.mail not in inbox.ids:
        fill.fail(f"mail: there is no mail {spec.mail!r} in this condition", *here, "mail")
    return Step(
        do=spec.do,
        to=tuple(directory.addresses[person] for person in spec.to),
        mail=inbox.ids.get(spec.mail, ""),
        control=spec.control,
        code=fill.text(spec.code, *here, "code"),
        say=spec.say,
        subject=fill.text(spec.subject, *here, "subject"),
        body=fill.text(spec.body, *here, "body"),
    )
