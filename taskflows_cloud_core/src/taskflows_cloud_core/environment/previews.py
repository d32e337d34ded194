"""Translate schedules, and preview when they fire."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.environment.connection import Connection
from taskflows_cloud_core.errors import OperationUnsupported, ScheduleError
from taskflows_cloud_core.schedules import (
    CalendarSpec,
    Periodic,
    Preview,
    Schedule,
    ScheduleExpression,
    Translation,
    as_schedule,
    preview,
)


def translate_schedule(connection: Connection, schedule: Schedule | str) -> Translation:
    """Translate one schedule; see `CloudEnvironment.translate_schedule`."""
    translation: Translation = connection.call("translate_schedule", schedule=as_schedule(schedule), config=None)
    return translation


def preview_schedules(
    connection: Connection,
    schedules: CloudFunctionConfig | Schedule | str | Iterable[Schedule | str],
    n: int,
    after: datetime | None,
) -> Preview:
    """Preview schedules; see `CloudEnvironment.preview_schedules`."""
    defaults = connection.provider.info.defaults
    config = schedules.resolved(defaults) if isinstance(schedules, CloudFunctionConfig) else None
    translations = [_translate(connection, schedule, config) for schedule in _as_schedules(schedules)]
    begin = datetime.now(UTC) if after is None else after
    try:
        return preview(translations, partial(_read, connection), n, begin)
    except OperationUnsupported:
        return preview(translations, None, n, begin)


def _translate(connection: Connection, schedule: Schedule, config: CloudFunctionConfig | None) -> Translation:
    try:
        translation: Translation = connection.call("translate_schedule", schedule=schedule, config=config)
    except ScheduleError as error:
        return Translation.refused(schedule, str(error))
    return translation


def _read(connection: Connection, expression: ScheduleExpression) -> CalendarSpec | Periodic:
    reading: CalendarSpec | Periodic = connection.call("read_expression", expression=expression)
    return reading


def _as_schedules(schedules: Any) -> tuple[Schedule, ...]:
    if isinstance(schedules, CloudFunctionConfig):
        return schedules.schedules
    if isinstance(schedules, str) or not isinstance(schedules, Iterable):
        return (as_schedule(schedules),)
    return tuple(as_schedule(schedule) for schedule in schedules)
