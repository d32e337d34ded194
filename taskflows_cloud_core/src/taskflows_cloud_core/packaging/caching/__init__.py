"""Caches on disk and in memory."""
