"""A fixed interval: ``Periodic``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count, islice
from typing import Literal

import attrs
from attrs import validators

from taskflows_cloud_core._validators import at_least, aware_moment, kind_of, one_of, require_count
from taskflows_cloud_core.schedules.spec import single_line


def _positive_int(_: object, attribute: attrs.Attribute[int], value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"Periodic.{attribute.name} must be an int of seconds, not {type(value).__name__}")
    if value <= 0:
        raise ValueError(f"Periodic.{attribute.name} is {value}; it must be more than 0 seconds")


@attrs.frozen
class Periodic:
    """Runs again and again at a fixed interval.

    Args:
        period: The interval in seconds, more than 0. Most clouds need whole minutes.
        start_on: When counting begins on a machine: ``"boot"``, ``"login"`` or ``"command"``. Where there
            is no machine to boot, counting begins at deployment; ``"command"`` never starts by itself.
        relative_to: Measure from the ``"start"`` or the ``"finish"`` of the run before. Clouds run at
            fixed intervals, so ``"finish"`` brings a warning.
        description: For people; it has no effect.
        accuracy: How much delay is tolerated, in systemd's spelling; no provider here delays on purpose.
        randomized_delay: Spread each run at random over this many seconds.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: A value is out of range.
    """

    period: int = attrs.field(validator=_positive_int)
    start_on: Literal["boot", "login", "command"] = attrs.field(
        default="boot", validator=one_of("boot", "login", "command")
    )
    relative_to: Literal["start", "finish"] = attrs.field(default="start", validator=one_of("start", "finish"))
    description: str | None = attrs.field(default=None, kw_only=True, validator=kind_of(str, optional=True))
    accuracy: str | None = attrs.field(
        default=None, kw_only=True, validator=validators.optional(single_line.single_line)
    )
    randomized_delay: int | None = attrs.field(default=None, kw_only=True, validator=at_least(0, optional=True))

    def next_runs(self, n: int, after: datetime | None = None) -> list[datetime]:
        """The next ``n`` moments when counting begins at ``after``.

        Args:
            n: How many, at least 0. Fewer come back when they lie after the year 9999.
            after: An aware datetime; now, when not given.

        Returns:
            Aware datetimes in the zone of ``after`` (UTC by default), ``period`` seconds apart.

        Raises:
            TypeError: ``n`` is no int, or ``after`` no datetime.
            ValueError: ``n`` is negative or ``after`` has no zone.
        """
        require_count(n)
        return list(islice(self.iterate(after), n))

    def iterate(self, after: datetime | None = None) -> Iterator[datetime]:
        """All moments when counting begins at ``after``, to the end of the year 9999.

        Args:
            after: An aware datetime; now, when not given.

        Returns:
            Aware datetimes in the zone of ``after`` (UTC by default), ``period`` seconds apart.

        Raises:
            TypeError: ``after`` is no datetime.
            ValueError: ``after`` has no zone, or is in UTC before the year 1 or after the year 9999.
        """
        begin = aware_moment(after)
        try:
            return self._moments(begin.astimezone(UTC), begin.tzinfo or UTC)
        except OverflowError as error:
            raise ValueError(f"after is {begin}, which no datetime in UTC can hold") from error

    def _moments(self, begin: datetime, zone: tzinfo) -> Iterator[datetime]:
        for number in count(1):
            try:
                moment = (begin + timedelta(seconds=self.period * number)).astimezone(zone)
            except OverflowError:
                return
            yield moment

    def __str__(self) -> str:
        return f"every {self.period} s"
