"""The pictures of a report: painted once, shown in the page and written as files."""

from turncoat.reports.figures.files import save
from turncoat.reports.figures.picture import Picture
from turncoat.reports.figures.study import pictures

__all__ = ["Picture", "pictures", "save"]
