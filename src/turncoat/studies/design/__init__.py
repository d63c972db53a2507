"""Which cells a study has: the conditions that its scenarios know, all of them, some, or those that are listed."""
