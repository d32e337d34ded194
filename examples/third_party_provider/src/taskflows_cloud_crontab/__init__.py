"""Run functions from a crontab."""
