"""The next runs of schedules, as data, text and colour."""
