"""Verdicts on frozen transcripts: what is judged, by whom, and the file that keeps them."""
