"""Which due times are to be run: pure, from the last one considered, the present, and the catch-up policy."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice, takewhile

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.local.options import CatchUp
from taskflows_cloud_core.schedules import Calendar, Periodic, Schedule

# So many due times are considered in one decision; the next decision goes on after them.
BATCH = 100
# Looking backwards for the last due time begins with a span of a minute and grows by this factor.
_FIRST_SPAN, _GROWTH = timedelta(minutes=1), 8


@attrs.frozen(kw_only=True)
class Timing:
    """A schedule with the moment from which it counts.

    Args:
        schedule: When it fires.
        anchor: Intervals are counted from here; nothing at or before it is due.
        one_at_a_time: Whether the next due time is unknown until the run before has ended, as with an
            interval that is measured from the finish.
    """

    schedule: Schedule
    anchor: datetime
    one_at_a_time: bool = False


@attrs.frozen(kw_only=True)
class Decision:
    """What becomes of the due times after the cursor.

    Args:
        on_time: To be run, or skipped as the overlap policy has it.
        made_up_for: Missed; to be run one after the other.
        dropped: The last of those that were missed and are not run; ``None`` when there are none.
        cursor: The last due time considered; as it was, when there was none.
    """

    on_time: tuple[datetime, ...] = attrs.field(default=(), converter=to_tuple)
    made_up_for: tuple[datetime, ...] = attrs.field(default=(), converter=to_tuple)
    dropped: datetime | None = None
    cursor: datetime


def decide(timing: Timing, *, cursor: datetime, now: datetime, awake_since: datetime, catch_up: CatchUp) -> Decision:
    """Decide over the due times in ``(cursor, now]``.

    A due time up to ``awake_since`` was missed: no scheduler was there to see it. It may take several calls,
    each from the cursor of the one before, until the cursor has come up to the present.

    Args:
        timing: The schedule.
        cursor: The last due time that was considered.
        now: The present.
        awake_since: Since when a scheduler has been watching without a gap.
        catch_up: What becomes of those that were missed.

    Returns:
        The decision. Every due time up to its cursor is in one of its fields, or before ``dropped`` and dropped
        with it.
    """
    begin = max(cursor, timing.anchor)
    missed_until = min(awake_since, now)
    first = next_due(timing, begin)
    if first is None or first > now:
        return Decision(cursor=cursor)
    if first > missed_until:
        return _on_time(timing, begin, now)
    if catch_up == "all" and not timing.one_at_a_time:
        missed = due_times(timing, begin, missed_until)
        return Decision(made_up_for=missed, cursor=missed[-1])
    last = last_due(timing, begin, missed_until)
    if catch_up == "none":
        return Decision(dropped=last, cursor=last)
    if (later := next_due(timing, last)) is not None and later <= now:
        # The next decision finds a due time that is on time, and that one is the latest.
        return Decision(dropped=last, cursor=last)
    return Decision(made_up_for=[last], cursor=last)


def _on_time(timing: Timing, begin: datetime, now: datetime) -> Decision:
    if timing.one_at_a_time:
        last = last_due(timing, begin, now)
        return Decision(on_time=[last], cursor=last)
    due = due_times(timing, begin, now)
    return Decision(on_time=due, cursor=due[-1])


def next_due(timing: Timing, after: datetime) -> datetime | None:
    """The first due time after a moment; ``None`` when there is none, ever."""
    return next(_due_after(timing, after), None)


def due_times(timing: Timing, after: datetime, until: datetime) -> list[datetime]:
    """The first due times in ``(after, until]``, at most `BATCH` of them."""
    return list(islice(takewhile(lambda due: due <= until, _due_after(timing, after)), BATCH))


def last_due(timing: Timing, after: datetime, until: datetime) -> datetime:
    """The last due time in ``(after, until]``.

    Raises:
        ValueError: There is none.
    """
    if isinstance(timing.schedule, Periodic):
        period = timedelta(seconds=timing.schedule.period)
        last = timing.anchor + (until - timing.anchor) // period * period
        if last <= after:
            raise ValueError(f"nothing is due after {after} and until {until}")
        return last
    span = _FIRST_SPAN
    while True:
        begin = max(after, until - span)
        # Only the last one is kept: a calendar may fire very often in the span.
        last_seen = None
        for due in takewhile(lambda due: due <= until, _due_after(timing, begin)):
            last_seen = due
        if last_seen is not None:
            return last_seen
        if begin == after:
            raise ValueError(f"nothing is due after {after} and until {until}")
        span *= _GROWTH


def _due_after(timing: Timing, after: datetime) -> Iterator[datetime]:
    after = max(after, timing.anchor)
    if isinstance(timing.schedule, Calendar):
        return _of_calendar(timing.schedule, after)
    if timing.schedule.start_on == "command":
        return iter(())
    return _of_period(timing.schedule.period, timing.anchor, after)


def _of_calendar(calendar: Calendar, after: datetime) -> Iterator[datetime]:
    from taskflows_cloud_core.schedules.occurrences.occurrences import iterate

    return iterate(calendar.spec, after)


def _of_period(seconds: int, anchor: datetime, after: datetime) -> Iterator[datetime]:
    """Every due time is counted from the anchor, so that no error can add up; they end with the year 9999."""
    with contextlib.suppress(OverflowError):
        period = timedelta(seconds=seconds)
        for count in itertools.count((after - anchor) // period + 1):
            yield anchor + count * period
