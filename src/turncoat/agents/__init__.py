"""The seat: puts a model into the company through an interface (Inspect solvers)."""
