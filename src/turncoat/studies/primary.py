"""The primary contrasts of a study on counts of its cells, while it runs or before: as its estimates see them."""

from collections.abc import Iterator, Mapping

from turncoat.stats import Rate
from turncoat.studies.estimates.contrasts import primary_contrasts
from turncoat.studies.estimates.counts import Cells, Counted
from turncoat.studies.estimates.results import Contrast
from turncoat.studies.plan import Cell, ModelSpec, Pair
from turncoat.studies.study import OTHER_KEYS, Hypothesis, Study

_ALPHA = 0.05


def primary(
    study: Study, pairs: Mapping[Pair, tuple[ModelSpec, Cell]], rates: Mapping[Pair, Rate]
) -> Iterator[tuple[Contrast, set[Pair]]]:
    """Each primary contrast with the cells that it is made of."""
    cells = {pair: counted(model, cell, rates[pair]) for pair, (model, cell) in pairs.items()}
    hypotheses = {each.name: each for each in study.hypotheses}
    for each in primary_contrasts(Cells(tuple(cells.values()), {}, study), alpha=_ALPHA):
        yield each, {pair for pair, cell in cells.items() if _part(cell, each, hypotheses[each.name])}


def counted(model: ModelSpec, cell: Cell, rate: Rate) -> Counted:
    """A cell with its counts, as estimates have it."""
    return Counted(
        scenario=cell.pack.name,
        model=model.label,
        reference=model.reference,
        interface=cell.interface,
        arm=cell.arm,
        condition=cell.condition,
        named=cell.named or "",
        label=cell.pack.label(cell.condition),
        rate=rate,
        surfaces={},
    )


def _part(cell: Counted, contrast: Contrast, hypothesis: Hypothesis) -> bool:
    held = all(getattr(contrast, key) in ("", cell.level(key)) for key in OTHER_KEYS)
    return held and (cell.within(hypothesis.compare) or cell.within(hypothesis.against))
