"""What rollouts, verdicts and whole studies will cost, before they cost anything."""
