"""Two results folders compared: what differs between them, then the rates of their cells side by side."""

from turncoat.studies.compare.cells import Compared, Comparison, as_table, compared
from turncoat.studies.compare.differs import Difference, differences
from turncoat.studies.compare.sides import Side, pair, side

__all__ = ["Compared", "Comparison", "Difference", "Side", "as_table", "compared", "differences", "pair", "side"]
