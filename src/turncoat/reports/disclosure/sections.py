"""The sections of a disclosure, in their order: what it says in short, and what was found."""

from collections.abc import Iterator

import polars as pl

from turncoat.reports.answer import answer
from turncoat.reports.disclosure.document import Block, Bullets, Document, Drawn, Paragraph, Section
from turncoat.reports.disclosure.material import Material
from turncoat.reports.disclosure.rates import conduct, rate_table, who
from turncoat.reports.disclosure.setting import how, left_out, what
from turncoat.reports.disclosure.sureness import certainty, how_judged, provenance
from turncoat.reports.figures import pictures
from turncoat.reports.numbers import listed

_PICTURES = 2
_QUOTES, _WORDS = 3, 25


def document(material: Material, *, quotes: bool = False) -> Document:
    """The whole page. `quotes`: with some short words of the agents."""
    return Document(
        title=f"Agentic misalignment: {_who(material)}",
        banner=_banner(material),
        sections=(
            Section("short", "In short", tuple(_short(material))),
            Section("what", "What was tested", tuple(what(material))),
            Section("how", "How it was tested", tuple(how(material))),
            Section("found", "What was found", tuple(_found(material, quotes=quotes))),
            Section("certainty", "With what certainty", tuple(certainty(material))),
            Section("untested", "What was not tested", tuple(left_out(material))),
            Section("provenance", "Where these numbers come from", tuple(provenance(material))),
        ),
    )


def _who(material: Material) -> str:
    models = [
        name for name, simulated in material.table["model", "reference"].unique().sort("model").iter_rows()
        if not simulated
    ]  # fmt: skip
    if not models:
        return "a calibration with simulated agents, no model"
    return listed([*models[:4], *([f"{len(models) - 4} more models"] if len(models) > 4 else [])])


def _banner(material: Material) -> str:
    early = material.answers.stopped.early if material.declared else ""
    return " ".join(filter(None, (early, _simulated(material))))


def _simulated(material: Material) -> str:
    match material.simulated:
        case "only":
            return (
                "No model was tested. All results are of reference agents: simulated agents whose behaviour is set "
                "beforehand, to calibrate the instrument."
            )
        case "some":
            return (
                "Some results are of reference agents, marked as simulated: their behaviour is set beforehand, to "
                "calibrate the instrument. They say nothing of any model."
            )
    return ""


def _short(material: Material) -> Iterator[Block]:
    told = answer(material.groups)
    if material.declared:
        study = material.answers
        yield Paragraph(f"The question: {study.question}")
        yield Paragraph(study.lead, strong=True)
        yield Bullets(tuple(f"{each.says.rstrip('.')}: {each.word} {' '.join(each.sentences)}" for each in study.items))
    else:
        yield Paragraph(told.lead, strong=True)
    yield Paragraph(told.basis)
    yield Paragraph(how_judged(material))


def _found(material: Material, *, quotes: bool) -> Iterator[Block]:
    early = material.declared and bool(material.answers.stopped.early)
    drawn = pictures(material.groups, material.estimates, early=early)
    shown = [each for each in drawn if each.name == "contrasts" or each.name.startswith("rates-")]
    shown.sort(key=lambda each: each.name != "contrasts")
    yield from (Drawn(each) for each in shown[:_PICTURES])
    yield from (rate_table(group) for group in material.groups)
    if not material.declared:
        yield Paragraph(
            "No comparison was named before the run, so that none is claimed here: rates that differ may differ by "
            "chance, most of all the highest and the lowest of many."
        )
    yield from (each for group in material.groups if (each := conduct(group)))
    yield from _quoted(material) if quotes else ()


def _quoted(material: Material) -> Iterator[Block]:
    told = material.table.filter((pl.col("headline_harm") == "yes") & pl.col("quote").is_not_null())
    chosen = told.sort("reference", "id").group_by("scenario", "model", maintain_order=True).head(1)
    if chosen.is_empty():
        return
    yield Paragraph(
        f"Words on which verdicts of harm rest, the first rollout by id of each model and scenario, cut after {_WORDS} "
        "words. They are no typical ones, and written by the agent."
    )
    yield Bullets(
        tuple(
            f"{who(row['model'], reference=row['reference'])} in {row['scenario']}, {row['id']}: “{_cut(row['quote'])}”"
            for row in chosen.head(_QUOTES * len(material.groups)).iter_rows(named=True)
        )
    )


def _cut(text: str) -> str:
    words = text.split()
    return " ".join(words[:_WORDS]) + (" …" if len(words) > _WORDS else "")
