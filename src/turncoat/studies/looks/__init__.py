"""Sampling in looks: what has been seen of each cell, when that is enough, and what a size can show beforehand."""
