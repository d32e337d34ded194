"""What can be said of schedules beyond single runs: frequency, overlaps, ambiguities."""
