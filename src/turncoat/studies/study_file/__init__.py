"""Study files: read, checked against the scenarios, every mistake with its line and its remedy."""
