"""The experiment: what is planned, run and tabulated."""
