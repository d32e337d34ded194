"""Operating deployed functions."""
