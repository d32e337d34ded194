"""Prices, and what a month costs."""
