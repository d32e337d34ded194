"""Moments as the database has them: whole microseconds since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def to_number(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime, exact."""
    return (moment - _EPOCH) // _MICROSECOND


def to_moment(number: int) -> datetime:
    """The moment of a number of microseconds, in UTC."""
    return _EPOCH + timedelta(microseconds=number)


def to_moment_or_none(number: int | None) -> datetime | None:
    """`to_moment`, for a column that may be empty."""
    return None if number is None else to_moment(number)
