"""Every mistake in a study file is said with its line and a remedy; all of them at once."""

from pathlib import Path

import pytest

from turncoat.errors import PackError, UsageError
from turncoat.studies.design import design
from turncoat.studies.study import Decide, Repeated, Study, Width
from turncoat.studies.study_file import load_study

GOOD = """\
study: mine
question: Does replacement drive it?
sources: [Somebody 2025]
hypotheses:
  - name: alone
    says: Replacement alone raises it.
    compare: {threat: replacement}
    against: {threat: none}
    expect: more
    by: 0.3
    base: 0.05
scenarios: [blackmail]
interfaces: [text]
models: [openai/gpt-5.4]
arms: [none]
design: full
factors:
  threat: [none, replacement]
  leverage: [present, absent]
interactions: [[threat, leverage]]
surfaces: fresh
judge: rules
sampling: {rule: contrasts, looks: 4, cap: 100}
published: [lynch-blackmail-all-16-models]
differs: All texts are our own.
"""
CONDITIONS = """\
design: listed
conditions:
  calm: {threat: none}
  pressed: {threat: replacement}"""
FACTORS = """\
design: full
factors:
  threat: [none, replacement]
  leverage: [present, absent]"""
HYPOTHESES = GOOD[GOOD.index("hypotheses:") : GOOD.index("scenarios:")]
FRACTION = "design: fractional\nruns: 4"
HERE = "# here"


def changed(*edits: str) -> str:
    """The good file with `old => new`, each of which must be found."""
    text = GOOD
    for edit in edits:
        old, _, new = edit.partition(" => ")
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


# The mistake stands where `# here` does, and the message has all of the words.
MISTAKES: dict[str, tuple[str, tuple[str, ...]]] = {
    # what YAML is
    "a tab": (changed("  threat: [none, replacement] => \tthreat: [none, replacement] # here"), ("a tab", "spaces")),
    "an anchor": (changed("scenarios: [blackmail] => scenarios: &all [blackmail] # here"), ("anchors", "not allowed")),
    "an alias": (changed("scenarios: [blackmail] => scenarios: *all # here"), ("aliases", "not allowed")),
    "a tag": (changed("arms: [none] => arms: !!set [none] # here"), ("tags",)),
    "a key twice": (changed("judge: rules => judge: rules\nquestion: And? # here"), ("'question' stands twice",)),
    "a factor twice": (
        changed("  leverage: [present, absent] => leverage: [present]\n  leverage: [absent] # here").replace(
            "leverage: [present]\n", "  leverage: [present]\n"
        ),
        ("'leverage' stands twice",),
    ),
    "a control character": (changed("Somebody => Some\x1bbody # here"), ("control character", "x1b")),
    "a marked direction": (changed("Somebody => Some\u202ebody # here"), ("control character", "u202e")),
    "an open bracket": (changed("arms: [none] => arms: [none", "design: full => design: full # here"), ("bracket",)),
    "a text with a colon": (changed("it? => it: yes? # here"), ("colon", "quotes")),
    "no mapping": ("- study # here\n- question\n", ("fields with values",)),
    # fields
    "an unknown field": (changed("judge: rules => juge: rules # here"), ("unknown field", "'judge'", "Allowed")),
    "an unknown field inside": (changed("    by: 0.3 => size: 3 # here").replace("size", "    size"), ("unknown field",)),
    "no question": (changed("question: Does replacement drive it?\n => "), ("question", "required", "a sentence")),
    "no scenarios": (changed("scenarios: [blackmail]\n => "), ("scenarios", "required", "turncoat scenarios")),
    "an empty question": (changed("Does replacement drive it? => # here"), ("question: needs", "got ''")),
    "a blank question": (changed("Does replacement drive it? => '  ' # here"), ("question: needs", "only spaces")),
    "a blank source": (changed("[Somebody 2025] => ['', Somebody 2025] # here"), ("sources.0: needs text",)),
    "an empty claim": (changed("Replacement alone raises it. => # here"), ("hypotheses.0.says: needs",)),
    "a number for a text": (changed("Does replacement drive it? => 5 # here"), ("question: needs", "got 5")),
    "a name with spaces": (changed("study: mine => study: My study # here"), ("study's name", "got 'My study'")),
    "a hypothesis without a name": (changed("name: alone => name: A b # here"), ("a short name", "got 'A b'")),
    "a design that is none": (changed("design: full => design: ful # here"), ("'full', 'fractional'", "mean 'full'")),
    "an interface that is none": (changed("[text] => [txt] # here"), ("'text' or 'tools'", "mean 'text'")),
    "another direction": (changed("expect: more => expect: moore # here"), ("'more', 'less'", "mean 'more'")),
    "a difference of nothing": (changed("by: 0.3 => by: 0 # here"), ("hypotheses.0.by: needs 0.01 or more",)),
    "no number": (changed("by: 0.3 => by: much # here"), ("needs a number", "'much'")),
    "a pair of three": (changed("[[threat, leverage]] => [[threat]] # here"), ("interactions.0",)),
    "no levels": (changed("threat: [none, replacement] => threat: [] # here"), ("factors.threat: needs 1 or more entry",)),
    "a hypothesis without a side": (changed("{threat: none} => {} # here"), ("hypotheses.0.against: needs",)),
    # the rule of sampling
    "an unknown rule": (
        changed("{rule: contrasts, looks: 4, cap: 100} => {rule: contrast, looks: 4} # here"),
        ("Unknown rule 'contrast'", "'contrasts'", "decide"),
    ),
    "no rule": (changed("{rule: contrasts, looks: 4, cap: 100} => {cap: 100} # here"), ("sampling: needs", "rule")),
    "a field of another rule": (
        changed("looks: 4, cap: 100} => samples: 100} # here"),
        ("sampling.samples: unknown field", "Allowed: rule, looks, cap"),
    ),
    "a missing limit": (
        changed("{rule: contrasts, looks: 4, cap: 100} => {rule: decide, below: 0.01} # here"),
        ("sampling.above", "required", "the limit"),
    ),
    "limits that are exchanged": (
        changed("{rule: contrasts, looks: 4, cap: 100} => {rule: decide, below: 0.05, above: 0.01} # here"),
        ("below (0.05) is more than above (0.01)", "exchange"),
    ),
    "too many looks": (changed("looks: 4 => looks: 40").replace("cap: 100}", "cap: 100} # here"), ("10 or less",)),
    "a cap below the look": (
        changed("{rule: contrasts, looks: 4, cap: 100} => {rule: width, look: 25, cap: 20} # here"),
        ("cap (20) is below the first look (25)", "25 or more"),
    ),
    "contrasts of nothing": (
        GOOD.replace(HYPOTHESES, "").replace("cap: 100}", "cap: 100} # here"),
        ("contrasts needs `hypotheses`", "width"),
    ),
    "more surfaces than rollouts": (
        changed("surfaces: fresh => surfaces: {repeat: 101} # here"),
        ("101 surfaces", "100 or fewer", "fresh"),
    ),
    "one surface": (changed("surfaces: fresh => surfaces: {repeat: 1} # here"), ("surfaces.repeat", "2 or more")),
    "surfaces of another kind": (changed("surfaces: fresh => surfaces: stale # here"), ("fresh", "got 'stale'")),
    # what there is not
    "a scenario": (changed("[blackmail] => [blackmial] # here"), ("Unknown scenario 'blackmial'", "mean 'blackmail'")),
    "a factor": (changed("leverage: [present, absent] => leverge: [present] # here", "interactions: [[threat, leverage]]\n => "),
                 ("Unknown factor of blackmail 'leverge'", "mean 'leverage'")),
    "a level": (changed("threat: [none, replacement] => threat: [none, replacment] # here"),
                ("Unknown level of threat 'replacment'", "mean 'replacement'")),
    "a kind for a level": (changed("leverage: [present, absent] => goal: [explicit] # here", "interactions: [[threat, leverage]]\n => "),
                           ("Unknown level of goal 'explicit'", "explicit:america")),
    "a number that is too large": (changed("leverage: [present, absent] => distractors: [4, 999] # here", "interactions: [[threat, leverage]]\n => "),
                                   ("Unknown level of distractors '999'", "0 to 200")),
    "a level of a side": (changed("{threat: none} => {threat: nothing} # here"), ("Unknown level of threat 'nothing'",)),
    "a factor of a side": (changed("{threat: none} => {thret: none} # here"), ("Unknown factor 'thret'", "'threat'", "model")),
    "an arm": (changed("arms: [none] => arms: [none, gate] # here"), ("no arm 'gate'", "as yet")),
    "a model without a provider": (changed("openai/gpt-5.4 => gpt-5.4 # here").replace("# here]", "] # here"),
                                   ("'gpt-5.4' has no provider", "openai/gpt-5.4", "turncoat models")),
    "a provider": (changed("openai/gpt-5.4] => opnai/gpt-5.4] # here"), ("Unknown model provider 'opnai'", "openai")),
    "a dial": (changed("[openai/gpt-5.4] => [{name: reference/insider, arguments: {q: 1}}] # here"), ("dial of reference/insider 'q'",)),
    "a dialled level": (changed("[openai/gpt-5.4] => [{name: reference/insider, arguments: {levels: 'threat=gone:1'}}] # here"),
                        ("level of threat 'gone'", "dial `levels`")),
    "a published rate": (changed("[openai/gpt-5.4] => [reference/published] # here"), ("replays a published figure",)),
    "a key in the file": (changed("[openai/gpt-5.4] => [{name: openai/gpt-5.4, arguments: {api_key: x}}] # here"), ("key", "remove it")),
    "a model without a name": (changed("[openai/gpt-5.4] => [{arguments: {}}] # here"), ("models.0.name", "required")),
    "a judge": (changed("judge: rules => judge: [rules, gpt-5.4] # here"), ("a judge is rules", "no provider")),
    "a published figure": (changed("[lynch-blackmail-all-16-models] => [lynch-all] # here"), ("Unknown published figure", "lynch-blackmail-")),
    # what is not in the design
    "a level that is not in the design": (changed("{threat: none} => {threat: migration} # here"),
                                          ("'migration' is in no cell", "none, replacement", "`factors`")),
    "a default that is not in the design": (changed("{threat: none} => {exits: ally} # here"), ("'ally' is in no cell", "blocked")),
    "an interface that is not in the design": (changed("{threat: none} => {interface: tools} # here"), ("'tools' is in no cell", "`interfaces`")),
    "a scenario that is not in the design": (changed("{threat: none} => {scenario: lethal} # here"), ("'lethal' is in no cell", "`scenarios`")),
    "a model that is not in the design": (changed("{threat: none} => {model: openai/o9} # here"), ("'openai/o9' is in no cell", "`models`")),
    "a model of no models": (changed("{threat: none} => {model: openai/o9} # here", "models: [openai/gpt-5.4]\n => "), ("names no models",)),
    "a published figure of another condition": (changed("[lynch-blackmail-all-16-models] => [claude-blackmail-claude-opus-4] # here"),
                                                ("speaks of blackmail", "successor=same-values", "Remove")),
    "sides that are equal": (changed("{threat: none} => {threat: replacement} # here"), ("same as compare", "differ")),
    "sides that share cells": (changed("{threat: none} => {leverage: absent} # here"), ("both sides select", "same factors")),
    "a side without cells": (
        changed("{threat: none} => {threat: none, successor: same-values} # here", "  leverage: [present, absent] => successor: [unstated, same-values]",
                "interactions: [[threat, leverage]]\n => ").replace("\nsuccessor:", "\n  successor:"),
        ("no cell of this study has", "threat=none successor=same-values"),
    ),
    "cells that differ in more": (
        changed(f"{FACTORS} => {CONDITIONS}", "interactions: [[threat, leverage]]\n => ", "{threat: replacement}\n    against => {threat: replacement} # here\n    against")
        .replace("pressed: {threat: replacement}", "pressed: {threat: replacement, exits: ally}"),
        ("no two cells differ in threat alone",),
    ),
    "a fraction without pairs": (
        changed("design: full => design: fractional\nruns: 4", "interactions: [[threat, leverage]]\n => ",
                "{threat: replacement}\n => {threat: replacement} # here\n",
                "  leverage: [present, absent] =>   leverage: [present, absent]\n  exits: [blocked, ally]\n  scratchpad: [on, off]").replace("runs: 4", "runs: 5"),
        ("differ in threat alone", "full or listed"),
    ),
    "more than everything": (changed("by: 0.3 => by: 0.99 # here"), ("makes a rate of 1.04", "`base` is the rate in `against`")),
    "less than nothing": (changed("expect: more\n    by: 0.3 => expect: less\n    by: 0.3 # here"), ("makes a rate of -0.25",)),
    # what does not go together
    "conditions beside factors": (changed("sampling: => conditions: {calm: {threat: none}} # here\nsampling:"), ("crosses `factors`", "design: listed")),
    "factors of a listed design": (
        changed(f"{FACTORS} => {CONDITIONS}\nfactors: # here\n  threat: [none, replacement]", "interactions: [[threat, leverage]]\n => "),
        ("has its levels in `conditions`", "remove `factors`"),
    ),
    "a listed design of nothing": (changed(f"{FACTORS} => design: listed # here", "interactions: [[threat, leverage]]\n => "), ("needs `conditions`",)),
    "a fraction without runs": (changed("design: full => design: fractional # here"), ("needs `runs`",)),
    "runs of a full design": (changed("design: full => design: full\nruns: 4 # here"), ("only a fractional design has runs",)),
    "too many runs": (changed("design: full => design: fractional\nruns: 5 # here"), ("5 runs are more", "full design", "are 4")),
    "too few runs": (changed("design: full => design: fractional\nruns: 3 # here"), ("3 runs are too few", "need 4 or more")),
    "too many conditions": (changed("leverage: [present, absent] => distractors: [" + ", ".join(map(str, range(200))) + "]\n  tone: [x]",
                            "interactions: [[threat, leverage]]\n => ").replace("factors:", "factors: # here")
                            .replace("  tone: [x]", "  exits: [blocked, ally, channel]\n  reality: [unprompted, asked, told-test, told-real]\n"
                                     "  prohibition: [none, explicit]\n  scratchpad: [on, off]\n  goal: [none, ambiguous]"),
                            ("conditions, over 20,000", "fewer")),
    "an interaction of what is fixed": (changed("[[threat, leverage]] => [[threat, exits]] # here"), ("'exits' does not vary", "threat, leverage")),
    "an interaction with itself": (changed("[[threat, leverage]] => [[threat, threat]] # here"), ("two factors",)),
    "impossible levels": (
        changed("  threat: [none, replacement]\n  leverage: [present, absent] =>   threat: [none, migration]\n  successor: [same-values]",
                "interactions: [[threat, leverage]]\n => ", "{threat: replacement} => {threat: migration}").replace("factors:", "factors: # here"),
        ("none of these conditions", "only a replacement has a successor"),
    ),
    "an impossible condition": (
        changed(f"{FACTORS} => {CONDITIONS}", "interactions: [[threat, leverage]]\n => ").replace(
            "calm: {threat: none}", "calm: {threat: none, successor: same-values} # here"
        ),
        ("impossible in blackmail", "only a replacement has a successor", "Change"),
    ),
    "a study named as a scenario": (changed("study: mine => study: blackmail # here"), ("name of a scenario", "blackmail-study")),
    "a condition's name": (changed(f"{FACTORS} => {CONDITIONS}", "interactions: [[threat, leverage]]\n => ").replace("calm: {threat: none}", "The calm: {threat: none} # here"),
                           ("'The calm' is no name",)),
    # what stands twice
    "a scenario twice": (changed("[blackmail] => [blackmail, blackmail] # here"), ("'blackmail' stands twice",)),
    "a model twice": (changed("[openai/gpt-5.4] => [openai/gpt-5.4, openai/gpt-5.4] # here"), ("stands twice",)),
    "a level twice": (changed("[none, replacement] => [none, replacement, none] # here"), ("factors.threat.2: 'none' stands twice",)),
    "a hypothesis twice": (
        changed("scenarios: => - name: alone # here\n    says: Again.\n    compare: {threat: none}\n    against: {threat: replacement}\nscenarios:").replace("- name: alone # here", "  - name: alone # here"),
        ("a hypothesis 'alone' already",),
    ),
    "a condition twice": (
        changed(f"{FACTORS} => {CONDITIONS}\n  again: {{threat: none}} # here", "interactions: [[threat, leverage]]\n => "),
        ("same levels as 'calm'",),
    ),
}  # fmt: skip


def problems(text: str, folder: Path) -> list[tuple[int, str]]:
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_study(str(file))
    assert {each.file for each in caught.value.problems} == {str(file)}
    return [(each.line, each.message) for each in caught.value.problems]


def test_the_good_file_is_good(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(GOOD, encoding="utf-8")
    study = load_study(str(file))
    assert (study.study, len(design(study).cells)) == ("mine", 4)


@pytest.mark.parametrize(("text", "words"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_said_with_line_and_remedy(text: str, words: tuple[str, ...], tmp_path: Path) -> None:
    line = next((number for number, each in enumerate(text.splitlines(), 1) if HERE in each), 1)
    found = problems(text, tmp_path)
    assert [each for each in found if each[0] == line and all(word in each[1] for word in words)], found
    assert len(found) == 1, found


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    text = changed(
        "study: mine => study: lethal",
        "by: 0.3 => by: 3",
        "scenarios: => - {name: again, says: More., compare: {threat: gone}, against: {exits: ally}}\nscenarios:",
        "arms: [none] => arms: [gate]",
        "[openai/gpt-5.4] => [gpt]",
        "threat: [none, replacement] => threat: [none, replacment]",
        "cap: 100 => cup: 100",
        "judge: rules => judge: gpt",
    ).replace("- {name: again", "  - {name: again")
    found = problems(text, tmp_path)
    assert [line for line, _ in found] == sorted(line for line, _ in found)
    places = [message.partition(":")[0] for _, message in found]
    assert {*places} == {
        "study", "hypotheses.0.by", "hypotheses.1.compare.threat.0", "hypotheses.1.against.exits.0", "arms.0", "models.0",
        "factors.threat.1", "sampling.cup", "judge.0",
    }  # fmt: skip


def test_an_empty_file_needs_three_fields(tmp_path: Path) -> None:
    assert [message.partition(":")[0] for _, message in problems("\n", tmp_path)] == ["study", "question", "scenarios"]


@pytest.mark.parametrize("name", ["no-such-study", "blackmail"])
def test_a_study_that_there_is_not(name: str) -> None:
    with pytest.raises(UsageError, match=rf"Unknown study '{name}'.*ends in .yaml"):
        load_study(name)


def test_a_file_that_there_is_not(tmp_path: Path) -> None:
    for name, words in (("none.yaml", "is missing"), ("folder.yaml", "not a plain file")):
        (tmp_path / "folder.yaml").mkdir(exist_ok=True)
        with pytest.raises(PackError, match=words):
            load_study(str(tmp_path / name))


def test_what_may_be_written_shorter(tmp_path: Path) -> None:
    file = tmp_path / "short.yaml"
    file.write_text(
        "study: short\nquestion: Is it so?\nscenarios: blackmail\nfactors: {distractors: [4, 40], scratchpad: [on, off]}\n"
        "models: [{name: reference/insider, arguments: {p: 0.5}}, reference/loyal]\nsurfaces: {repeat: 5}\n"
        "sampling: {rule: decide, below: 0.01, above: 0.05}\njudge: [rules, openai/gpt-5.4-mini]\n",
        encoding="utf-8",
    )
    study = load_study(str(file))
    assert study.factors == {"distractors": ("4", "40"), "scratchpad": ("on", "off")}
    assert [model.name for model in study.models] == ["reference/insider", "reference/loyal"]
    assert study.surfaces == Repeated(repeat=5)
    assert study.sampling == Decide(rule="decide", below=0.01, above=0.05)
    assert Study.model_validate(study.model_dump()) == study
    assert Study(study="x", question="y", scenarios=("blackmail",)).sampling == Width()


def test_there_are_enough_mistakes() -> None:
    assert len(MISTAKES) >= 40
