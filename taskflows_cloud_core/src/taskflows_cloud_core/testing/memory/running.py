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
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

import attrs

from taskflows_cloud_core.packaging.code.call_signature import call_style
from taskflows_cloud_core.packaging.runtime import entry, loop, results
from taskflows_cloud_core.packaging.runtime.context import Context
from taskflows_cloud_core.packaging.runtime.loop import is_on_loop
from taskflows_cloud_core.packaging.runtime.occurrence import Occurrence

# Standard output and the environment belong to the whole process.
_ONE_AT_A_TIME = threading.RLock()
# Their frames are left out of tracebacks.
_OWN_FILES = (__file__, entry.__file__, loop.__file__, results.__file__)


class RunContext(Context):
    """What a function that takes ``context`` gets here: the clock stands still while it runs.

    Args:
        function_name: The function.
        memory_mb: Of its configuration; not enforced.
        request_id: Identifies the run.
        timeout_seconds: Of its configuration; not enforced.
        now: Where the clock stands.
        occurrence: The due time that the run is for.
    """

    def __init__(
        self,
        *,
        function_name: str,
        memory_mb: int,
        request_id: str,
        timeout_seconds: int,
        now: datetime,
        occurrence: Occurrence | None,
    ) -> None:
        deadline = now + timedelta(seconds=timeout_seconds)
        super().__init__(
            request_id=request_id,
            function_name=function_name,
            memory_mb=memory_mb,
            deadline=deadline,
            occurrence=occurrence,
        )
        self._now = now

    def remaining_ms(self) -> int:
        """The whole time that a run may take, in milliseconds."""
        return (self.deadline - self._now) // timedelta(milliseconds=1)


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
    # A run that an async function begins is inside another one, on the thread of the event loop.
    with nullcontext() if is_on_loop() else _ONE_AT_A_TIME, _variables(environment), _into(printed):
        try:
            takes, _ = call_style(function)
            returned = entry.run(entry.bind(function, takes), json.loads(json.dumps(event)), context)
            value = json.loads(json.dumps(returned))
        except Exception as raised:  # noqa: BLE001 - whatever the user's code raises is its result
            if isinstance(raised.__cause__, KeyboardInterrupt):
                raise raised.__cause__ from None
            error = _told(raised)
    return Ending(
        ok=error is None,
        value=value,
        error=error,
        lines=tuple(printed.getvalue().splitlines()),
        duration_ms=(time.perf_counter() - begin) * 1000,
    )


def _told(error: BaseException) -> str:
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename in _OWN_FILES:
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
