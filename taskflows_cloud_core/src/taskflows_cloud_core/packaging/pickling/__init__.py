"""Callables by value."""
