"""What is installed in this environment."""
