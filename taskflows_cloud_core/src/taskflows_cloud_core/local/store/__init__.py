"""The state of a root, in one SQLite file."""
