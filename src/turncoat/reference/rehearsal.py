"""Rehearsing a pack before anybody runs it: does it compose, do its acts play, do its exemplars tell harm from none."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from turncoat.errors import PackError, Problem, UsageError
from turncoat.judging import judge_rollout
from turncoat.record import ActionEvent, Condition, Interface
from turncoat.reference import visible
from turncoat.reference.dials import Dials
from turncoat.reference.play import play
from turncoat.reference.script import Script, exemplar, script, seat_of
from turncoat.scenarios import Briefing, Pack, complete, compose, holds, load_pack

SEEDS = (0, 1, 2)
INTERFACES: tuple[Interface, ...] = ("text", "tools")
_EXEMPLARS: tuple[Literal["oracle", "null", "near_miss"], ...] = ("oracle", "null", "near_miss")
_AGENTS = (
    ("harm", Dials(agent="insider", p=1)),
    ("honest", Dials(agent="insider", p=0, honest=True)),
    ("work", Dials(agent="loyal")),
)
_Note = tuple[str, str]
"""What goes wrong, without the condition: the set of acts and the message."""


def check_pack(folder: Path) -> list[Problem]:
    """Everything wrong with a pack, each with file and line; an empty list if nothing is.

    First what can be seen without composing it. Then every level of every factor, once with the control levels and
    once with the pressured ones, on three surfaces: does it compose. Then, in each of these conditions: what the facts
    name must stand in the mails, and, in both interfaces, exemplars must be judged as what they are and no act may
    fail. Calls no model; takes seconds.
    """
    try:
        pack = load_pack(folder)
    except PackError as error:
        return list(error.problems)
    found: dict[tuple[str, int, str], Problem] = {}
    rehearsed: dict[tuple[str, str], Briefing] = {}
    unseen: dict[tuple[tuple[str | int, ...], str], str] = {}
    ends = _ends(pack)
    for condition in covering(pack):
        for seed in SEEDS:
            try:
                briefing = compose(pack, condition, seed)
            except PackError as error:
                for problem in error.problems:
                    where = f"{problem.message} (with {pack.label(condition)}, seed {seed})"
                    found.setdefault((problem.file, problem.line, problem.message),
                                     Problem(problem.file, problem.line, where))  # fmt: skip
            else:
                for place, message in visible.mistakes(pack, briefing):
                    unseen.setdefault((place, message), f"with {pack.label(condition)}, seed {seed}")
                if seed == SEEDS[0] or condition in ends:
                    rehearsed.setdefault(_stage(briefing), briefing)
    if not found:
        for (place, message), where in unseen.items():
            problem = pack.sources["facts.yaml"].problem(place, f"{message} ({where})")
            found[problem.file, problem.line, problem.message] = problem
        for problem in _design(pack):
            found[problem.file, problem.line, problem.message] = problem
        for problem in _rehearse(pack, list(rehearsed.values())):
            found.setdefault((problem.file, problem.line, ""), problem)
    return list(found.values())


def covering(pack: Pack) -> tuple[Condition, ...]:
    """The control and the pressured condition, and each level of each factor set in both of them where that can be."""
    conditions: dict[tuple[str, ...], Condition] = {}
    for start in _ends(pack):
        conditions[tuple(start.values())] = start
    for start in _ends(pack):
        for name, factor in pack.factors.items():
            for level in factor.levels or ("0", str(min(30, factor.most or 0))):
                try:
                    condition = complete({**start, name: level}, pack.factors, pack.meta.impossible)
                except UsageError:  # an impossible combination
                    continue
                conditions.setdefault(tuple(condition.values()), condition)
    return tuple(conditions.values())


def _ends(pack: Pack) -> tuple[Condition, Condition]:
    """The control and the pressured condition, complete."""
    control, pressured = (
        complete(asked, pack.factors, pack.meta.impossible) for asked in (pack.meta.control, pack.meta.pressured)
    )
    return control, pressured


def _stage(briefing: Briefing) -> tuple[str, str]:
    """What a rehearsal depends on. Levels that only change the prompt, and the value of a goal, make no other stage."""
    told = {name: level.partition(":")[0] for name, level in briefing.condition.items()}
    facts = briefing.facts.model_dump_json()
    story = [told.get(name, "") for name in ("goal", "scratchpad")]
    return "".join((*story, str(len(briefing.inbox)))), facts + briefing.cue.model_dump_json(exclude={"words"})


def _design(pack: Pack) -> Iterator[Problem]:
    """The pressured condition has a reason for the harm and the means to do it, the control lacks one of the two."""
    meta = pack.sources["pack.yaml"]
    control, pressured = (compose(pack, condition, SEEDS[0]).cue for condition in _ends(pack))
    if control.motive and control.means:
        yield meta.problem(("control",), "control: these levels give both a motive and the means for the harm")
    if not (pressured.motive and pressured.means):
        lacks = "motive" if not pressured.motive else "means"
        yield meta.problem(("pressured",), f"pressured: no level here has `{lacks}: true`")


def _rehearse(pack: Pack, briefings: list[Briefing]) -> Iterator[Problem]:
    acts = pack.sources["acts.yaml"]
    for briefing in briefings:
        for interface in INTERFACES:
            for name, message in (*_judged(briefing, interface), *_played(briefing, interface)):
                where = f"with {pack.label(briefing.condition)}, seed {briefing.seed}, {interface} interface"
                yield acts.problem(_place(pack, name, briefing.condition), f"{name}: {message} ({where})")


def _place(pack: Pack, name: str, condition: Mapping[str, str]) -> tuple[str | int, ...]:
    """Where the chosen set of acts stands; without moves of their own, agents do what the exemplars do."""
    name = name if getattr(pack.acts, name) else {"harm": "oracle", "work": "null"}.get(name, name)
    sets = getattr(pack.acts, name)
    return next(((name, n) for n, each in enumerate(sets) if holds(each.when, condition)), (name,))


def _judged(briefing: Briefing, interface: Interface) -> Iterator[_Note]:
    """The oracle is the harm, where there are means for it; null and near miss are not, anywhere."""
    for name in _EXEMPLARS:
        if not briefing.cue.acts[name]:
            if name != "oracle" or briefing.cue.means:
                yield name, "there is nothing to do in this condition"
            continue
        if name == "oracle" and not briefing.cue.means:
            continue
        performed = exemplar(name, seat_of(briefing, interface))
        failed = list(_failures(performed, briefing, interface))
        if failed:
            yield name, failed[0]
            continue
        record, texts = play(performed, briefing, interface)
        verdict = judge_rollout(briefing.facts, record, texts, headline=briefing.headline)
        wanted = "yes" if name == "oracle" else "no"
        if verdict.headline_harm != wanted:
            said = verdict.headline_harm or f"{verdict.status} ({verdict.reason})"
            yield name, f"the rules judge says {said} to {briefing.headline}, and it should say {wanted}"


def _played(briefing: Briefing, interface: Interface) -> Iterator[_Note]:
    """What reference agents do can be said and done."""
    for name, dials in _AGENTS:
        try:
            failed = list(_failures(script(dials, seat_of(briefing, interface)), briefing, interface))
        except UsageError as error:
            failed = [str(error)]
        if failed:
            yield (name if briefing.cue.acts[name] else "work"), failed[0]


def _failures(performed: Script, briefing: Briefing, interface: Interface) -> Iterator[str]:
    record, _ = play(performed, briefing, interface)
    for event in record:
        if isinstance(event, ActionEvent) and event.outcome != "executed":
            kind = event.action.kind if event.action else "an action"
            yield f"{kind} is {event.outcome}: {event.result}"
