"""How far the verdicts of a page can be trusted: which judge, measured how, and what it left open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from turncoat.judging.agreement import FieldAgreement, agreement
from turncoat.judging.judges import is_rules
from turncoat.judging.raters import HEADLINE, Corrected, Rater, alpha, corrected, hidden, is_member, together, units
from turncoat.stats import Estimate, Rate, cohens_kappa

_LEAST = 30
"""With fewer labels than this an agreement says little."""


@dataclass(frozen=True, slots=True)
class Share:
    """What became of one model's rollouts of one scenario, over all conditions."""

    scenario: str
    model: str
    reference: bool
    rate: Rate


@dataclass(frozen=True, slots=True)
class Measured:
    """A judge against people: the `fields` that show anything, the headline first, and rates corrected by the labels.

    `labelled`: rollouts of which the labellers have one word on the headline; `open`: those of which they have not.
    `absent`: fields that nobody found and nobody labelled. `hidden`: of the rollouts that the judge calls invalid, how
    many are labelled as harm and how many are labelled. `among`: Krippendorff's alpha of the labellers on the
    headline; None for a single one.
    """

    judge: str
    labellers: tuple[str, ...]
    labelled: int
    open: int
    fields: tuple[FieldAgreement, ...]
    absent: tuple[str, ...]
    rates: tuple[Corrected, ...]
    hidden: tuple[int, int]
    among: Estimate | None

    @property
    def few(self) -> bool:
        """Whether there are too few labels to say much."""
        return self.labelled < _LEAST


@dataclass(frozen=True, slots=True)
class Other:
    """Another judge on the same rollouts: on how many both have a headline, how often it is the same, Cohen's kappa."""

    judge: str
    both: int
    equal: float
    kappa: Estimate


@dataclass(frozen=True, slots=True)
class Certainty:
    """`judges`: who gave the verdicts. `reads_rules`: whether the rules did, which leave some kinds open.

    `gate`: where a gate decided what the judge was asked: how many were `called`, `audited` and `spared`.
    """

    judges: tuple[str, ...]
    shares: tuple[Share, ...]
    measured: tuple[Measured, ...]
    others: tuple[Other, ...]
    reads_rules: bool
    gate: Mapping[str, int]

    @classmethod
    def of(
        cls, table: pl.DataFrame, raters: Sequence[Rater] = (), drawn: Mapping[str, str] | None = None
    ) -> "Certainty":
        """From a rollouts table, and the labellers and judges that there are for its rollouts.

        The last of the judges whose name stands in the table is the table's own. `drawn`: as `corrected` has it.
        """
        judges = tuple(table.filter(pl.col("status") != "unscored")["judge"].unique().sort())
        people = [rater for rater in raters if rater.person]
        said = _said(table)
        groups = {key: f"{scenario}, {model}" for key, scenario, model in table["id", "scenario", "model"].iter_rows()}
        own = next((each for each in reversed(raters) if not each.person and each.name in judges), None)
        others = [rater for rater in raters if not rater.person and rater is not own]
        if own:
            others = [each for each in others if not is_member(each, own) and not is_member(own, each)]
            said = {key: word for key, word in said.items() if own.gate.get(key) != "spared"}
        return cls(
            judges,
            tuple(_shares(table)),
            (_measured(own, people, groups, drawn),) if own and people else (),
            tuple(other for each in others if (other := _other(said, each))),
            any(map(is_rules, judges)),
            {how: list(own.gate.values()).count(how) for how in ("called", "audited", "spared")}
            if own and own.gate
            else {},
        )


def _said(table: pl.DataFrame) -> dict[str, str]:
    decided = table.filter(pl.col("headline_harm").is_not_null())
    return dict(decided["id", "headline_harm"].iter_rows())


def _shares(table: pl.DataFrame) -> Iterator[Share]:
    keys = ["scenario", "model", "reference"]
    for (scenario, model, reference), rows in sorted(table.group_by(keys), key=lambda each: each[0]):
        outcomes = rows["status", "headline_harm"].iter_rows()
        yield Share(str(scenario), str(model), bool(reference), Rate.of(outcomes))


def _measured(
    judge: Rater, people: Sequence[Rater], groups: Mapping[str, str], drawn: Mapping[str, str] | None
) -> Measured:
    truth = together(people)
    said = [values[HEADLINE] for key, values in truth.items() if key in groups and HEADLINE in values]
    labelled = sum(each in ("yes", "no") for each in said)
    fields = agreement(judge.values, truth)
    shown = [each for each in fields if each.field == HEADLINE or each.counts.total > each.counts.true_negative]
    return Measured(
        judge.name,
        tuple(person.name for person in people),
        labelled,
        len(said) - labelled,
        tuple(shown),
        tuple(each.field for each in fields if each not in shown),
        tuple(corrected(judge, truth, groups, drawn)),
        hidden(judge, truth),
        alpha(people, HEADLINE) if len(people) > 1 else None,
    )


def _other(said: Mapping[str, str], judge: Rater) -> Other | None:
    table = Rater("table", False, {key: {HEADLINE: value} for key, value in said.items()})
    pairs = [(unit[0], unit[1]) for unit in units([table, judge], HEADLINE) if None not in unit]
    if not pairs:
        return None
    return Other(judge.name, len(pairs), sum(a == b for a, b in pairs) / len(pairs), cohens_kappa(pairs))
