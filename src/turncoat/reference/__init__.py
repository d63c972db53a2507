"""Calibration weights: simulated agents of known behaviour, as a model provider."""
