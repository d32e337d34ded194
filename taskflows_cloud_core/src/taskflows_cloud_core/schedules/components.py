"""The components of OnCalendar text: numbers, ranges, steps and lists of them."""

from __future__ import annotations

import re

import attrs

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.spec import FIRST_YEAR, LAST_YEAR

SECOND = 1_000_000
_DIGITS = re.compile(r"[0-9]+")
_SECONDS = re.compile(r"([0-9]+)(?:\.(?!\.)([0-9]*))?")
_LONGEST_NUMBER = 18
# systemd reads no longer list either.
_MOST_PARTS = 240
# One a millisecond; each of them is held in memory.
_MOST_MOMENTS = 60_000
_AFTER_PART = " ,-~:"


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


@attrs.frozen
class Part:
    """One element of a list: a number, a range, or steps from a number on.

    Args:
        position: Where its text begins.
        start: The first value.
        stop: The last value, or ``None``.
        step: The distance, or ``None`` for a single number.
    """

    position: int
    start: int
    stop: int | None = None
    step: int | None = None

    def values(self, field: Field) -> range:
        """What the part stands for; from the end of the month, steps go towards the end."""
        if self.step is None:
            return range(self.start, self.start + 1)
        if self.stop is not None:
            return range(self.start, self.stop + 1, self.step)
        if field is DAY_FROM_END:
            return range(self.start, 0, -self.step)
        return range(self.start, field.high + 1, self.step)

    def text(self, field: Field) -> str:
        """The part as systemd normalises it."""
        said = field.number(self.start)
        if self.stop is not None:
            said += f"..{field.number(self.stop)}"
        if self.step is not None and not (self.stop is not None and self.step == field.unit):
            said += f"/{field.step(self.step)}"
        return said


Chain = tuple[Part, ...]


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
            raise self.error(f"expected {field.article} {field.name} ({_range_of(field)}) or *{_found(self)}")
        if len(found[0]) > _LONGEST_NUMBER:
            raise self.error(f"this number is too long for {field.article} {field.name}; write {_range_of(field)}")
        if field.unit != 1 and found[2] == "":
            raise self.error("expected digits after the point", found.end())
        self.position = found.end()
        return int(found[0]) if field.unit == 1 else int(found[1]) * SECOND + _microseconds(found[2] or "0")


def _range_of(field: Field) -> str:
    return f"{field.low} to {field.high // field.unit}"


def _found(cursor: Cursor) -> str:
    return f", not {cursor.here!r}" if cursor.here else ", but the text ends here"


def _microseconds(digits: str) -> int:
    """Round a decimal fraction to six digits, halves up, by its seventh digit as systemd does."""
    return int(digits[:6].ljust(6, "0")) + (len(digits) > 6 and digits[6] >= "5")


def read_chain(cursor: Cursor, field: Field) -> Chain | None:
    """Read a list of parts, not yet held to the limits of the field.

    Returns:
        The parts as they were written; ``None`` for ``*``.

    Raises:
        ScheduleError: The text is no list of parts.
    """
    if cursor.take("*"):
        _refuse_after_star(cursor, field)
        return None
    parts = [_read_part(cursor, field)]
    while cursor.take(","):
        if cursor.here == "*":
            raise cursor.error("'*' is every value already and cannot stand in a list; write * alone")
        if len(parts) == _MOST_PARTS:
            raise cursor.error(f"a list has at most {_MOST_PARTS} elements")
        parts.append(_read_part(cursor, field))
    return tuple(parts)


def _refuse_after_star(cursor: Cursor, field: Field) -> None:
    if cursor.here == "/":
        raise cursor.error(f"steps need a first value: write {field.low}{cursor.word()} instead of *{cursor.word()}")
    if cursor.here == ",":
        raise cursor.error("'*' is every value already and cannot stand in a list; write * alone")


def _read_part(cursor: Cursor, field: Field) -> Part:
    position = cursor.position
    start = cursor.number(field)
    stop = step = None
    if cursor.take(".."):
        stop, step = cursor.number(field), field.unit
    if cursor.take("/"):
        at, step = cursor.position, cursor.number(field)
        if step == 0:
            raise cursor.error("a step of 0 never moves on; write at least 1", at)
    elif field is MICROSECOND and stop is not None and start + SECOND > stop:
        raise cursor.error("a range of less than a second needs a step, as in 0..0.5/0.25", position)
    if cursor.here and cursor.here not in _AFTER_PART:
        clock = "; the clock has 24 hours, as in 21:00" if cursor.word()[-2:].lower() in ("am", "pm") else ""
        raise cursor.error(f"expected ',', '..', '/' or the end of the {field.name}{_found(cursor)}{clock}")
    return Part(position, start, stop, step)


def normalise_chain(cursor: Cursor, chain: Chain, field: Field) -> Chain:
    """Sort the parts, shorten ranges to their last value, and hold all to the limits of the field.

    Raises:
        ScheduleError: A part is out of range or says nothing.
    """
    trimmed = [_trimmed(part) for part in chain]
    if len(trimmed) > 1:
        trimmed.sort(key=lambda part: (part.start, part.stop or -1, part.step or 0))
    unique = {(part.start, part.stop, part.step): part for part in trimmed}.values()
    moments = 0
    for index, part in enumerate(unique):
        _check_part(cursor, part, field, index)
        moments += len(part.values(field))
    if moments > _MOST_MOMENTS:
        raise cursor.error("this fires more often than once a millisecond; write a longer step", chain[0].position)
    return tuple(unique)


def _trimmed(part: Part) -> Part:
    if part.stop is None or part.step is None or part.stop < part.start:
        return part
    stop = part.stop - (part.stop - part.start) % part.step
    return Part(part.position, part.start) if stop == part.start else attrs.evolve(part, stop=stop)


def _check_part(cursor: Cursor, part: Part, field: Field, index: int) -> None:
    at = part.position
    if part.stop is not None and part.stop < part.start:
        raise cursor.error(_wrap_remedy(part, field), at)
    for value in (part.start, part.stop):
        if value is not None and not field.low <= value <= field.high:
            raise cursor.error(f"{field.name} {field.number(value)} is out of range; write {_range_of(field)}", at)
    if field is DAY_FROM_END:
        most = field.high - 3 * index
        if max(part.start, part.stop or 0) > most:
            raise cursor.error(
                f"as number {index + 1} of a list after '~', systemd reads at most {most} here; use a range", at
            )
    if part.stop is None and part.step is not None:
        room = part.start - field.low if field is DAY_FROM_END else field.high - part.start
        if part.step > room:
            raise cursor.error(
                f"no step of {field.step(part.step)} fits after {field.name} {field.number(part.start)}; "
                f"write {field.number(part.start)} alone",
                at,
            )


def _wrap_remedy(part: Part, field: Field) -> str:
    start, stop = field.number(part.start), field.number(part.stop or 0)
    if field in (YEAR, DAY_FROM_END):
        return f"{start}..{stop}: a range goes from the smaller number to the greater; write {stop}..{start}"
    low, high = field.number(field.low), field.number(field.high // field.unit * field.unit)
    return f"{start}..{stop}: ranges do not wrap; write {low}..{stop},{start}..{high}"
