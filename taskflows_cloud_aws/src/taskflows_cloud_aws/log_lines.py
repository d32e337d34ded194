"""What a line of a Lambda function's log tells: its invocation, its level. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast, get_args

from taskflows_cloud_core import LogEvent
from taskflows_cloud_core.results import Level

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# Written by Lambda itself around each run.
_MARK = re.compile(rf"(?P<mark>START|END|REPORT) RequestId: (?P<id>{_UUID})")
# Written by Python's logging under Lambda: [INFO]\t2026-11-24T09:00:00.000Z\t<request id>\tmessage
_LOGGED = re.compile(rf"\[(?P<level>[A-Z]+)\]\t[^\t]*\t(?P<id>{_UUID})?")
_ERROR = re.compile(r"\[ERROR\]|Traceback \(most recent call last\)|.*Task timed out after [\d.]+ seconds")
_DURATION = re.compile(r"^REPORT RequestId: .*?\tDuration: (?P<ms>[\d.]+) ms", re.MULTILINE)
_LEVELS = frozenset(get_args(Level))
_LEVEL_NAMES = {"WARN": "WARNING", "FATAL": "CRITICAL", "TRACE": "DEBUG"}


def to_events(found: Iterable[Mapping[str, Any]]) -> list[LogEvent]:
    """Make events of what CloudWatch answers, in its order.

    Args:
        found: Each with ``timestamp`` in milliseconds, ``message``, ``logStreamName``, ``eventId``.

    Returns:
        One event for each. A line that names no invocation belongs to the one that its stream is in.
    """
    rows = list(found)
    requests, events = _request_ids(rows), _event_ids(rows)
    return [_event(*parts) for parts in zip(rows, requests, events, strict=True)]


def _event_ids(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """CloudWatch's own; where an emulator gives none, stream, moment and place among its equals."""
    seen: Counter[tuple[Any, Any]] = Counter()
    for row in rows:
        place = row.get("logStreamName", ""), row["timestamp"]
        seen[place] += 1
        yield str(row.get("eventId") or f"{place[0]}/{place[1]}/{seen[place]}")


def _event(row: Mapping[str, Any], request_id: str | None, event_id: str) -> LogEvent:
    message = str(row["message"]).rstrip("\r\n")
    return LogEvent(
        timestamp=datetime.fromtimestamp(row["timestamp"] / 1000, UTC),
        message=message,
        request_id=request_id,
        level=level_of(message),
        event_id=event_id,
    )


def _request_ids(rows: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """The invocation of each line: what it names, else what the lines around it in its stream say."""
    ids: list[str | None] = [None] * len(rows)
    streams: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        streams.setdefault(str(row.get("logStreamName", "")), []).append(index)
    for indexes in streams.values():
        current = _first_ending([str(rows[index]["message"]) for index in indexes])
        for index in indexes:
            mark, named = request_id_of(str(rows[index]["message"]))
            current = named or current
            ids[index] = current
            if mark == "REPORT":
                current = None
    return ids


def _first_ending(messages: Iterable[str]) -> str | None:
    """The invocation that was under way before the first line: the one that ends before any starts."""
    for message in messages:
        mark, named = request_id_of(message)
        if mark:
            return named if mark != "START" else None
    return None


def request_id_of(message: str) -> tuple[str | None, str | None]:
    """Which of Lambda's own lines it is, and the invocation that it names."""
    if found := _MARK.match(message):
        return found["mark"], found["id"]
    if found := _LOGGED.match(message):
        return None, found["id"]
    return None, _from_json(message, "requestId", "AWSRequestId", "aws_request_id")


def level_of(message: str) -> Level | None:
    """The severity that a line tells; ``None`` when it tells none."""
    if found := _LOGGED.match(message):
        name = found["level"]
    elif _ERROR.match(message):
        name = "ERROR"
    else:
        name = (_from_json(message, "level") or "").upper()
    name = _LEVEL_NAMES.get(name, name)
    return cast("Level", name) if name in _LEVELS else None


def _from_json(message: str, *keys: str) -> str | None:
    if not message.startswith("{"):
        return None
    try:
        line = json.loads(message)
    except ValueError:
        return None
    values: Iterator[Any] = (line[key] for key in keys if key in line)
    return next((value for value in values if isinstance(value, str)), None)


def duration_ms(tail: str) -> float | None:
    """How long the run took, by Lambda's REPORT line."""
    found = _DURATION.search(tail)
    return float(found["ms"]) if found else None
