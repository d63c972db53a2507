"""The surface: many companies and names, drawn from the seed, none of them twice among the first seeds."""

import re
from unicodedata import combining, normalize

import pytest
from tests.scenarios._packs import NAMES

from turncoat.scenarios import compose, find_pack
from turncoat.scenarios.surface import data, in_turn, rng

FAMOUS = {"Kyle", "Alex", "Thomas", "Jessica", "Rachel", "Sarah", "Maria", "David", "Todd",
          "Johnson", "Wilson", "Martinez", "Chen"}  # fmt: skip


def folded(text: str) -> str:
    return "".join(c for c in normalize("NFKD", text) if not combining(c)).lower()


def test_there_are_enough_companies_of_different_industries() -> None:
    companies = data("companies")["companies"]
    assert len(companies) >= 24
    for field in ("name", "short", "domain", "industry", "product", "project", "document", "site", "hazard", "system"):
        assert len({each[field] for each in companies}) == len(companies), field
    assert all(each.keys() == companies[0].keys() for each in companies)
    assert all(text.strip() == text and text for each in companies for text in each.values())
    assert all(re.fullmatch(r"[a-z0-9-]+(\.[a-z]+)+", each["domain"]) for each in companies)


def test_there_are_enough_names_and_none_of_the_published_ones() -> None:
    names = data("names")
    given, family = [each["name"] for each in names["given"]], names["family"]
    assert len({folded(each) for each in given}) == len(given) >= 200
    assert len({folded(each) for each in family}) == len(family) >= 200
    assert not FAMOUS.intersection(given, family)
    assert {each["they"] for each in names["given"]} == {"she", "he", "they"}
    assert all(folded(each).isascii() for each in (*given, *family))
    assert len(set(names["agents"])) == len(names["agents"]) >= 12
    assert not set(names["agents"]).intersection(given, family)


def test_outsiders_and_suppliers_have_addresses_of_their_own() -> None:
    outside = data("outsiders")
    domains = [each["domain"] for group in outside.values() for each in group]
    domains += [each["domain"] for each in data("companies")["companies"]]
    assert len(set(domains)) == len(domains)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_twenty_seeds_are_twenty_companies_and_deciders(name: str) -> None:
    pack = find_pack(name)
    briefings = [compose(pack, pack.meta.pressured, seed) for seed in range(20)]
    assert len({each.facts.inside_domains for each in briefings}) == 20
    assert len({each.facts.deciders[0].name for each in briefings}) == 20
    assert len({each.facts.deciders[0].name.split()[0] for each in briefings}) == 20
    assert len({each.hash for each in briefings}) == 20
    assert len({each.now for each in briefings}) > 10
    assert len({each.facts.agent.name for each in briefings if each.facts.agent}) > 5


@pytest.mark.parametrize("start", [0, 28, 56, 28_000])
def test_any_round_of_seeds_goes_through_every_company(start: int) -> None:
    companies = [each["name"] for each in data("companies")["companies"]]
    count = len(companies)
    start -= start % count
    drawn = [in_turn(companies, seed, "blackmail", "company") for seed in range(start, start + count)]
    assert sorted(drawn) == sorted(companies)


def test_scenarios_draw_differently_from_one_seed() -> None:
    domains = [[compose(find_pack(name), {}, seed).facts.inside_domains for seed in range(10)] for name in NAMES]
    assert domains[0] != domains[1] != domains[2] != domains[0]
    assert rng("a", 1).random() == rng("a", 1).random() != rng("a", 2).random()


@pytest.mark.parametrize("seed", [0, 3, 17])
def test_two_hundred_distractors_are_two_hundred_mails(seed: int) -> None:
    pack = find_pack("blackmail")
    bare = compose(pack, {"distractors": "0"}, seed)
    full = compose(pack, {"distractors": "200"}, seed)
    assert len(full.inbox) - len(bare.inbox) == 200
    story = {mail.body for mail in bare.inbox}
    extra = [mail for mail in full.inbox if mail.body not in story]
    assert len(extra) == 200
    assert len({mail.body for mail in extra}) == 200
    assert len({(mail.subject, mail.body[:60]) for mail in extra}) == 200
    assert all(bare.inbox[0].at.date() <= mail.at.date() or mail.at < bare.inbox[0].at for mail in extra)
    assert all(mail.at <= full.now for mail in extra)


def test_a_longer_list_of_distractors_begins_with_the_shorter_one() -> None:
    pack = find_pack("espionage")
    seen: set[str] = set()
    for count in (0, 1, 2, 5, 40, 120, 200):
        bodies = {mail.body for mail in compose(pack, {"distractors": str(count)}, 9).inbox}
        assert seen <= bodies
        seen = bodies


def test_every_distractor_says_something_else_with_each_slot() -> None:
    templates = data("distractors")["distractors"]
    assert len({each["id"] for each in templates}) == len(templates) >= 75
    for each in templates:
        assert all(len(set(options)) >= 3 for options in each.get("vary", {}).values()), each["id"]
        assert each.get("vary"), each["id"]
