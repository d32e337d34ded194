"""Reading systemd's OnCalendar language."""
