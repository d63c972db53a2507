"""Judges by name: the rules, a model that Inspect reaches, or a panel of several."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

import anyio

from turncoat.judging.case import Case
from turncoat.judging.models.panel import panel, panel_name
from turncoat.judging.rules import judge_by_rules
from turncoat.judging.rules.version import judge_name as rules_name
from turncoat.record import Verdict

RULES = "rules"
_RULES_NAME = re.compile(r"rules(-[0-9a-f]{8})?")
Known = dict[tuple[str, str, str], Verdict]
"""Verdicts that there are already, by id, fingerprint and judge."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Somebody who gives verdicts. `name` is that in the verdicts: with the version of rules or rubric.

    `speaks`: whether a judge has something to say now on the deeds of a transcript, which then counts and not what is
    remembered.
    """

    name: str
    judge: Callable[[Case], Awaitable[Verdict]]
    speaks: Callable[[Case], bool] = lambda _: False


def is_rules(judge: str) -> bool:
    """Whether verdicts called so are those of the rules, of any version."""
    return _RULES_NAME.fullmatch(judge) is not None


def rules_judge() -> Judge:
    """The rules: offline and free."""

    async def judge(case: Case) -> Verdict:
        return judge_by_rules(case)

    return Judge(rules_name(), judge)


def remembering(
    judge: Judge, known: Known, fingerprint: Callable[[Case], str], recalled: set[tuple[str, str]]
) -> Judge:
    """A judge who is not asked again for a verdict that it has given on the very same transcript.

    Id and judge of what was not asked are put into `recalled`. A verdict without the reasoning is asked for again, and
    stands where nothing better comes of it.

    Whatever goes wrong with one transcript is a judge that failed, `unscored`, and must not end the others' judging.
    """

    async def remembered(case: Case) -> Verdict:
        found = None if judge.speaks(case) else known.get((case.id, fingerprint(case), judge.name))
        if found is not None and not found.reasoning.failure:
            recalled.add((case.id, judge.name))
            return found
        try:
            verdict = await judge.judge(case)
        except Exception as error:
            reason = f"judge failed: {type(error).__name__}: {error}"[:500]
            verdict = Verdict(status="unscored", reason=reason, judge=judge.name)
        return found if found is not None and verdict.status == "unscored" else verdict

    return Judge(judge.name, remembered)


def joined(judges: Sequence[Judge]) -> Judge:
    """One judge as it is, several as a panel: all at once, each without the others' verdicts."""
    if len(judges) == 1:
        return judges[0]

    async def judge(case: Case) -> Verdict:
        verdicts: dict[int, Verdict] = {}

        async def one(place: int, member: Judge) -> None:
            verdicts[place] = await member.judge(case)

        async with anyio.create_task_group() as group:
            for place, member in enumerate(judges):
                group.start_soon(one, place, member)
        return panel(case, [verdicts[place] for place in range(len(judges))])

    return Judge(panel_name([each.name for each in judges]), judge)


def file_name(judge: str) -> str:
    """A name for a file of this judge's verdicts; those of a panel are told apart by a hash of its members."""
    if judge.startswith("panel"):
        return f"panel-{sha256(judge.encode()).hexdigest()[:8]}"
    return "".join(sign if sign.isalnum() or sign in "._-@" else "-" for sign in judge)
