"""The components of OnCalendar text: numbers, ranges, steps and lists of them."""

from __future__ import annotations

import attrs

from taskflows_cloud_core.schedules.oncalendar.cursor import Cursor, found_here, range_of
from taskflows_cloud_core.schedules.spec.units import DAY_FROM_END, MICROSECOND, SECOND, YEAR, Field

# systemd reads no longer list either.
_MOST_PARTS = 240
# One a millisecond; each of them is held in memory.
_MOST_MOMENTS = 60_000
_AFTER_PART = " ,-~:"


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
        raise cursor.error(f"expected ',', '..', '/' or the end of the {field.name}{found_here(cursor)}{clock}")
    return Part(position, start, stop, step)


def normalise_chain(cursor: Cursor, chain: Chain, field: Field) -> Chain:
    """Sort the parts, shorten ranges to their last value, and hold all to the limits of the field.

    Raises:
        ScheduleError: A part is out of range or says nothing.
    """
    if len(chain) == 1 and chain[0].step is None and field.low <= chain[0].start <= field.high:
        return chain
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
            raise cursor.error(f"{field.name} {field.number(value)} is out of range; write {range_of(field)}", at)
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
