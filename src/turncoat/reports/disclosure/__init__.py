"""A page for the public: what was tested, how, what was found, with what certainty, and what was not tested."""

from turncoat.reports.disclosure.make import disclose

__all__ = ["disclose"]
