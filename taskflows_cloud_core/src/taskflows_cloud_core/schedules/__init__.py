"""Schedules: what they say, when they fire, and how another dialect says the same.

What reads text or computes moments is loaded when it is first used; the classes are here at once.
"""

from typing import TYPE_CHECKING

from taskflows_cloud_core._lazy import attach
from taskflows_cloud_core.schedules.calendar import Calendar
from taskflows_cloud_core.schedules.coerce import as_schedule
from taskflows_cloud_core.schedules.periodic import Periodic
from taskflows_cloud_core.schedules.spec.spec import CalendarSpec
from taskflows_cloud_core.schedules.translation import (
    Schedule,
    ScheduleExpression,
    Translation,
    Trigger,
    Verdict,
)

if TYPE_CHECKING:
    from taskflows_cloud_core.schedules.analysis.ambiguities import misreading_warnings
    from taskflows_cloud_core.schedules.analysis.frequency import runs_per_month
    from taskflows_cloud_core.schedules.analysis.longest_gap import longest_gap
    from taskflows_cloud_core.schedules.analysis.overlaps import Overlap, find_overlaps, overlap_warnings
    from taskflows_cloud_core.schedules.cron.dialects import (
        REPEATED_HOUR_CRON,
        SECONDS_CRON,
        UNIX_CRON,
        CronDialect,
    )
    from taskflows_cloud_core.schedules.cron.dst import cron_warnings
    from taskflows_cloud_core.schedules.cron.reader import read_cron
    from taskflows_cloud_core.schedules.cron.writer import cron_lines, seconds_text
    from taskflows_cloud_core.schedules.descriptions import describe
    from taskflows_cloud_core.schedules.occurrences.never_fires import why_never
    from taskflows_cloud_core.schedules.occurrences.occurrences import iterate, last_run, next_runs
    from taskflows_cloud_core.schedules.oncalendar.parser import parse
    from taskflows_cloud_core.schedules.previews.preview import Preview, preview
    from taskflows_cloud_core.schedules.previews.rich_text import week_in_colour
    from taskflows_cloud_core.schedules.previews.rows import PreviewRow, ReadExpression, SchedulePreview, preview_rows
    from taskflows_cloud_core.schedules.previews.week.plain import week_text
    from taskflows_cloud_core.schedules.previews.week.png import week_png
    from taskflows_cloud_core.schedules.previews.week.svg import week_svg
    from taskflows_cloud_core.schedules.previews.week.week import Week, week_of
    from taskflows_cloud_core.schedules.spec.text import short_text
    from taskflows_cloud_core.schedules.triggers import make_triggers

_MODULES = {
    "CronDialect": "cron.dialects",
    "REPEATED_HOUR_CRON": "cron.dialects",
    "SECONDS_CRON": "cron.dialects",
    "Overlap": "analysis.overlaps",
    "Preview": "previews.preview",
    "PreviewRow": "previews.rows",
    "ReadExpression": "previews.rows",
    "SchedulePreview": "previews.rows",
    "UNIX_CRON": "cron.dialects",
    "Week": "previews.week.week",
    "cron_lines": "cron.writer",
    "cron_warnings": "cron.dst",
    "describe": "descriptions",
    "find_overlaps": "analysis.overlaps",
    "iterate": "occurrences.occurrences",
    "last_run": "occurrences.occurrences",
    "longest_gap": "analysis.longest_gap",
    "make_triggers": "triggers",
    "misreading_warnings": "analysis.ambiguities",
    "next_runs": "occurrences.occurrences",
    "overlap_warnings": "analysis.overlaps",
    "parse": "oncalendar.parser",
    "preview": "previews.preview",
    "preview_rows": "previews.rows",
    "read_cron": "cron.reader",
    "runs_per_month": "analysis.frequency",
    "seconds_text": "cron.writer",
    "short_text": "spec.text",
    "week_in_colour": "previews.rich_text",
    "week_of": "previews.week.week",
    "week_png": "previews.week.png",
    "week_svg": "previews.week.svg",
    "week_text": "previews.week.plain",
    "why_never": "occurrences.never_fires",
}

__all__ = [
    "REPEATED_HOUR_CRON",
    "SECONDS_CRON",
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
    "longest_gap",
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
