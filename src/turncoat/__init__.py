"""Turncoat: would an AI agent turn on the organisation it works for, what makes it, and which safeguard stops it."""

__version__ = "0.1.0"
