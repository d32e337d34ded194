"""One run of a function, from its process to its record."""
