"""Writing reproducible zip archives."""
