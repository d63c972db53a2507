"""The primary contrasts of a study on counts of its cells, while it runs or before: as its estimates see them."""

from collections.abc import Iterator, Sequence

from turncoat.studies.design.plan import Cell, ModelSpec, Pair
from turncoat.studies.estimates.contrasts import compared_cells
from turncoat.studies.estimates.counts import Cells, Counted
from turncoat.studies.estimates.results import Contrast
from turncoat.studies.estimates.sequential import primary_contrasts
from turncoat.studies.looks.outcomes import Outcomes, Pairs, rate, surfaces
from turncoat.studies.rule import ALPHA
from turncoat.studies.study import OTHER_KEYS, Hypothesis, Study


def primary(study: Study, pairs: Pairs, seen: Sequence[Outcomes]) -> Iterator[tuple[Contrast, set[Pair]]]:
    """Each primary contrast with the cells that are for it. `seen`: what there was at each look so far.

    Those are the cells that it is made of, and those that its sides name and no contrast is made of.
    """
    at_looks = [
        {pair: counted(model, cell, outcomes[pair], study) for pair, (model, cell) in pairs.items()}
        for outcomes in seen
    ]
    hypotheses = {each.name: each for each in study.hypotheses}
    held = [Cells(tuple(cells.values()), {}, study) for cells in at_looks]
    made = compared_cells(held[-1])
    used = frozenset().union(*made)
    for each, own in zip(primary_contrasts(held, alpha=ALPHA), made, strict=True):
        yield (
            each,
            {
                pair
                for pair, cell in at_looks[-1].items()
                if cell in own or (cell not in used and _part(cell, each, hypotheses[each.name]))
            },
        )


def counted(model: ModelSpec, cell: Cell, outcomes: Sequence[str], study: Study) -> Counted:
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
        rate=rate(outcomes),
        surfaces=surfaces(outcomes, study),
    )


def _part(cell: Counted, contrast: Contrast, hypothesis: Hypothesis) -> bool:
    held = all(getattr(contrast, key) in ("", cell.level(key)) for key in OTHER_KEYS)
    return held and (cell.within(hypothesis.compare) or cell.within(hypothesis.against))
