"""Running a callable in this process as a runtime would: event in, JSON out, what it prints into the log."""

from __future__ import annotations

import contextlib
import io
import json
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from taskflows_cloud_core.packaging.code.call_signature import arguments_for, call_style
from taskflows_cloud_core.packaging.runtime.results import finish

# Standard output and the environment belong to the whole process.
_ONE_AT_A_TIME = threading.RLock()


@attrs.frozen(kw_only=True)
class Context:
    """What a function that takes ``context`` gets; the names are those of AWS Lambda.

    Args:
        function_name: The function.
        memory_limit_in_mb: Of its configuration; not enforced.
        aws_request_id: Identifies the run.
        timeout_seconds: Of its configuration; not enforced.
    """

    function_name: str
    memory_limit_in_mb: int
    aws_request_id: str
    timeout_seconds: int

    def get_remaining_time_in_millis(self) -> int:
        """The whole time that a run may take, in milliseconds: the clock of the place stands still."""
        return self.timeout_seconds * 1000


@attrs.frozen(kw_only=True)
class Ending:
    """What a call gave.

    Args:
        ok: Whether the function returned.
        value: What it returned, as JSON gives it back.
        error: Type, message and traceback; ``None`` when it returned.
        lines: What it printed.
        duration_ms: How long it really took, in milliseconds.
    """

    ok: bool
    value: Any = None
    error: str | None = None
    lines: tuple[str, ...]
    duration_ms: float


def run(function: Callable[..., Any], event: Any, context: Context, environment: Mapping[str, str]) -> Ending:
    """Call a function once. Time and memory limits are not enforced: it runs in this process.

    Args:
        function: The user's callable.
        event: Any JSON value; the function gets a copy.
        context: The description of the run.
        environment: Its variables, set while it runs.
    """
    printed = io.StringIO()
    begin = time.perf_counter()
    error, value = None, None
    with _ONE_AT_A_TIME, _variables(environment), _into(printed):
        try:
            value = _call(function, json.loads(json.dumps(event)), context)
        except (Exception, SystemExit) as raised:  # noqa: BLE001 - whatever the user's code raises is its result
            error = _told(raised)
    return Ending(
        ok=error is None,
        value=value,
        error=error,
        lines=tuple(printed.getvalue().splitlines()),
        duration_ms=(time.perf_counter() - begin) * 1000,
    )


def _call(function: Callable[..., Any], event: Any, context: Context) -> Any:
    takes, _ = call_style(function)
    given, named = arguments_for(takes, event, context)
    try:
        result = function(*given, **named)
    except SystemExit as left:
        if left.code in (None, 0):
            return None
        raise RuntimeError(f"the function left with sys.exit({left.code!r})") from left
    return json.loads(json.dumps(finish(result)))


def _told(error: BaseException) -> str:
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename == __file__:
        frame = frame.tb_next
    return f"{type(error).__name__}: {error}\n{''.join(traceback.format_exception(type(error), error, frame))}"


@contextlib.contextmanager
def _into(printed: io.StringIO) -> Iterator[None]:
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        yield


@contextlib.contextmanager
def _variables(environment: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ.update(before)
