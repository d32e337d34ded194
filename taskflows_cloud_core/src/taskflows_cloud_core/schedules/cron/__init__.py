"""Calendars and lines of cron, in every dialect."""
