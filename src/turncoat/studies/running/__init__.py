"""Running: a plan through Inspect, a study look by look."""
