"""Calendars as sets of dates and times, and their canonical text."""
