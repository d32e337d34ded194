"""Loads the function of a package and calls it. The adapters are built on `load` and `run`.

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

TERMINATED_CODE = 128 + SIGTERM
"""The exit code of a process that SIGTERM ended while the function was running."""

_ATOMS = (type(None), bool, int)


def load() -> tuple[Any, bool]:
    """Load the function of the package that this file is in.

    Returns:
        A function of the event and the context, and whether the context matters to it.
    """
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as stream:
        entry = json.load(stream)["entry"]
    if "payload_sha256" in entry:
        from .payload import load as load_payload

        function = load_payload(folder, entry["payload_sha256"])
    else:
        function = import_module(entry["module"])
        for name in entry["attributes"]:
            function = getattr(function, name)
    return bind(function, entry["takes"]), "context" in entry["takes"]


def bind(function: Any, takes: str) -> Any:
    """Make a function of the event and the context from one that takes less, or takes them by keyword.

    Args:
        function: The user's callable.
        takes: What it is called with, as the manifest has it.
    """
    if takes == "event, context":
        return function
    if takes == "nothing":
        return lambda _event, _context: function()
    if takes == "event":
        return lambda event, _context: function(event)
    if takes == "event=":
        return lambda event, _context: function(event=event)
    if takes == "event, context=":
        return lambda event, context: function(event, context=context)
    return lambda event, context: function(event=event, context=context)


def run(function: Any, event: Any, context: Any) -> Any:
    """Call the function once.

    Args:
        function: As `load` gives it.
        event: What triggered the run.
        context: The description of the run.

    Returns:
        The function's result in the types of JSON.

    Raises:
        Terminated: SIGTERM ended the function.
        Exception: What the function raised, or an exception that says what it raised and that a runtime can report.
    """
    begun = _begin()
    try:
        result = function(event, context)
        return result if type(result) in _ATOMS else _finish(result)
    except Terminated:
        raise
    except BaseException as error:
        if isinstance(error, SystemExit) and error.code in (None, 0):
            return None
        from .failures import reportable

        failure = reportable(error)
        if failure is error:
            raise
        raise failure from error
    finally:
        if begun:
            _end()


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
    from .results import finish

    return finish(result)


class Terminated(SystemExit):
    """The process got SIGTERM while the function was running."""

    def __str__(self) -> str:
        return "the function was told to end by SIGTERM"


def terminate(_number: int, _frame: Any) -> None:
    """Handle SIGTERM.

    Raises:
        Terminated: Always.
    """
    raise Terminated(TERMINATED_CODE)


def _begin() -> bool:
    """Let SIGTERM end the function; not when it handles the signal itself."""
    try:
        if getsignal(SIGTERM) is not SIG_DFL:
            return False
        signal(SIGTERM, terminate)
    except ValueError:  # only the main thread may
        return False
    return True


def _end() -> None:
    """Let SIGTERM end the idle process at once, unless the function has set something else."""
    if getsignal(SIGTERM) is terminate:
        signal(SIGTERM, SIG_DFL)
