"""Reading what the user gives: names, sources, targets, times."""
