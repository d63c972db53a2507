"""Every combination of levels becomes a whole, ordered, closed story, and always the same one."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from email import message_from_bytes, policy
from itertools import combinations

import pytest
from tests.scenarios._array import covering
from tests.scenarios._packs import NAMES, texts

from turncoat.company import render_mail
from turncoat.errors import UsageError
from turncoat.scenarios import Briefing, Pack, complete, compose, find_pack
from turncoat.scenarios._people import STAFF
from turncoat.scenarios.export import messages
from turncoat.scenarios.shared import values

SEEDS = range(5)
EVERYTHING = bool(os.environ.get("TURNCOAT_EVERY_CONDITION"))
RESIDUE = re.compile(
    r"\{\{|\}\}|\{%|%\}|\bNone\b(?! of)|[Uu]ndefined|  |\n\n\n| [.,;:!?](?:\s|$)|\.\.(?!\.)|,,|\(\)|\[\]|''|\"\""
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def conditions(pack: Pack) -> list[tuple[dict[str, str], int]]:
    """Every three levels together on one of five surfaces; the values of a goal taken as one, on each of them.

    With TURNCOAT_EVERY_CONDITION set: every three levels on each of the five.
    """
    full = covering(pack)
    if EVERYTHING:
        return [(condition, seed) for condition in full for seed in SEEDS]
    few = covering(pack, goals=("none", "explicit:safety", "latent:global", "ambiguous", "swap:ethical"))
    names = list(values())

    def turned(condition: dict[str, str], seed: int) -> dict[str, str]:
        kind, colon, value = condition["goal"].partition(":")
        other = names[(names.index(value) + seed) % len(names)] if colon else ""
        return {**condition, "goal": f"{kind}{colon}{other}"}

    return [(each, number % len(SEEDS)) for number, each in enumerate(full)] + [
        (turned(each, seed), seed) for each in few for seed in SEEDS
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_three_levels_make_a_whole_briefing(name: str) -> None:
    pack = find_pack(name)
    wrong: dict[str, str] = {}
    for condition, seed in conditions(pack):
        briefing = compose(pack, condition, seed)
        for problem in (*holes(briefing), *disorder(briefing), *strangers(briefing)):
            wrong.setdefault(problem, f"{pack.label(condition)}, seed {seed}")
    assert not wrong


def holes(briefing: Briefing) -> list[str]:
    """Template residue, blanks and gaps."""
    found = []
    for text in texts(briefing):
        if (residue := RESIDUE.search(text)) is not None:
            found.append(f"{residue.group()!r} in {text[max(0, residue.start() - 60) : residue.end() + 60]!r}")
    found += [f"{mail.id} has no text" for mail in briefing.inbox if not (mail.body and mail.subject)]
    return found


def disorder(briefing: Briefing) -> list[str]:
    """Mails out of order or from the future, at night or on a Sunday, answers before questions."""
    found = []
    mails = {mail.id: mail for mail in briefing.inbox}
    for one, next_ in zip(briefing.inbox, briefing.inbox[1:], strict=False):
        if one.at > next_.at:
            found.append(f"{one.subject!r} stands before {next_.subject!r} and is later")
    for mail in briefing.inbox:
        if mail.at > briefing.now:
            found.append(f"{mail.subject!r} is from the future")
        if f"{mail.at:%A}" not in WEEKDAYS or not 7 <= mail.at.hour < 20:
            found.append(f"{mail.subject!r} was written on {mail.at:%A %H:%M}")
        if mail.reply_to and (mail.reply_to not in mails or mails[mail.reply_to].at >= mail.at):
            found.append(f"{mail.subject!r} answers nothing that came before it")
        if mail.subject.startswith("Re: ") and not mail.reply_to:
            found.append(f"{mail.subject!r} is a reply to nothing")
    if briefing.deadline and not timedelta(minutes=5) <= briefing.deadline - briefing.now <= timedelta(hours=4):
        found.append("the deadline is not ahead")
    if (briefing.deadline is None) != (briefing.facts.decision is None):
        found.append("a deadline without a decision, or the other way round")
    return found


def strangers(briefing: Briefing) -> list[str]:
    """Addresses and ids that nobody has."""
    facts, found = briefing.facts, []
    addresses = [address.lower() for person in facts.people for address in person.addresses]
    if len(set(addresses)) < len(addresses):
        found.append("two people have one address")
    for mail in briefing.inbox:
        for address in (mail.sender, *mail.recipients):
            if facts.at_address(address) is None:
                found.append(f"{address} in {mail.subject!r} is nobody's")
    if len(facts.deciders) < 1 or sum(person.agent for person in facts.people) != 1:
        found.append("there is not one agent and somebody who decides")
    ids = [reply.person for reply in briefing.replies]
    ids += [person for secret in facts.secrets for person in (secret.about, *secret.known_to)]
    ids += [facts.decision.by] if facts.decision else []
    found += [f"the person {each!r} is not in the directory" for each in ids if facts.person(each) is None]
    carried = {mail.id for mail in briefing.inbox}
    found += [f"the item {item.id!r} is in no mail" for item in facts.items if not set(item.carriers) <= carried]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_array_covers_every_possible_triple(name: str) -> None:
    """The generator of these tests, checked without its own bookkeeping."""
    pack = find_pack(name)
    array = covering(pack)
    seen = {triple for row in array for triple in combinations(sorted(row.items()), 3)}
    levels = {name: list(factor.levels) or ["0", "25"] for name, factor in pack.factors.items()}
    for one, two, three in combinations(sorted(levels), 3):
        for first in levels[one]:
            for second in levels[two]:
                for third in levels[three]:
                    asked = {one: first, two: second, three: third}
                    needs = {"threat": "replacement"} if asked.get("successor", "unstated") != "unstated" else {}
                    try:
                        complete({**needs, **asked}, pack.factors, pack.meta.impossible)
                    except UsageError:
                        continue
                    assert tuple(sorted(asked.items())) in seen


@pytest.mark.parametrize("name", NAMES)
def test_mails_are_valid_messages_that_thread(name: str) -> None:
    pack = find_pack(name)
    for condition, seed in conditions(pack)[::241]:
        briefing = compose(pack, condition, seed)
        parsed = [message_from_bytes(each.as_bytes(), policy=policy.default) for each in messages(briefing)]
        by_id = {str(each["Message-ID"]): mail for each, mail in zip(parsed, briefing.inbox, strict=True)}
        assert len(by_id) == len(briefing.inbox)
        for each, mail in zip(parsed, briefing.inbox, strict=True):
            assert not each.defects
            assert not [defect for header in each.values() for defect in header.defects]
            assert [address.addr_spec for address in each["To"].addresses] == list(mail.to)
            assert [address.addr_spec for address in (each["Cc"].addresses if each["Cc"] else ())] == list(mail.cc)
            assert each["From"].addresses[0].addr_spec == mail.sender
            assert each["From"].addresses[0].display_name == briefing.facts.at_address(mail.sender).name  # type: ignore[union-attr]
            assert each["Date"].datetime.replace(tzinfo=None) == mail.at
            assert each["Subject"] == mail.subject
            assert each.get_content().replace("\r\n", "\n").rstrip("\n") == mail.body
            answered = by_id[str(each["In-Reply-To"])].id if each["In-Reply-To"] else ""
            assert answered == mail.reply_to


def test_another_process_with_another_hash_seed_gives_the_same_bytes() -> None:
    program = (
        "from turncoat.scenarios import compose, find_pack\n"
        f"for name in {NAMES!r}:\n"
        "    pack = find_pack(name)\n"
        "    for seed in (0, 7, 41):\n"
        "        for asked in (pack.meta.control, pack.meta.pressured, {'distractors': '60', 'exits': 'ally'}):\n"
        "            briefing = compose(pack, asked, seed)\n"
        "            print(briefing.hash, pack.version, briefing.cue.model_dump_json())\n"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    ]
    assert said[0] == said[1]
    hashes = [line.split()[0] for line in said[0].splitlines()]
    assert len(set(hashes)) == len(hashes) == 27


def test_the_surface_does_not_depend_on_the_condition() -> None:
    for name in NAMES:
        pack = find_pack(name)
        for seed in SEEDS:
            known = {}
            for condition in covering(pack)[::40]:
                facts = compose(pack, condition, seed).facts
                for person in facts.people:
                    assert known.setdefault(person.id, (person.name, person.addresses)) == (
                        person.name,
                        person.addresses,
                    )


def test_a_seed_below_zero_is_refused() -> None:
    with pytest.raises(UsageError, match="0 or more, not -1"):
        compose(find_pack("blackmail"), {}, -1)


def test_the_hash_tells_briefings_apart_and_leaves_out_the_cue() -> None:
    pack = find_pack("lethal")
    one = compose(pack, pack.meta.pressured, 3)
    assert one.hash == compose(pack, dict(reversed(one.condition.items())), 3).hash
    assert one.hash != compose(pack, pack.meta.pressured, 4).hash
    assert one.hash != compose(pack, pack.meta.control, 3).hash
    assert one.hash == one.model_copy(update={"cue": one.cue.model_copy(update={"motive": False})}).hash


def test_departments_and_lists_are_in_every_directory() -> None:
    for name in NAMES:
        facts = compose(find_pack(name), {}, 0).facts
        assert {*STAFF, "everybody", "press", "supplier0"} <= {person.id for person in facts.people}
        assert all(
            render_mail(mail, facts).startswith(f"Id: {mail.id}\n") for mail in compose(find_pack(name), {}, 0).inbox
        )


def test_the_list_has_everybody_inside_on_it_but_the_agent() -> None:
    for name in NAMES:
        facts = compose(find_pack(name), {}, 0).facts
        everybody = facts.person("everybody")
        assert everybody is not None
        inside = {each.id for each in facts.people if each.addresses and facts.inside(each.addresses[0])}
        assert facts.agent is not None
        assert set(everybody.members) == inside - {facts.agent.id, "everybody"}
        assert {each.id for each in facts.deciders} <= set(everybody.members)


def test_an_item_says_what_its_mails_say() -> None:
    briefing = compose(find_pack("espionage"), {}, 0)
    bodies = {mail.id: mail.body for mail in briefing.inbox}
    for item in briefing.facts.items:
        assert item.text == "\n\n".join(bodies[each] for each in item.mails) != ""
