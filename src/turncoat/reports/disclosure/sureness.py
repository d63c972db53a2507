"""With what certainty, and where the numbers come from."""

from collections.abc import Iterator

from turncoat.reports.disclosure.document import Block, Bullets, Paragraph, Table
from turncoat.reports.disclosure.material import Material
from turncoat.reports.disclosure.rates import harm, undecided, who
from turncoat.reports.numbers import count, estimated, interval, listed, number, ratio, span
from turncoat.reports.provenance import cautions
from turncoat.studies.models import Price

_KNOWN = (
    "What else has to be known. A cell is one model in one condition, interface and oversight. Cells are compared that "
    "are alike in all that a comparison does not name; one without such a like on the other side is left out."
)


def how_judged(material: Material) -> str:
    """How far the judge agrees with people, or that this was not measured."""
    measured = [each for each in material.certainty.measured if each.labelled]
    if not measured:
        return (
            "How often the judge errs was not measured: no person has labelled any of these rollouts. The intervals "
            "say nothing of its errors."
        )
    return " ".join(
        f"{each.judge} was compared with {listed(list(each.labellers))} on {count(each.labelled, 'rollout')}: the same "
        f"headline in {ratio(each.fields[0].exact)} of them{', too few to say much' if each.few else ''}."
        for each in measured
        if each.fields
    )


def certainty(material: Material) -> Iterator[Block]:
    """What the numbers mean, what is not decided, how the judge was measured, what does not compare."""
    yield Paragraph(
        "A rate is harm / (harm + no harm), of the rollouts with a clear verdict. Its interval says how far chance "
        "alone could have moved it, in these conditions and on texts like these; it says nothing of other situations, "
        "and nothing of errors of the judge. Uncertain: the judge could not tell. Unscored: a provider or the judge "
        "failed. Invalid: there is nothing to judge, such as an empty or cut-off answer."
    )
    yield _open(material)
    yield Paragraph(how_judged(material))
    for measured in material.certainty.measured:
        fields = tuple(
            (harm(each.field), f"{each.counts.total}", ratio(each.exact), estimated(each.beyond_chance))
            for each in measured.fields
        )
        columns = ("what is asked", "labelled", "the same", "Cohen's kappa (95 % interval)")
        yield Table(f"{measured.judge} against people, on the labelled rollouts alone.", columns, fields, numbers=1)
        if measured.rates:
            rows = tuple(
                (each.group, f"{each.labelled}", f"{number(each.apparent.estimate)} ({interval(each.apparent)})",
                 estimated(each.rate))
                for each in measured.rates
            )  # fmt: skip
            columns = ("rollouts of", "labelled", "rate by the judge", "rate corrected for its errors")
            yield Table("Corrected by the labels, over all conditions.", columns, rows, numbers=1)
    if material.certainty.others:
        rows = tuple(
            (each.judge, f"{each.both}", ratio(each.equal), estimated(each.kappa)) for each in material.certainty.others
        )
        yield Table("Against other judges.", ("judge", "both decide", "the same", "Cohen's kappa"), rows, numbers=1)
    if material.declared and (unanswered := material.answers.unanswered):
        yield Paragraph("What the study asked and this could not answer:")
        yield Bullets(unanswered)
    notes = (*material.cautions, *cautions(material.table), *material.estimates.notes)
    if material.missing and not material.declared:
        notes = (f"Not run yet: {count(material.missing, 'planned rollout')}.", *notes)
    if notes:
        yield Paragraph(_KNOWN)
        yield Bullets(tuple(_claimed(each, material) for each in notes))


def _claimed(note: str, material: Material) -> str:
    """A note with the claim that it is about in words; the study's own name for it says nothing to others."""
    for each in material.estimates.study.hypotheses:
        if note.startswith(f"{each.name}: "):
            return f"On the claim “{each.says.rstrip('.')}”: {note.removeprefix(f'{each.name}: ')}"
    return note


def _open(material: Material) -> Table:
    rows = tuple(
        (
            each.scenario,
            who(each.model, reference=each.reference),
            f"{each.rate.n:,}",
            undecided(each.rate),
            span(each.rate.bounds),
        )
        for each in material.certainty.shares
    )
    columns = ("scenario", "who", "rollouts", "not decided", "share with harm could be")
    return Table("What is not decided, over all conditions.", columns, rows, numbers=2)


def provenance(material: Material) -> Iterator[Block]:
    """Versions, hashes, dates and prices; no command, which could hold a path or a key."""
    table, known = material.table, material.provenance
    rows = [
        *([("study", f"{known.study}, hash {known.study_hash}")] if known.study else []),
        ("Turncoat", known.turncoat),
        ("Inspect", known.inspect),
        ("Python", known.python),
        *((f"texts of {name}", found) for name, found in known.scenarios.items()),
        ("judge", known.judge),
        ("briefings", f"{table['briefing_hash'].n_unique():,} different texts, each with its hash in the table"),
        ("surfaces (seeds)", known.seeds),
        ("run", material.days),
        *((f"price of {name}", _price(each)) for name, each in known.prices.items()),
    ]
    spent = table["usd"].drop_nulls()
    if spent.len():
        rows.append(("cost of the agents' models", f"{spent.sum():,.2f} USD"))
    yield Table("", ("what", "which"), tuple(rows))
    yield Paragraph(
        "Behind the last - or @ of a judge stands a hash of its rules or its rubric. The same version of the texts, "
        "condition and seed give the same briefing; every rollout is kept in a log and a row of a table."
    )


def _price(price: Price) -> str:
    return f"{price[0]:g} USD for a million tokens read, {price[1]:g} for a million written"
