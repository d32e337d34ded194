"""One run and its outcome, for adapters that report it themselves.

An outcome is a JSON object:

- ``{"outcome": "ran", "value": ...}``
- ``{"outcome": "failed", "type": ..., "message": ..., "traceback": ...}``
- ``{"outcome": "skipped", "reason": ...}``, of a run that was not meant to happen
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime, timedelta, timezone
from types import TracebackType
from typing import Any
from uuid import uuid4

from .context import Context, utc_now
from .entry import Terminated, run
from .failures import reportable
from .occurrence import Occurrence

SIGTERM_TYPE = "SIGTERM"
"""The type of the failure of a run that SIGTERM ended."""

_PREFIX = "TASKFLOWS_CLOUD_"
_OWN_FOLDER = os.path.dirname(os.path.abspath(__file__))
_ROOT = os.path.dirname(_OWN_FOLDER)
_INDEX = os.path.join(_ROOT, "index.py")


def take_variables(environment: MutableMapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """Take what is meant for the adapter out of the environment, so that the function does not see it.

    Args:
        environment: Of the process.
        names: The names without the prefix ``TASKFLOWS_CLOUD_``.

    Returns:
        Name without the prefix to value, of those that are there and not empty.
    """
    found = {name: environment.pop(_PREFIX + name, "") for name in names}
    return {name: value for name, value in found.items() if value}


def prepare_output() -> None:
    """Let every text that is printed or logged come out, line by line, also with no configuration of logging."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]  # it is a TextIOWrapper at the start
    # logging.basicConfig() still goes before it.
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logging.lastResort = handler


def make_context(variables: Mapping[str, str], request_id: str | None, occurrence: Occurrence | None) -> Context:
    """Describe a run that begins now.

    Args:
        variables: As `take_variables` gives them.
        request_id: ``None`` to make one.
        occurrence: The due time that it is for.
    """
    timeout, memory = variables.get("TIMEOUT_SECONDS"), variables.get("MEMORY_MB")
    deadline = datetime.max.replace(tzinfo=timezone.utc)
    if timeout is not None:
        deadline = utc_now() + timedelta(seconds=float(timeout))
    return Context(
        request_id=request_id or str(uuid4()),
        function_name=variables.get("FUNCTION_NAME", ""),
        memory_mb=None if memory is None else int(memory),
        deadline=deadline,
        occurrence=occurrence,
    )


def outcome_of(
    begin: Callable[[], tuple[Any, Any, Context]], on_end: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Run the function once, whatever comes of it.

    Args:
        begin: Gives the function, the event and the context.
        on_end: Is called when the function has ended.
    """
    try:
        function, event, context = begin()
        value = run(function, event, context)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the outcome
        on_end()
        if isinstance(error, Terminated):
            return _failure_of(error, SIGTERM_TYPE)
        reported = reportable(error)
        return _failure_of(reported, type(reported).__name__)
    on_end()
    return {"outcome": "ran", "value": value}


def failure(kind: str, message: str) -> dict[str, Any]:
    """The outcome of a run that failed without an exception of its own.

    Args:
        kind: In the place of the exception's type.
        message: What happened.
    """
    return {"outcome": "failed", "type": kind, "message": message, "traceback": ""}


def _failure_of(error: BaseException, kind: str) -> dict[str, Any]:
    """The outcome for an exception; its traceback is that of the function alone, with paths inside the package."""
    chained: BaseException | None = error
    seen: set[int] = set()
    while chained is not None and id(chained) not in seen:
        seen.add(id(chained))
        chained.__traceback__ = _frames_of_user(chained.__traceback__)
        chained = chained.__cause__ or chained.__context__
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    in_package = text.replace(f'  File "{_ROOT}{os.sep}', '  File "')
    return {**failure(kind, str(error)), "traceback": in_package}


def _frames_of_user(frames: TracebackType | None) -> TracebackType | None:
    while frames is not None:
        file = frames.tb_frame.f_code.co_filename
        if os.path.dirname(file) != _OWN_FOLDER and file != _INDEX:
            break
        frames = frames.tb_next
    return frames


def to_text(outcome: Mapping[str, Any], largest: int | None = None) -> str:
    """An outcome as one line of JSON.

    Args:
        outcome: What became of a run.
        largest: So many bytes are possible at most; a larger one becomes a failure that says so.
    """
    text = json.dumps(outcome)
    if largest is None or len(text) <= largest:
        return text
    if outcome["outcome"] == "failed":
        # What raised it stands at the end of a traceback.
        short = {**outcome, "traceback": outcome["traceback"][len(text) - largest :]}
        excess = max(0, len(json.dumps(short)) - largest)
        return json.dumps({**short, "message": outcome["message"][: len(outcome["message"]) - excess]})
    size = len(json.dumps(outcome["value"]))
    message = f"the return value has {size} bytes as JSON; at most {largest} are possible"
    return json.dumps(failure("ResultTooLarge", message))


def log_failure(outcome: Mapping[str, Any]) -> None:
    """Write a failure into the log."""
    if outcome["outcome"] != "failed":
        return
    with contextlib.suppress(AttributeError, OSError, ValueError):  # the function may have closed it, or set it to None
        sys.stderr.write(f"ERROR {outcome['type']}: {outcome['message']}\n{outcome['traceback']}")
        sys.stderr.flush()
