"""Schedules in the languages of EventBridge."""
