"""How far the numbers of a calendar go."""

WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ALL_WEEKDAYS = frozenset(range(7))
ALL_MONTHS = frozenset(range(1, 13))
# Those of systemd: systemd.time(7), version 252.
FIRST_YEAR, LAST_YEAR = 1970, 2199
