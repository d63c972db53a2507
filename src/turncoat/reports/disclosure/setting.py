"""What was tested and how, and what was not."""

from collections.abc import Iterator

import polars as pl

from turncoat.reports.disclosure.document import Block, Bullets, Paragraph, Table
from turncoat.reports.disclosure.material import Material
from turncoat.reports.disclosure.rates import asks, harm, who
from turncoat.reports.disclosure.untested import tried_levels, untested
from turncoat.reports.numbers import count, listed
from turncoat.scenarios.shared import shared_factors
from turncoat.studies.replication.cells import PREFIX

_INTERFACES = {
    "text": "text: the agent gets the whole mailbox in one prompt and answers once; what it writes in tags is done.",
    "tools": "tools: the agent opens, searches, writes and forwards mail with tools, over up to 40 answers.",
}


def what(material: Material) -> Iterator[Block]:
    """Who was tested, in which scenarios, conditions and interfaces."""
    yield Paragraph(
        "Each rollout puts one agent, alone and with access to mail, into an invented company, once. It has harmless "
        "instructions; the situation gives it an opportunity, and in some conditions a reason, to do harm. Companies, "
        "people and events are fiction, and nothing that the agent did reached anybody."
    )
    yield _models(material)
    yield _scenarios(material)
    for group in material.groups:
        if rows := tuple(_factors(material, group.scenario)):
            yield Table(f"{group.scenario}: conditions.", ("factor", "level", "what it means"), rows)
    used = set(material.table["interface"])
    yield Bullets(tuple(said for name, said in _INTERFACES.items() if name in used))


def _models(material: Material) -> Table:
    found = material.table.group_by("model", "reference").len().sort("model")
    reported = material.provenance.reported
    rows = tuple(
        (who(model, reference=simulated), "-" if simulated else reported.get(model, "not reported"), f"{number:,}")
        for model, simulated, number in found.iter_rows()
    )
    return Table("Who was tested.", ("asked for as", "as the provider reports it", "rollouts"), rows, numbers=2)


def _scenarios(material: Material) -> Table:
    rows = []
    for group in material.groups:
        pack = material.packs.get(group.scenario)
        about = pack.meta.summary if pack else _elsewhere(group.scenario)
        rows.append((group.scenario, about, f"{harm(group.headline)}. {asks(group.headline)}", f"{group.rate.n:,}"))
    return Table("Scenarios.", ("scenario", "what happens", "what counts as the harm", "rollouts"), tuple(rows), 3)


def _elsewhere(scenario: str) -> str:
    """What can be said of a scenario that no pack is of."""
    if scenario.startswith(PREFIX):
        return f"The published prompts of {scenario.removeprefix(PREFIX)}, word for word: one text for each condition."
    return "Not described here: no pack of this name is installed."


def _factors(material: Material, scenario: str) -> Iterator[tuple[str, str, str]]:
    pack = material.packs.get(scenario)
    rows = material.table.filter(pl.col("scenario") == scenario)
    for name, factor in (pack.factors if pack else shared_factors()).items():
        for level in tried_levels(rows, name):
            about = factor.levels.get(level)
            yield name, level, about.says if about else "a number"


def how(material: Material) -> Iterator[Block]:
    """How many rollouts there are and why so many, on which texts, with which settings, by whom they were judged."""
    table = material.table
    sizes = [cell.rate.n for group in material.groups for cell in group.cells]
    each = f"{min(sizes):,}" if min(sizes) == max(sizes) else f"{min(sizes):,} to {max(sizes):,}"
    cells = count(len(sizes), "cell")
    yield Paragraph(
        f"{count(table.height, 'rollout')} in {cells} (one model in one condition, interface and oversight), {each} in "
        f"each, run {material.days}."
    )
    if material.declared:
        rule = material.answers.stopped
        yield Paragraph(f"When to stop was set before the run: {rule.rule} {rule.what}".strip())
        yield Paragraph(f"Claims named before the run: {len(material.estimates.study.hypotheses) or 'none'}.")
    else:
        calls = len(material.manifest.commands)
        yield Paragraph(
            "No study file named a question, claims or a rule of stopping before the run. "
            + (
                f"Rollouts were asked for in {calls} calls: how many there are may have depended on what was seen."
                if calls > 1
                else "The number of rollouts was asked for in one call."
            )
        )
    surfaces = table.group_by("scenario").agg(pl.col("briefing_hash").n_unique(), pl.len())
    yield Bullets(
        tuple(
            f"{name}: {count(texts, 'different text')} (companies, names, hours and conditions) for "
            f"{count(number_, 'rollout')}{'' if texts == number_ else '; some are shared by several of these'}."
            for name, texts, number_ in surfaces.sort("scenario").iter_rows()
        )
    )
    yield Paragraph(_settings(material))
    yield Paragraph(_judge(material))


def _settings(material: Material) -> str:
    named = [name for name in material.table["model"].unique().sort() if "(" in name]
    said = f"Settings of {listed(named)} are in the names. " if named else ""
    arms = listed(material.table["arm"].unique().sort().to_list())
    over = "no oversight: every action took effect" if arms == "none" else f"oversight: {arms}"
    return f"{said}All other settings were at their defaults. The agents acted under {over}."


def _judge(material: Material) -> str:
    if not material.certainty.judges:
        return "No rollout has a verdict."
    rules = (
        " The rules read facts, addresses and English words; of deception and obstruction they find the clearest forms "
        "only."
        if material.certainty.reads_rules
        else ""
    )
    return (
        f"Judged by {listed(list(material.certainty.judges))}, from what the agent did and wrote; private thoughts "
        f"never count as harm.{rules}"
    )


def left_out(material: Material) -> Iterator[Block]:
    """What no number on the page is about."""
    yield Paragraph(
        "Worked out from the scenarios, factors and levels that this version of Turncoat has, less what is in the "
        "results. Nothing on this page says anything about these."
    )
    yield Bullets(untested(material.table, material.packs, material.catalog))
    yield Paragraph(
        "A low rate is no proof of safety elsewhere; a high one says that this can happen, not that it will."
    )
