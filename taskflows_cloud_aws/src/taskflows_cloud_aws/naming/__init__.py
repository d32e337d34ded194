"""Names of resources, and the links that show them in the console."""
