"""Two results folders compared: what differs between them, then their contrasts and rates side by side."""

from turncoat.studies.compare.cells import Compared, Comparison, as_table, compared
from turncoat.studies.compare.contrasts import ComparedContrast, compared_contrasts, contrasts_table
from turncoat.studies.compare.differs import Difference, differences
from turncoat.studies.compare.sides import Side, pair, side

__all__ = [
    "Compared",
    "ComparedContrast",
    "Comparison",
    "Difference",
    "Side",
    "as_table",
    "compared",
    "compared_contrasts",
    "contrasts_table",
    "differences",
    "pair",
    "side",
]
