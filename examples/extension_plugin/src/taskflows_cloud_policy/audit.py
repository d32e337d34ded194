"""The file with a line for each change."""

import contextlib
import getpass
import json
import os
from datetime import UTC, datetime
from types import SimpleNamespace

from taskflows_cloud_core import OperationError

LOG_VARIABLE = "TASKFLOWS_CLOUD_AUDIT_LOG"


@contextlib.contextmanager
def recorded(change, function, provider=None, actions=None):
    """Write a line before a change and one after it; ``ok`` of what is given says how it went.

    A deployment without actions changes nothing and has no line.

    Raises:
        OperationError: The line cannot be written; the change was not begun.
    """
    outcome = SimpleNamespace(ok=True)
    if actions is not None and not actions:
        yield outcome
        return
    # Verbs and names of resources only: their properties may be secrets.
    line = {
        "who": getpass.getuser(),
        "provider": provider,
        "function": function,
        "change": change,
        "actions": [f"{action.verb} {action.key}" for action in actions or ()],
    }
    _write({**line, "status": "begun"})
    try:
        yield outcome
    except BaseException as error:
        _write({**line, "status": f"ended by {type(error).__name__}"})
        raise
    _write({**line, "status": "done" if outcome.ok else "failed"})


def _write(line):
    path = os.environ.get(LOG_VARIABLE)
    if not path:
        raise OperationError(f"our policy wants a log of changes: set {LOG_VARIABLE} to the path of a file")
    text = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), **line})
    try:
        # Lines of several processes do not mix: each is one write to the end of the file.
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "wb", buffering=0) as stream:
            stream.write(f"{text}\n".encode())
    except OSError as error:
        raise OperationError(f"the log of changes {path} cannot be written: {error}") from error
