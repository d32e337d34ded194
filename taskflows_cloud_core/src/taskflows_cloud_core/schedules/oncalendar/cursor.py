"""A place in OnCalendar text, and the errors that point at it."""

from __future__ import annotations

import re

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.spec.units import SECOND, Field

_DIGITS = re.compile(r"[0-9]+")
_SECONDS = re.compile(r"([0-9]+)(?:\.(?!\.)([0-9]*))?")
_LONGEST_NUMBER = 18


class Cursor:
    """A place in the text, and the errors that point at it.

    Args:
        text: The schedule as it was written.
        end: Where its own part ends; the zone stands behind.
    """

    def __init__(self, text: str, end: int) -> None:
        self.text = text
        self.end = end
        self.position = 0

    @property
    def here(self) -> str:
        """The character at the place, or ``""`` at the end."""
        return self.text[self.position] if self.position < self.end else ""

    def take(self, literal: str) -> bool:
        """Step over ``literal`` when it stands here."""
        found = self.text.startswith(literal, self.position, self.end)
        if found:
            self.position += len(literal)
        return found

    def skip_spaces(self) -> None:
        """Step over spaces."""
        while self.here == " ":
            self.position += 1

    def word(self) -> str:
        """What stands here up to the next space."""
        return self.text[self.position : self.end].split(" ", 1)[0]

    def error(self, message: str, position: int | None = None) -> ScheduleError:
        """An error that points at ``position``, or here."""
        at = self.position if position is None else position
        return ScheduleError(message, text=self.text, position=at)

    def number(self, field: Field) -> int:
        """Read one number of a field."""
        pattern = _DIGITS if field.unit == 1 else _SECONDS
        found = pattern.match(self.text, self.position, self.end)
        if found is None:
            raise self.error(f"expected {field.article} {field.name} ({range_of(field)}) or *{found_here(self)}")
        if len(found[0]) > _LONGEST_NUMBER:
            raise self.error(f"this number is too long for {field.article} {field.name}; write {range_of(field)}")
        if field.unit != 1 and found[2] == "":
            raise self.error("expected digits after the point", found.end())
        self.position = found.end()
        return int(found[0]) if field.unit == 1 else int(found[1]) * SECOND + _microseconds(found[2] or "0")


def range_of(field: Field) -> str:
    """The limits of a field as they are said in an error."""
    return f"{field.low} to {field.high // field.unit}"


def found_here(cursor: Cursor) -> str:
    """What stands at the place instead of what was expected, for the end of an error."""
    return f", not {cursor.here!r}" if cursor.here else ", but the text ends here"


def _microseconds(digits: str) -> int:
    """Round a decimal fraction to six digits, halves up, by its seventh digit as systemd does."""
    return int(digits[:6].ljust(6, "0")) + (len(digits) > 6 and digits[6] >= "5")
