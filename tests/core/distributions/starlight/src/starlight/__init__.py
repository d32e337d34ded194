"""A provider that keeps functions in memory."""
