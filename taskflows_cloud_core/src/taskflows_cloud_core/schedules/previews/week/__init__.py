"""A week of schedules as a picture."""
