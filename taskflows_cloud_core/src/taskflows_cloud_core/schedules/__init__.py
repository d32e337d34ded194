"""Schedules: what they say, when they fire, and how another dialect says the same.

What reads text or computes moments is loaded when it is first used; the classes are here at once.
"""

from typing import TYPE_CHECKING

from taskflows_cloud_core._lazy import attach
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

if TYPE_CHECKING:
    from taskflows_cloud_core.schedules.canonical import short_text
    from taskflows_cloud_core.schedules.clockchanges import cron_warnings
    from taskflows_cloud_core.schedules.cron import cron_lines, seconds_text
    from taskflows_cloud_core.schedules.cronreading import read_cron
    from taskflows_cloud_core.schedules.dialects import (
        GOOGLE_CRON,
        KUBERNETES_CRON,
        NCRONTAB,
        UNIX_CRON,
        CronDialect,
    )
    from taskflows_cloud_core.schedules.english import describe
    from taskflows_cloud_core.schedules.frequency import runs_per_month
    from taskflows_cloud_core.schedules.impossible import why_never
    from taskflows_cloud_core.schedules.misreadings import misreading_warnings
    from taskflows_cloud_core.schedules.occurrences import iterate, last_run, next_runs
    from taskflows_cloud_core.schedules.oncalendar import parse
    from taskflows_cloud_core.schedules.overlaps import Overlap, find_overlaps, overlap_warnings
    from taskflows_cloud_core.schedules.previewrows import (
        PreviewRow,
        ReadExpression,
        SchedulePreview,
        preview_rows,
    )
    from taskflows_cloud_core.schedules.previews import Preview, preview
    from taskflows_cloud_core.schedules.terminal import week_in_colour
    from taskflows_cloud_core.schedules.triggers import make_triggers
    from taskflows_cloud_core.schedules.weekpng import week_png
    from taskflows_cloud_core.schedules.weeks import Week, week_of
    from taskflows_cloud_core.schedules.weeksvg import week_svg
    from taskflows_cloud_core.schedules.weektext import week_text

_MODULES = {
    "CronDialect": "dialects",
    "GOOGLE_CRON": "dialects",
    "KUBERNETES_CRON": "dialects",
    "NCRONTAB": "dialects",
    "Overlap": "overlaps",
    "Preview": "previews",
    "PreviewRow": "previewrows",
    "ReadExpression": "previewrows",
    "SchedulePreview": "previewrows",
    "UNIX_CRON": "dialects",
    "Week": "weeks",
    "cron_lines": "cron",
    "cron_warnings": "clockchanges",
    "describe": "english",
    "find_overlaps": "overlaps",
    "iterate": "occurrences",
    "last_run": "occurrences",
    "make_triggers": "triggers",
    "misreading_warnings": "misreadings",
    "next_runs": "occurrences",
    "overlap_warnings": "overlaps",
    "parse": "oncalendar",
    "preview": "previews",
    "preview_rows": "previewrows",
    "read_cron": "cronreading",
    "runs_per_month": "frequency",
    "seconds_text": "cron",
    "short_text": "canonical",
    "week_in_colour": "terminal",
    "week_of": "weeks",
    "week_png": "weekpng",
    "week_svg": "weeksvg",
    "week_text": "weektext",
    "why_never": "impossible",
}

__all__ = [
    "GOOGLE_CRON",
    "KUBERNETES_CRON",
    "NCRONTAB",
    "UNIX_CRON",
    "Calendar",
    "CalendarSpec",
    "CronDialect",
    "Overlap",
    "Periodic",
    "Preview",
    "PreviewRow",
    "ReadExpression",
    "Schedule",
    "ScheduleExpression",
    "SchedulePreview",
    "Translation",
    "Trigger",
    "Verdict",
    "Week",
    "as_schedule",
    "cron_lines",
    "cron_warnings",
    "describe",
    "find_overlaps",
    "iterate",
    "last_run",
    "make_triggers",
    "misreading_warnings",
    "next_runs",
    "overlap_warnings",
    "parse",
    "preview",
    "preview_rows",
    "read_cron",
    "runs_per_month",
    "seconds_text",
    "short_text",
    "week_in_colour",
    "week_of",
    "week_png",
    "week_svg",
    "week_text",
    "why_never",
]

__getattr__, __dir__ = attach(__name__, _MODULES)
