"""What a line of a Lambda function's log tells: its invocation, its level, a failure. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, cast, get_args

from taskflows_cloud_core.results import Level

Mark: TypeAlias = Literal["START", "END", "REPORT"]

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
"""The form of an invocation's identifier."""
# Written by Lambda itself around each run.
_MARK = re.compile(rf"(?P<mark>START|END|REPORT) RequestId: (?P<id>{UUID})")
# Written by Python's logging under Lambda: [INFO]\t2026-11-24T09:00:00.000Z\t<request id>\tmessage
_LOGGED = re.compile(rf"\[(?P<level>[A-Z]+)\]\t[^\t]*\t(?P<id>{UUID})?")
# Written by Lambda about a run that it ended, or whose process ended by itself.
_ENDED = re.compile(
    rf"(?:\S+ |RequestId: )(?P<id>{UUID}) "
    r"(?:Task timed out after|Error: Runtime exited|Process exited before completing)"
)
# Written by Lambda's client for Python about an exception that left the handler; logging writes a tab there.
_RAISED = re.compile(r"\[ERROR\] [A-Za-z_][\w.]*(?::|$)", re.MULTILINE)
# Likewise, without the name of the run in between.
_TIMED_OUT = re.compile(r"Task timed out after [\d.]+ seconds\s*$")
_REPORTED = re.compile(r"REPORT RequestId: .*\tStatus: (?!success)\w", re.DOTALL)
_ERROR = re.compile(r"\[ERROR\]|Traceback \(most recent call last\)|.*Task timed out after [\d.]+ seconds")
_DURATION = re.compile(r"^REPORT RequestId: .*?\tDuration: (?P<ms>[\d.]+) ms", re.MULTILINE)
_LEVELS = frozenset(get_args(Level))
_LEVEL_NAMES = {"WARN": "WARNING", "FATAL": "CRITICAL", "TRACE": "DEBUG"}
# The same as _MARK in logs that are kept as JSON.
_JSON_MARKS: Mapping[str, Mark] = {"platform.start": "START", "platform.report": "REPORT"}


def request_id_of(message: str) -> tuple[Mark | None, str | None]:
    """Which of Lambda's own lines it is, and the invocation that it names."""
    if found := _MARK.match(message):
        return cast("Mark", found["mark"]), found["id"]
    if found := _LOGGED.match(message) or _ENDED.match(message):
        return None, found["id"]
    line = _json(message)
    mark = _JSON_MARKS.get(str(line.get("type")))
    return mark, _text_of({**line, **_record(line)}, "requestId", "AWSRequestId", "aws_request_id")


def is_failure(message: str) -> bool:
    """Whether a line says that its run failed: an exception that nothing caught, a timeout, the end of its process."""
    if any(pattern.match(message) for pattern in (_RAISED, _ENDED, _TIMED_OUT, _REPORTED)):
        return True
    line = _json(message)
    return line.get("type") == "platform.report" and _record(line).get("status", "success") != "success"


def level_of(message: str) -> Level | None:
    """The severity that a line tells; ``None`` when it tells none."""
    if found := _LOGGED.match(message):
        name = found["level"]
    elif _ERROR.match(message):
        name = "ERROR"
    else:
        name = (_text_of(_json(message), "level") or "").upper()
    name = _LEVEL_NAMES.get(name, name)
    return cast("Level", name) if name in _LEVELS else None


def _json(message: str) -> Mapping[str, Any]:
    if not message.startswith("{"):
        return {}
    try:
        line = json.loads(message)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _record(line: Mapping[str, Any]) -> Mapping[str, Any]:
    record = line.get("record")
    return record if isinstance(record, dict) else {}


def _text_of(line: Mapping[str, Any], *keys: str) -> str | None:
    values = (line[key] for key in keys if key in line)
    return next((value for value in values if isinstance(value, str)), None)


def duration_ms(tail: str) -> float | None:
    """How long the run took, by Lambda's REPORT line."""
    found = _DURATION.search(tail)
    return float(found["ms"]) if found else None
