"""Talking to AWS: clients, errors, caches."""
