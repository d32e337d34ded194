"""Schedules: what they say, when they fire, and how another dialect says the same."""

from taskflows_cloud_core.schedules.calendar import Calendar
from taskflows_cloud_core.schedules.periodic import Periodic
from taskflows_cloud_core.schedules.shape import as_schedule
from taskflows_cloud_core.schedules.spec import CalendarSpec
from taskflows_cloud_core.schedules.translation import (
    Schedule,
    ScheduleExpression,
    Translation,
    Trigger,
    Verdict,
)

__all__ = [
    "Calendar",
    "CalendarSpec",
    "Periodic",
    "Schedule",
    "ScheduleExpression",
    "Translation",
    "Trigger",
    "Verdict",
    "as_schedule",
]
