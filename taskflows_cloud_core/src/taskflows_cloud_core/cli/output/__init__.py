"""Showing results: text, JSON, progress."""
