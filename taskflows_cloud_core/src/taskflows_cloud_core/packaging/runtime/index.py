"""The door of the package: the runtime imports this module and calls `handler`.

While a function runs on a schedule, the environment variable ``TASKFLOWS_CLOUD_OCCURRENCE`` names the schedule and
the moment that was due. A run that is repeated after a failure has the same name, so a function that must not do
something twice can remember it.

SIGTERM while the function runs ends it with an exception, so that its ``finally`` blocks and context managers run; a
function that handles the signal itself keeps its own handler.
"""

from __future__ import annotations

import json
import os
from _signal import SIG_DFL, SIGTERM, getsignal, signal  # type: ignore[import-not-found]  # signal takes longer to import
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:  # nothing else that runs at a cold start imports typing
    from typing import Any

_OCCURRENCE = "TASKFLOWS_CLOUD_OCCURRENCE"
_ATOMS = (type(None), bool, int)


def _load() -> Any:
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_taskflows_cloud")  # noqa: PTH100, PTH118, PTH120 - pathlib takes longer to import than all of this
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as stream:  # noqa: PTH118, PTH123 - as above
        entry = json.load(stream)["entry"]
    if "payload_sha256" in entry:
        function = import_module("_taskflows_cloud.payload").load(folder, entry["payload_sha256"])
    else:
        function = import_module(entry["module"])
        for name in entry["attributes"]:
            function = getattr(function, name)
    return function if entry["takes"] == "event, context" else _called(function, entry["takes"])


def _called(function: Any, takes: str) -> Any:
    """A function of the event and the context that gives another one what it takes."""
    if takes == "nothing":
        return lambda _event, _context: function()
    if takes == "event":
        return lambda event, _context: function(event)
    if takes == "event=":
        return lambda event, _context: function(event=event)
    if takes == "event, context=":
        return lambda event, context: function(event, context=context)
    return lambda event, context: function(event=event, context=context)


def _is_plain(value: Any) -> bool:
    """Whether a result can be sent as it is; everything else takes a module more."""
    kind = type(value)
    if kind is str:
        return _is_sendable(value)
    if kind in _ATOMS:
        return True
    if kind is float:
        return bool(value - value == 0)  # NaN and infinities, which JSON has not, are not equal to themselves then
    if kind is list:
        return all(map(_is_plain, value))
    if kind is dict:
        return all(type(key) is str and _is_sendable(key) for key in value) and all(map(_is_plain, value.values()))
    return False


def _is_sendable(text: str) -> bool:
    """Whether a text can leave as UTF-8; names of files may hold what cannot."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _finish(result: Any) -> Any:
    try:
        if _is_plain(result):
            return result
    except RecursionError:  # the other module says where the circle is
        pass
    return import_module("_taskflows_cloud.results").finish(result)


_named: list[str] = []


def _name_occurrence(event: Any) -> None:
    """Tell the function which occurrence of which schedule it runs for, as far as the event says."""
    name = ""
    if type(event) is dict:
        resources = event.get("resources")
        schedule = resources[0] if type(resources) is list and resources else event.get("schedule")
        due = event.get("time") or event.get("scheduled_time")
        if type(schedule) is str and type(due) is str:
            name = f"{schedule}@{due}"
    if name and name.isprintable():
        os.environ[_OCCURRENCE] = name
        _named[:] = [name]
    elif _named:  # looking into the environment takes longer than all else here
        _named.clear()
        os.environ.pop(_OCCURRENCE, None)


class Terminated(SystemExit):
    """The process was told to end while the function was running."""

    def __str__(self) -> str:
        return "the function was told to end by SIGTERM"


def _terminate(_number: int, _frame: Any) -> None:
    raise Terminated(128 + SIGTERM)


def _begin() -> bool:
    """Let SIGTERM end the function; not when it handles the signal itself."""
    try:
        if getsignal(SIGTERM) is not SIG_DFL:
            return False
        signal(SIGTERM, _terminate)
    except ValueError:  # only the main thread may
        return False
    return True


def _end() -> None:
    """Let SIGTERM end the idle process at once, unless the function has set something else."""
    if getsignal(SIGTERM) is _terminate:
        signal(SIGTERM, SIG_DFL)


_call = _load()


def handler(event: Any, context: Any) -> Any:
    """Run the function once.

    Args:
        event: What triggered it.
        context: The runtime's description of the invocation.

    Returns:
        The function's result in the types of JSON.
    """
    _name_occurrence(event)
    begun = _begin()
    try:
        result = _call(event, context)
        return result if type(result) in _ATOMS else _finish(result)
    except Terminated:
        raise
    except BaseException as error:
        if isinstance(error, SystemExit) and error.code in (None, 0):
            return None
        told = import_module("_taskflows_cloud.failures").told(error)
        if told is error:
            raise
        raise told from error
    finally:
        if begun:
            _end()
