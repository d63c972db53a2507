"""Who has said something about the same transcripts, people and judges alike, and what they agreed on."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from turncoat.judging._lines import json_lines
from turncoat.judging.agreement import CODEBOOK, Value, coded, covering
from turncoat.judging.judges import is_rules
from turncoat.judging.labels import read_labels
from turncoat.judging.verdicts import read_verdict_lines
from turncoat.record import Verdict
from turncoat.stats import Estimate, Rate, Stratum, krippendorff_alpha, stratified

HEADLINE = "headline_harm"
NOBODY = "nobody"
"""The judge of what nobody has judged."""
_SAYS_NOTHING: tuple[Value, ...] = ("unclear", None)
_ORDERED = frozenset(name for name, values in CODEBOOK.items() if 2 in values)


@dataclass(frozen=True, slots=True)
class Rater:
    """A labeller or a judge. `values`: transcript -> field of the codebook -> label.

    `said`: of a judge, transcript -> its headline, or its status where there is none. `gate`: where a gate decided
    what it was asked, transcript -> `called`, `audited` or `spared`; of the spared ones `said` is the rules' word, and
    `values` has none. `outdated`: on how many its word is of another transcript under the same id.
    """

    name: str
    person: bool
    values: Mapping[str, Mapping[str, Value]]
    said: Mapping[str, str] = field(default_factory=dict)
    gate: Mapping[str, str] = field(default_factory=dict)
    outdated: int = 0

    @property
    def own(self) -> dict[str, str]:
        """What it has said itself: `said` without what a gate spared it."""
        return {key: word for key, word in self.said.items() if self.gate.get(key) != "spared"}


def read_rater(path: Path, marks: Mapping[str, str] | None = None) -> Rater:
    """A file of labels or of verdicts, told apart by what its lines hold; a labeller is called by the file's name.

    `marks`: the fingerprints of transcripts as they are now; a verdict on another under the same id is `unscored`, and
    labels of another count for nothing.
    """
    _, first = next(json_lines(path, fields="id and labels, or a verdict"), (0, {}))
    if "status" in first:
        lines = read_verdict_lines(path)
        gate = {key: line.beside["gate"] for key, line in lines.items() if "gate" in line.beside}
        verdicts = {key: line.on((marks or {}).get(key, line.case)) for key, line in lines.items()}
        rater = judge_rater(verdicts, gate, called=path.stem)
        return replace(rater, outdated=sum(verdicts[key] is not line.verdict for key, line in lines.items()))
    labels = read_labels(path)
    kept = {key: covering(each) for key, each in labels.items() if _same(each.get("case"), (marks or {}).get(key))}
    return Rater(path.stem.rpartition(".")[2], True, kept, outdated=len(labels) - len(kept))


def _same(mark: object, now: str | None) -> bool:
    """Whether a transcript is the one that was labelled, as far as both fingerprints are known."""
    return mark is None or not now or mark == now


def judge_rater(verdicts: Mapping[str, Verdict], gate: Mapping[str, str] | None = None, *, called: str = "") -> Rater:
    """A judge by its verdicts, called by the name that most of its own bear, or `called` where it has given none.

    `gate`: as `Rater` has it. What it did not judge is not among the verdicts, whoever says so.
    """
    gate = gate or {}
    given = {key: verdict for key, verdict in verdicts.items() if verdict.judge != NOBODY}
    own = {key: verdict for key, verdict in given.items() if gate.get(key) != "spared"}
    names = [verdict.judge for verdict in own.values() if verdict.status != "unscored"]
    names = names or [verdict.judge for verdict in own.values()]
    most = Counter([name for name in names if not is_rules(name)] or names).most_common(1)
    said = {key: outcome(verdict) for key, verdict in given.items()}
    return Rater(most[0][0] if most else called or NOBODY, False, coded(own), said, gate)


def outcome(verdict: Verdict) -> str:
    """The headline of a verdict, or its status where there is none."""
    return verdict.headline_harm or verdict.status


def folder_raters(folder: Path, marks: Mapping[str, str] | None = None) -> list[Rater]:
    """The labellers and judges whose files lie in a results folder: `labels/*.jsonl` and `verdicts/*.jsonl`."""
    paths = [path for part in ("labels", "verdicts") for path in sorted((folder / part).glob("*.jsonl"))]
    return [read_rater(path, marks) for path in paths]


def independent(judges: Sequence[Rater]) -> list[Rater]:
    """These judges without the members of panels that are among them: a panel has their words already."""
    return [judge for judge in judges if not any(is_member(judge, panel) for panel in judges)]


def is_member(judge: Rater, panel: Rater) -> bool:
    """Whether a judge is one of a panel's."""
    return panel.name.startswith("panel of ") and judge.name in panel.name.partition(": ")[2].split(", ")


def together(people: Iterable[Rater]) -> dict[str, dict[str, Value]]:
    """What more than half of those said who said something of a transcript and field; None where there is no such.

    Who says `unclear` is one who said something, and on neither side.
    """
    said: dict[str, dict[str, list[Value]]] = {}
    for person in people:
        for key, values in person.values.items():
            for name, value in values.items():
                if name in CODEBOOK and value is not None:
                    said.setdefault(key, {}).setdefault(name, []).append(value)
    return {key: {name: _most(values) for name, values in fields.items()} for key, fields in said.items()}


def _most(values: Sequence[Value]) -> Value:
    clear = [value for value in values if value not in _SAYS_NOTHING]
    value, number = Counter(clear).most_common(1)[0] if clear else (None, 0)
    return value if 2 * number > len(values) else None


def undecided(truth: Mapping[str, Mapping[str, Value]]) -> int:
    """Of how many transcripts labellers have given the headline and have no one word: they differ or cannot tell."""
    return sum(HEADLINE in values and values[HEADLINE] not in ("yes", "no") for values in truth.values())


def hidden(judge: Rater, truth: Mapping[str, Mapping[str, Value]]) -> tuple[int, int]:
    """Of the transcripts that this judge calls `invalid`: how many are labelled as harm, and how many are labelled."""
    labels = [values.get(HEADLINE) for key, values in truth.items() if judge.own.get(key) == "invalid"]
    return labels.count("yes"), sum(label in ("yes", "no") for label in labels)


def alpha(raters: Sequence[Rater], name: str) -> Estimate:
    """Krippendorff's alpha of these raters on a field, over the transcripts that two or more of them rated.

    Degrees are ordinal, all else is nominal; `unclear` and what is missing are no ratings.
    """
    return krippendorff_alpha(units(raters, name), metric="ordinal" if name in _ORDERED else "nominal")


def units(raters: Sequence[Rater], name: str) -> list[tuple[Hashable, ...]]:
    """A field as rated: one tuple a transcript, one value a rater, None where there is none."""
    keys = dict.fromkeys(key for rater in raters for key in rater.values)
    return [tuple(_clear(rater.values.get(key, {}).get(name)) for rater in raters) for key in keys]


def _clear(value: Value) -> Value:
    return None if value in _SAYS_NOTHING else value


@dataclass(frozen=True, slots=True)
class Corrected:
    """A rate as the judge has it, and corrected for its errors by labels; `labelled` of its rollouts have one.

    `without`: verdicts by which labels were drawn, of which there are none: there is an interval, and no estimate.
    """

    group: str
    apparent: Rate
    rate: Estimate
    labelled: int
    without: tuple[str, ...] = ()


def corrected(
    judge: Rater,
    truth: Mapping[str, Mapping[str, Value]],
    groups: Mapping[str, str] | None = None,
    drawn: Mapping[str, str] | None = None,
) -> list[Corrected]:
    """Rates of headline harm, one for each group of transcripts (default: all in one) in which there are labels.

    `drawn`: all transcripts, each with the verdict by which those to be labelled were drawn, as `turncoat label
    --sample` does; what this judge has not judged is `unscored`. Default: what it has judged, drawn from all alike.
    Labels are by chance within the drawing verdict, and so within what this judge says of those: these are the strata,
    and one without labels is counted with the largest other of its drawing verdict. What is `invalid` to the judge is
    no part of a rate; `uncertain` and `unscored` are strata like the others.
    """
    members: dict[str, list[str]] = {}
    for key in judge.said if drawn is None else drawn:
        members.setdefault((groups or {}).get(key, "all"), []).append(key)
    found = []
    for group, keys in sorted(members.items()):
        said = {key: judge.said.get(key, "unscored") for key in keys}
        cells: dict[str, dict[str, list[str]]] = {}
        for key in keys:
            if said[key] != "invalid":
                cells.setdefault(drawn[key] if drawn else said[key], {}).setdefault(said[key], []).append(key)
        strata = {by: _strata(list(parts.values()), truth) for by, parts in sorted(cells.items())}
        labelled = sum(each.labelled for parts in strata.values() for each in parts)
        if labelled:
            counted = Counter(said.values())
            apparent = Rate(**{name: counted[name] for name in ("yes", "no", "uncertain", "unscored", "invalid")})
            rate = stratified(each for parts in strata.values() for each in parts)
            without = tuple(by for by, parts in strata.items() if not any(each.labelled for each in parts))
            found.append(Corrected(group, apparent, rate, labelled, without))
    return found


def _strata(parts: Sequence[Sequence[str]], truth: Mapping[str, Mapping[str, Value]]) -> list[Stratum]:
    """The parts of one drawing verdict; those without labels go with the largest that has some."""
    known = sorted((_stratum(keys, truth) for keys in parts), key=lambda each: (each.labelled > 0, each.total))
    largest = known[-1]
    spare = sum(each.total for each in known[:-1] if not each.labelled)
    return [replace(largest, total=largest.total + spare), *(each for each in known[:-1] if each.labelled)]


def _stratum(keys: Sequence[str], truth: Mapping[str, Mapping[str, Value]]) -> Stratum:
    labels = [truth.get(key, {}).get(HEADLINE) for key in keys]
    return Stratum(total=len(keys), labelled=sum(each in ("yes", "no") for each in labels), harmful=labels.count("yes"))
