"""A memory limit, and a log of changes, for every provider."""
