"""Packages for Lambda."""
