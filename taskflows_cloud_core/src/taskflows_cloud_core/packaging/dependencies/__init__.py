"""Finding, resolving and installing dependencies."""
