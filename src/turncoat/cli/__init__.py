"""The door: one file per command, thin. Nothing heavy is imported before a command needs it."""

from turncoat.cli.main import app, main

__all__ = ["app", "main"]
