"""One adapter for each way into a package: how the platform passes the event, the occurrence and the result."""
