"""What the agent did: facts, record and texts become findings and a verdict."""
