"""Rollouts for others: as chats, as CSV, as Parquet."""
