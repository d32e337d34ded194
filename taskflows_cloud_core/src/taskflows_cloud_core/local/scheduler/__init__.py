"""The scheduler: due times, claims, retention, messages."""
