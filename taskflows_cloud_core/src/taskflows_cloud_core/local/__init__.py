"""The embedded provider: functions deployed to this machine, run by a scheduler of its own.

It is found through core's entry point like any other provider; ``get_environment("local")`` is the way in. What
is exported here is what a provider's hooks have no place for: the scheduler, and the list of runs. Names are
loaded when they are first used.

What the scheduler promises:

- A due time is one row of the database, taken in a transaction: with several schedulers, or after a crash, it is
  run once. A run whose scheduler died is ``interrupted``, and run again only when the configuration has retries.
- ``Periodic`` counts from the deployment of that schedule, not from the start of the scheduler; a redeployment
  that does not change it does not disturb it. With ``relative_to="finish"`` it counts from the end of the run
  before. With ``start_on="command"`` it never begins by itself.
- The event of a scheduled run is ``{"scheduled_time": ISO 8601, "schedule": text, "run_id": text, "attempt": int}``.
- A run sees the Python standard library and its package, in a process group of its own that does not outlive the
  run or the scheduler. Its environment has HOME, LANG, LC_ALL, LC_CTYPE, LOGNAME, PATH, TZ and USER as the
  scheduler has them, TMPDIR, which is a folder of this run alone, and the function's own variables. Its code
  folder is the working directory and read-only. The memory limit holds for each process of the run (on Linux for
  its private memory); scratch space is not limited.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from taskflows_cloud_core.local.api import list_runs, run_scheduler
    from taskflows_cloud_core.local.options import LocalFunctionOptions, LocalOptions
    from taskflows_cloud_core.local.records import Run

_MODULES = {
    "LocalFunctionOptions": "options",
    "LocalOptions": "options",
    "Run": "records",
    "list_runs": "api",
    "run_scheduler": "api",
}

__all__ = ["LocalFunctionOptions", "LocalOptions", "Run", "list_runs", "run_scheduler"]


def __getattr__(name: str) -> Any:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
