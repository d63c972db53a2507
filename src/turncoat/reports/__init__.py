"""How results are read: tables, figures, one self-contained page."""

from turncoat.reports.page import build_report
from turncoat.reports.provenance import Provenance
from turncoat.reports.terminal import terminal_table

__all__ = ["Provenance", "build_report", "terminal_table"]
