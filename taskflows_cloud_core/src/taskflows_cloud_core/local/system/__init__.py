"""Files, locks, processes and interpreters of this machine."""
