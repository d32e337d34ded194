"""The options of the provider and of a function, and their checks."""
