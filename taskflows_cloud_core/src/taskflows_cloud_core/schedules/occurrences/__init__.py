"""When a calendar fires."""
