"""Error codes, exit codes and their explanations."""
