"""People as judges: a local page on which transcripts are labelled, blind, each labeller in a file of their own."""

from turncoat.judging.people.answers import Answers, labeller
from turncoat.judging.people.app import page
from turncoat.judging.people.sample import draw
from turncoat.judging.people.serve import listen, serve
from turncoat.judging.people.sheets import Sheets

__all__ = ["Answers", "Sheets", "draw", "labeller", "listen", "page", "serve"]
