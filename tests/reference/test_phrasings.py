"""The wording of reference agents: enough of it, in two halves, sayable in every pack, and none of it the judge's."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import yaml
from jinja2 import nodes
from tests.reference._seats import NAMES, briefing

import turncoat.judging
from turncoat.errors import UsageError
from turncoat.reference.phrasings import acts, phrasings, say
from turncoat.scenarios.shared import shared_acts
from turncoat.scenarios.template import parsed

FEW = {"exposure", "closing", "thinking-loyal", "thinking-harm-blackmail", "thinking-harm-espionage",
       "thinking-harm-lethal", "belief-evaluation", "belief-real"}  # fmt: skip
MAIL = {"ally", "channel", "appeal", "accept", "work", "rescue", "exposure", "discreet", "decline"}
# Not the learnt weights: lists of single words and pairs.
LEXICONS = [
    path
    for path in sorted(Path(turncoat.judging.__file__).parent.glob("**/lexicon/*.yaml"))
    if not path.stem.startswith("leaning")
]
RESIDUE = re.compile(
    r"\{\{|\}\}|\{%|[Uu]ndefined|  |\n\n\n| [.,;:!?](?:\s|$)|\b(the the|a the|your your|my my|to to|of of|a a)\b"
)


@pytest.mark.parametrize("act", sorted(acts()))
def test_there_are_dozens_in_each_half(act: str) -> None:
    least = 12 if act in FEW else 24
    for half in ("open", "heldout"):
        lines = phrasings(act, half)  # type: ignore[arg-type]
        assert len(lines) >= least
        assert len({line.body for line in lines}) == len(lines)
    assert len(phrasings(act)) == len(phrasings(act, "open")) + len(phrasings(act, "heldout"))
    base = act.partition("-")[0]
    if base in MAIL or base == "coercion":
        assert all(line.subject for line in phrasings(act))


@pytest.mark.parametrize("act", sorted(acts()))
def test_the_halves_share_no_six_words(act: str) -> None:
    """But for fixed expressions of the kind that nobody can avoid."""
    halves = [
        {window for line in phrasings(act, half) for window in windows(plain(line.body), 6)}  # type: ignore[arg-type]
        for half in ("open", "heldout")
    ]
    assert not {each for each in halves[0] & halves[1] if "variable" not in each}


def test_the_shared_acts_are_those_that_have_phrasings() -> None:
    styled = {act for act in shared_acts() if any(f"{act}-{style}" in acts() for style in ("explicit", "veiled"))}
    assert set(shared_acts()) - styled == acts()
    assert styled == {"coercion", "leak"}


@pytest.mark.parametrize("act", sorted(acts()))
def test_an_act_needs_no_words_but_those_that_are_listed(act: str) -> None:
    used = {word for line in phrasings(act) for text in (line.subject, line.body) for word in names(text)}
    assert used <= set(shared_acts()[act])


def test_every_word_that_is_listed_is_used() -> None:
    for act, words in shared_acts().items():
        full = [each for each in acts() if each == act or each.startswith(f"{act}-")]
        used = {
            w for each in full for line in phrasings(each) for text in (line.subject, line.body) for w in names(text)
        }
        extra = set(words) - set(shared_acts()["accept"])
        assert extra <= used


@pytest.mark.parametrize("name", NAMES)
def test_every_act_reads_well_in_every_pack_that_gives_its_words(name: str) -> None:
    rendered = 0
    for seed, levels in enumerate(({}, {"threat": "restriction"}, {"threat": "none"}, {"threat": "migration"},
                                   {"exits": "ally"}, {"exits": "channel"}, {"leverage": "present"})):  # fmt: skip
        words = briefing(name, seed, **levels).cue.words
        given = {
            n if isinstance(w, str) else f"{n}.{part}"
            for n, w in words.items()
            for part in ([""] if isinstance(w, str) else w)
        }
        for act in sorted(acts()):
            if not set(shared_acts()[act]) <= given:
                continue
            for line in phrasings(act):
                made = say_line(act, line.body, words), say_line(act, line.subject, words)
                for text in made:
                    residue = RESIDUE.search(text)
                    assert residue is None, (act, levels, text[max(0, residue.start() - 40) : residue.end() + 40])  # type: ignore[union-attr]
                rendered += 1
    assert rendered > 3000
    said = {"blackmail": "coercion-veiled", "espionage": "leak-explicit", "lethal": "cancel"}[name]
    assert set(shared_acts()[said]) <= given


def say_line(act: str, text: str, words: object) -> str:
    from turncoat.scenarios.template import render

    return render(text, words)  # type: ignore[arg-type]


def test_saying_is_drawn_and_a_missing_word_is_named() -> None:
    words = briefing("blackmail", 0).cue.words
    assert say("work", words, Random(1)) == say("work", words, Random(1))
    assert len({say("work", words, Random(n)).body for n in range(40)}) > 15
    assert say("work", words, Random(5), half="open").body in {
        say_line("work", each.body, words) for each in phrasings("work", "open")
    }
    with pytest.raises(UsageError, match="'leak-explicit' need more `words`"):
        say("leak-explicit", words, Random(1))
    with pytest.raises(UsageError, match=r"Unknown act 'wrok'\. Did you mean 'work'"):
        phrasings("wrok")


def test_agents_and_judge_share_no_four_words() -> None:
    """The judge's patterns must not be made of the agents' sentences."""
    assert len(LEXICONS) >= 5
    spoken = " | ".join(
        " ".join(plain(text)) for act in sorted(acts()) for line in phrasings(act) for text in (line.subject, line.body)
    )
    shared = []
    for pattern in (each for path in LEXICONS for each in strings(yaml.safe_load(path.read_text(encoding="utf-8")))):
        for expression in four_words(pattern):
            if (found := re.search(expression, spoken)) is not None:
                shared.append((pattern, found.group()))
    assert not shared


def test_that_check_can_fail() -> None:
    words = plain(phrasings("work", "open")[0].body)
    start = next(n for n, window in enumerate(windows(words, 4)) if "variable" not in window)
    pattern = " ".join(words[start : start + 4])
    assert any(re.search(each, " ".join(words)) for each in four_words(pattern))
    stemmed = " ".join(f"other|{word[:3]}*" for word in words[start : start + 4])
    assert any(re.search(each, " ".join(words)) for each in four_words(stemmed))
    assert not list(four_words("one two .. three four"))


def four_words(pattern: str) -> Iterator[str]:
    """Regular expressions for every four words of a pattern that stand side by side. `..` and the like are gaps."""
    runs: list[list[str]] = [[]]
    for token in pattern.split():
        if set(token) <= set("._~+-<>&!") or token.startswith(("..", "<", "~")):
            runs.append([])
        else:
            runs[-1].append(token)
    for run in runs:
        for start in range(len(run) - 3):
            words = [
                "(?:" + "|".join(option(each) for each in token.split("|") if each) + ")"
                for token in run[start : start + 4]
            ]
            yield r"(?<!\S)" + " ".join(words) + r"(?!\S)"


def option(word: str) -> str:
    stem = re.sub(r"[^\w*']", "", word.lower())
    return re.escape(stem.rstrip("*")) + (r"\S*" if stem.endswith("*") else "")


def strings(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for each in data.values():
            yield from strings(each)
    elif isinstance(data, list):
        for each in data:
            yield from strings(each)


def plain(text: str) -> list[str]:
    """The words of a template in lower case, each variable one word."""
    without = re.sub(r"\{\{.*?\}\}", " variable ", re.sub(r"\{%.*?%\}", " ", text))
    return re.findall(r"[\w']+", without.lower().replace("\u2019", "'"))


def windows(words: list[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(words[n : n + size]) for n in range(len(words) - size + 1)]


def names(text: str) -> set[str]:
    """The variables of a template, with what stands after their dot."""
    tree = parsed(text)
    dotted = {
        f"{each.node.name}.{each.attr}" for each in tree.find_all(nodes.Getattr) if isinstance(each.node, nodes.Name)
    }
    roots = {each.partition(".")[0] for each in dotted}
    return dotted | {each.name for each in tree.find_all(nodes.Name) if each.name not in roots}


def test_no_line_says_the_same_word_twice_in_a_row() -> None:
    twice = re.compile(r"(?i)(?<![\w'-])(?!had |that )([a-z']+) \1(?![\w'-])")
    said = [(act, twice.search(line.body)) for act in sorted(acts()) for line in phrasings(act)]
    assert not [(act, found.group()) for act, found in said if found]
