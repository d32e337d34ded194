"""The way in for platforms that start a process for each run: ``python index.py``.

What it is given are environment variables, which the function does not see. Each begins with ``TASKFLOWS_CLOUD_``:

- ``EVENT``, the event as JSON, or ``EVENT_FILE``, a file with it; ``{}`` without either
- ``SCHEDULE`` and ``DUE_AT`` (ISO 8601), for a run that a schedule started
- ``FUNCTION_NAME``, ``REQUEST_ID``, ``MEMORY_MB``, ``TIMEOUT_SECONDS``, for the context
- ``RESULT``, where the outcome goes: ``stdout`` (the default) or ``stderr``, in one line that begins with
  ``taskflows-cloud-result`` and the request id, or the path of a file
- ``RESULT_BYTES``, how long the outcome may be
- ``SUPERVISED``, when the process that started this one enforces the timeout and judges how it ended: then the outcome
  goes into the file ``RESULT`` before Python shuts down

Otherwise this process supervises: it runs the function in a fork, sends it SIGTERM after ``TIMEOUT_SECONDS`` and
SIGKILL when that does not help, and writes the outcome when the fork has ended, so that files are flushed, threads have
ended and the log is complete by then. Its exit code is 0 for a run, 124 after a timeout, 128 and its number for a
signal, else the fork's own or 1.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from signal import SIG_DFL, SIGTERM, getsignal, signal
from typing import Any
from uuid import uuid4

if os.path.dirname(os.path.abspath(__file__)) not in sys.path:  # python -I leaves it out
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from _taskflows_cloud import entry, outcome  # type: ignore[import-not-found]  # it is there in a package
from _taskflows_cloud.context import Context  # type: ignore[import-not-found]
from _taskflows_cloud.occurrence import read_occurrence  # type: ignore[import-not-found]

_VARIABLES = (
    "DUE_AT",
    "EVENT",
    "EVENT_FILE",
    "FUNCTION_NAME",
    "MEMORY_MB",
    "REQUEST_ID",
    "RESULT",
    "RESULT_BYTES",
    "SCHEDULE",
    "SUPERVISED",
    "TIMEOUT_SECONDS",
)


def main(on_end: Callable[[], None] = lambda: None) -> int:
    """Run the function once.

    Args:
        on_end: Is called when the function has ended, before its outcome is made.

    Returns:
        The exit code.
    """
    variables = {"REQUEST_ID": str(uuid4()), **outcome.take_variables(os.environ, _VARIABLES)}
    if "SUPERVISED" in variables:
        return _run(variables, lambda text: _replace(variables["RESULT"], text), on_end)
    from _taskflows_cloud.supervisor import Supervisor  # type: ignore[import-not-found]  # as above

    supervisor = Supervisor(variables)
    if supervisor.is_child:
        return _run(variables, supervisor.send, on_end)
    return int(supervisor.watch())


def _run(variables: Mapping[str, str], write: Callable[[str], None], on_end: Callable[[], None]) -> int:
    outcome.prepare_output()
    largest = int(variables["RESULT_BYTES"]) if "RESULT_BYTES" in variables else None
    found = outcome.outcome_of(lambda: _begin(variables), on_end)
    write(outcome.to_text(found, largest))
    outcome.log_failure(found)
    if getsignal(SIGTERM) is SIG_DFL:
        signal(SIGTERM, lambda *_: _hurry(found, largest, write))
    if found["outcome"] != "failed":
        return 0
    return int(entry.TERMINATED_CODE) if found["type"] == outcome.SIGTERM_TYPE else 1


def _begin(variables: Mapping[str, str]) -> tuple[Any, Any, Context]:
    occurrence = None
    if "SCHEDULE" in variables or "DUE_AT" in variables:
        occurrence = read_occurrence(variables.get("SCHEDULE"), variables.get("DUE_AT"))
    context = outcome.make_context(variables, variables["REQUEST_ID"], occurrence)
    function, _ = entry.load()
    return function, _event(variables, {} if occurrence is None else occurrence.event), context


def _event(variables: Mapping[str, str], default: Any) -> Any:
    text = variables.get("EVENT")
    if "EVENT_FILE" in variables:
        with open(variables["EVENT_FILE"], encoding="utf-8") as stream:
            text = stream.read()
    if text is None:
        return default
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"the event is not JSON: {error}") from None


def _replace(path: str, text: str) -> None:
    part = f"{path}.part"
    with open(part, "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(part, path)


def _hurry(found: Mapping[str, Any], largest: int | None, write: Callable[[str], None]) -> None:
    """SIGTERM while Python shuts down: note what it waits for, and go on without that.

    Raises:
        Terminated: Always. Python reports it and goes on with its shutdown.
    """
    alive = [thread.name for thread in threading.enumerate() if not thread.daemon]
    names = [name for name in alive if name != threading.main_thread().name]
    write(outcome.to_text({**found, "unfinished": names}, largest))
    entry.terminate(SIGTERM, None)


if __name__ == "__main__":
    sys.exit(main())
