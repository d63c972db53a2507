"""How results are read: tables, figures, one self-contained page."""

from turncoat.reports.terminal import terminal_table

__all__ = ["terminal_table"]
