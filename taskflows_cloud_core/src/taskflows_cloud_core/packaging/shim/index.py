"""The door of the package: the runtime imports this module and calls `handler`."""

import json
import os
from importlib import import_module
from typing import Any

# Results that need no second look. A float may be NaN, which JSON has not.
_PLAIN = (type(None), bool, int, str)


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
    if entry["takes"] == "nothing":
        return lambda _event, _context: function()
    if entry["takes"] == "event":
        return lambda event, _context: function(event)
    return function


_call = _load()


def handler(event: Any, context: Any) -> Any:
    """Run the function once.

    Args:
        event: What triggered it.
        context: The runtime's description of the invocation.

    Returns:
        The function's result in the types of JSON.
    """
    try:
        result = _call(event, context)
        if type(result) in _PLAIN:
            return result
        return import_module("_taskflows_cloud.results").finish(result)
    except SystemExit as error:
        if error.code in (None, 0):
            return None
        raise RuntimeError(f"the function left with sys.exit({error.code!r})") from error
