"""Deploying to this machine, and operating what is deployed."""
