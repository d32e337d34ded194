"""Time zones by name."""
