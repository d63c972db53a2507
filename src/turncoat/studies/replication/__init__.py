"""Exact replication: the published prompts, judged by us and by the published graders side by side."""
