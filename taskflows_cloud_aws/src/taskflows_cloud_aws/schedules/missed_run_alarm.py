"""How CloudWatch is to see that a run did not come: periods without any run. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import attrs

from taskflows_cloud_aws import limits
from taskflows_cloud_core.schedules import Schedule, longest_gap

# EventBridge is exact to the minute, and a metric comes some minutes late.
_LATE_SECONDS = 600
# A week, and the hour that it has more when daylight saving ends: then the alarm may be early once a year.
_LONGEST_GAP = timedelta(days=7, hours=1)
_SHORT_PERIOD, _LONG_PERIOD = 300, 3600


@attrs.frozen(kw_only=True)
class Window:
    """So many periods without a run are an alarm.

    Args:
        periods: How many.
        period_seconds: The length of each.
    """

    periods: int
    period_seconds: int


def window_of(schedules: Sequence[Schedule]) -> Window | str:
    """The window of the schedules of a function.

    Args:
        schedules: All of them.

    Returns:
        The window, or why there is none.
    """
    gap = longest_gap(tuple(schedules))
    if gap is None:
        return "needs schedules that run at least twice a year"
    if gap > _LONGEST_GAP:
        return f"the schedules leave {gap} between two runs; CloudWatch looks back at most 7 days"
    seconds = int(gap.total_seconds()) + _LATE_SECONDS
    window = _window(seconds, _SHORT_PERIOD)
    if window.periods * _SHORT_PERIOD <= limits.ALARM_WINDOW_OF_SHORT_PERIODS_SECONDS:
        return window
    longest = limits.ALARM_WINDOW_SECONDS // _LONG_PERIOD
    long = _window(seconds, _LONG_PERIOD)
    return attrs.evolve(long, periods=min(long.periods, longest))


def _window(seconds: int, period_seconds: int) -> Window:
    # One more, because the gap need not begin where a period begins.
    return Window(periods=-(-seconds // period_seconds) + 1, period_seconds=period_seconds)
