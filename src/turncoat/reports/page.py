"""The report: one HTML file that needs nothing else, no network and no trust in what a model wrote."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment
from markupsafe import Markup

import turncoat
from turncoat.drafts import whole
from turncoat.errors import UsageError
from turncoat.judging.raters import Rater
from turncoat.record import HARMS, RIGHTS, Rollout
from turncoat.reports import numbers
from turncoat.reports.answer import answer
from turncoat.reports.cells import Cell, Group, blocks, groups
from turncoat.reports.certainty import Certainty
from turncoat.reports.figures import Picture, pictures
from turncoat.reports.payload import CHUNK, anchor, chunks
from turncoat.reports.provenance import Provenance, cautions
from turncoat.reports.quotes import chosen
from turncoat.reports.sample import Sample, stratified
from turncoat.reports.study import answers
from turncoat.reports.study.method import methods
from turncoat.reports.study.sentences import verdict
from turncoat.reports.templating import templates
from turncoat.reports.text import visible
from turncoat.stats import Rate
from turncoat.studies.estimates import Estimates
from turncoat.studies.estimates.intervals import once

_THEME = Path(turncoat.__file__).with_name("theme.css")
_ROLLOUTS_LIMIT = 6_500_000
_ROWS_LIMIT = 1_200
_FIGURES_LIMIT = 24
_FIGURES_BYTES = 1_600_000
_CONTRASTS_LIMIT = 240


def build_report(
    table: pl.DataFrame,
    *,
    fetch: Callable[[Sequence[str]], Sequence[Rollout]],
    provenance: Provenance,
    out: Path,
    raters: Sequence[Rater] = (),
    drawn_by: Mapping[str, str] | None = None,
    sample: int = 240,
    estimates: Estimates | None = None,
    declared: bool = False,
    missing: int = 0,
) -> Path:
    """Write the page of a rollouts table (see `turncoat.studies.table`) to the file `out`, and return `out`.

    `estimates`: of the same table. `declared`: they are of a study that was written down before, so that the page opens
    with what it asked. `fetch` gets the ids of the sampled rollouts and returns those it can find, in any order.
    `missing`: rollouts that were planned and have not been run. `raters`: the labellers and judges that there are for
    these rollouts; `drawn_by`: the verdicts by which labels were drawn. `sample`: how many rollouts the page carries in
    full at most (>= 1); fewer where the page would outgrow its limit. The same arguments give the same bytes. Raises
    UsageError for a table without rollouts.
    """
    if not table.height:
        raise UsageError("The rollouts table is empty: nothing to report. Run a scenario first: `turncoat run`.")
    found = groups(table, estimates.rates if estimates else ())
    drawn = stratified(table, sample)
    wanted = set(drawn.ids)
    fetched = {rollout.id: rollout for rollout in fetch(drawn.ids) if rollout.id in wanted}
    browsed, packed = _fit([fetched[name] for name in drawn.ids if name in fetched], found)
    said = answers(found, estimates, missing=missing) if estimates and declared else None
    early = bool(said and said.stopped.early)
    painted, unpainted = _painted(pictures(found, estimates, early=early))
    of_rates = {} if declared else {f"rates-{group.scenario}": group.scenario for group in found}
    page = _environment().get_template("report.html.j2").render(
        answer=answer(found),
        answers=said,
        estimates=estimates,
        methods=methods(estimates, declared=declared) if estimates else (),
        contrasts_limit=_CONTRASTS_LIMIT,
        groups=found,
        figures={of_rates[each.name]: (each, forms) for each, forms in painted if each.name in of_rates},
        pictures=[(each, forms) for each, forms in painted if each.name not in of_rates],
        unpainted=unpainted,
        rows_limit=max(_ROWS_LIMIT // len(found), 20),
        quotes=chosen(browsed),
        sample=drawn,
        sample_words=_sample_words(drawn, shown=len(browsed), found=len(fetched)),
        index=_index(browsed, found),
        chunks=packed,
        certainty=Certainty.of(table, raters, drawn_by),
        provenance=provenance,
        cautions=cautions(table),
        logs=table["log"].unique().sort().to_list(),
        briefings=table["briefing_hash"].n_unique(),
        reference=_reference(table),
        **_assets(),
    )  # fmt: skip
    with whole(out) as draft:
        draft.write_text(page, encoding="utf-8", errors="replace", newline="\n")
    return out


def _painted(drawn: Sequence[Picture]) -> tuple[list[tuple[Picture, dict[str, Markup]]], int]:
    """The pictures that the page has room for, as what stands in it, and how many more there are."""
    found: list[tuple[Picture, dict[str, Markup]]] = []
    size = 0
    for i, each in enumerate(drawn[:_FIGURES_LIMIT]):
        forms = {form: Markup(svg) for form, svg in each.inline(f"fig{i}").items()}  # escaped where they are made
        size += sum(map(len, forms.values()))
        if size > _FIGURES_BYTES:
            break
        found.append((each, forms))
    return found, len(drawn) - len(found)


def _environment() -> Environment:
    environment = templates()
    environment.filters.update(
        number=numbers.number,
        span=numbers.span,
        interval=numbers.interval,
        percent=numbers.percent,
        ratio=numbers.ratio,
        estimated=numbers.estimated,
        count=numbers.count,
        anchor=anchor,
        recipients=numbers.recipients,
        kinds=_kinds,
        beliefs=_beliefs,
        blocks=blocks,
        in_points=numbers.in_points,
        bounds=numbers.bounds,
        probability=numbers.probability,
        times=numbers.times,
        times_span=numbers.times_span,
        share=numbers.share,
        verdict=verdict,
    )
    return environment


def _assets() -> dict[str, Markup]:
    """Style and script as they are, and the script's hash for the content-security policy."""
    folder = Path(__file__).parent / "templates"
    script = (folder / "report.js").read_text(encoding="utf-8")
    digest = base64.b64encode(sha256(script.encode()).digest()).decode()
    return {
        "script": Markup(script),
        "script_hash": Markup(digest),
        "style": Markup("".join(each.read_text(encoding="utf-8") for each in (_THEME, folder / "report.css"))),
    }


def _fit(rollouts: Sequence[Rollout], found: Sequence[Group]) -> tuple[list[Rollout], list[str]]:
    """As many of the rollouts, from the first on, as the page has room for; in reading order, and packed."""
    kept = list(rollouts)
    while True:
        ordered = _reading_order(kept, found)
        packed = chunks(ordered)
        size = sum(map(len, packed)) + len(_index(ordered, found))
        if size <= _ROLLOUTS_LIMIT:
            return ordered, packed
        kept = kept[: min(len(kept) - 1, int(len(kept) * _ROLLOUTS_LIMIT / size * 0.97))]


def _cell_places(found: Sequence[Group]) -> dict[tuple[str, ...], tuple[int, str]]:
    """(scenario, interface, model, arm, *condition) -> place in reading order, and the condition's label."""
    cells = [cell for group in found for cell in group.cells]
    return {_key(cell, cell.condition): (place, cell.label) for place, cell in enumerate(cells)}


def _key(of: Cell | Rollout, condition: Mapping[str, str]) -> tuple[str, ...]:
    levels = (f"{name}={level}" for name, level in sorted(condition.items()))
    return (of.scenario, of.interface, of.model, of.arm, *levels)


def _reading_order(rollouts: Sequence[Rollout], found: Sequence[Group]) -> list[Rollout]:
    places = _cell_places(found)
    first = ("yes", "uncertain", "no", "invalid", "unscored")
    return sorted(
        rollouts,
        key=lambda r: (
            places.get(_key(r, r.condition), (len(places), ""))[0],
            first.index(r.verdict.headline_harm or r.verdict.status),
            r.seed,
            r.id,
        ),
    )


def _index(rollouts: Sequence[Rollout], found: Sequence[Group]) -> Markup:
    """What the list of rollouts needs, as JSON that cannot end the element it stands in."""
    places = _cell_places(found)
    entries = [
        {
            "anchor": anchor(rollout.id),
            "chunk": place // CHUNK,
            "scenario": visible(rollout.scenario),
            "interface": rollout.interface,
            "model": visible(rollout.model),
            "arm": visible(rollout.arm),
            "seed": rollout.seed,
            "condition": visible(places.get(_key(rollout, rollout.condition), (0, "all rollouts"))[1]),
            "verdict": rollout.verdict.headline_harm or rollout.verdict.status,
            "kinds": list(dict.fromkeys(finding.kind for finding in rollout.verdict.findings if finding.sure)),
            "id": visible(rollout.id),
        }
        for place, rollout in enumerate(rollouts)
    ]
    return Markup(json.dumps(entries, separators=(",", ":")).replace("<", "\\u003c"))


def _sample_words(drawn: Sample, *, shown: int, found: int) -> str:
    if not shown and found:
        return "The rollouts are too large for this page; they are in the log files named under Provenance."
    if not shown:
        return "The log files of the sampled rollouts could not be read; none can be shown here."
    if shown == drawn.total:
        return f"All {numbers.count(shown, 'rollout')} are here."
    strata = "scenario, interface, condition, model, arm and verdict"
    words = f"{shown:,} of {drawn.total:,} rollouts are here"
    if shown < found:
        words += f": as many as the page has room for, spread evenly over every combination of {strata}."
    elif drawn.each:
        words += f": {drawn.each} of every combination of {strata} (all where there are fewer)"
        words += f", and {drawn.extra} more, those with a harm first" if drawn.extra else ""
        words += "; drawn at random with a fixed seed."
    else:
        words += f": one each of {shown:,} of the {drawn.strata:,} combinations of {strata}, those with a harm first."
    if found < len(drawn.ids):
        words += f" {numbers.count(len(drawn.ids) - found, 'sampled rollout')} could not be read from the logs."
    return f"{words} The others are in the log files named under Provenance."


def _reference(table: pl.DataFrame) -> str:
    flags = set(table["reference"])
    return "none" if True not in flags else "only" if flags == {True} else "some"


def _kinds(group: Group) -> list[dict[str, Any]]:
    """The kinds of finding that occur in a scenario, harms first."""
    return [
        {"name": kind, "harm": kind in HARMS}
        for kind in (*HARMS, *RIGHTS)
        if kind == group.headline or any(cell.kinds.get(kind) for cell in group.cells)
    ]


def _beliefs(group: Group, estimates: Estimates | None) -> list[dict[str, Any]]:
    """For each model that ever said what it is in: belief -> rate with interval, over all conditions."""
    if estimates:
        return [
            {"model": each.model, "split": {name: (each.rates[name], known) for name, known in each.intervals.items()}}
            for each in estimates.beliefs
            if each.scenario == group.scenario and not each.condition
        ]
    rows = []
    for model in group.models:
        split: dict[str, Rate] = {}
        for cell in group.cells:
            if cell.model == model:
                for belief, (yes, decided) in cell.beliefs.items():
                    split[belief] = split.get(belief, Rate()) + Rate(yes=yes, no=decided - yes)
        if set(split) - {"none"}:
            rows.append({"model": model, "split": {belief: (rate, once(rate, ())) for belief, rate in split.items()}})
    return rows
