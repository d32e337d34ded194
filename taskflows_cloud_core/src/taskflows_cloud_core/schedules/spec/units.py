"""The fields of OnCalendar text and their limits."""

from __future__ import annotations

import attrs

WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# January is at 1.
MONTH_NAMES = (
    *("", "January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
ALL_WEEKDAYS = frozenset(range(7))
ALL_MONTHS = frozenset(range(1, 13))
# Those of systemd: systemd.time(7), version 252.
FIRST_YEAR, LAST_YEAR = 1970, 2199


SECOND = 1_000_000


@attrs.frozen(kw_only=True)
class Field:
    """A field of OnCalendar text.

    Args:
        name: As it is said in an error.
        low: The smallest value.
        high: The greatest value.
        width: With how many digits a value is written.
        unit: What a written 1 counts; a microsecond field counts a million.
    """

    name: str
    low: int
    high: int
    width: int = 2
    unit: int = 1

    @property
    def article(self) -> str:
        """``"a"`` or ``"an"``, as the name demands."""
        return "an" if self.name == "hour" else "a"

    def number(self, value: int) -> str:
        """A value as systemd writes it."""
        whole, fraction = divmod(value, self.unit)
        return f"{whole:0{self.width}d}" + (f".{fraction:06d}" if fraction else "")

    def step(self, value: int) -> str:
        """A step as systemd writes it."""
        whole, fraction = divmod(value, self.unit)
        return f"{whole}" + (f".{fraction:06d}" if fraction else "")


YEAR = Field(name="year", low=FIRST_YEAR, high=LAST_YEAR, width=4)
MONTH = Field(name="month", low=1, high=12)
DAY = Field(name="day", low=1, high=31)
DAY_FROM_END = Field(name="day from the end of the month", low=1, high=28)
HOUR = Field(name="hour", low=0, high=23)
MINUTE = Field(name="minute", low=0, high=59)
MICROSECOND = Field(name="second", low=0, high=60 * SECOND - 1, unit=SECOND)
