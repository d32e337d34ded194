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
- Schedules of one function that are due at the same moment run it once.
- `LocalFunctionOptions` says what becomes of due times that overlap with a run or were missed. What was due while
  a function was paused is not made up for.
- Scheduled runs that fail are tried again as often as ``retries`` says, after 1, 2, 4, ... 60 seconds; never, when
  it does not say.
- Runs and their lines are kept for ``log_retention_days``, or for 30 days.

What a run sees:

- The Python standard library and its package, with the package's folder, which is read-only, as working directory.
- As its event ``{"scheduled_time": ISO 8601, "schedule": text, "run_id": text, "attempt": int}`` when it was due; the
  payload, or ``{}``, when somebody asked for it.
- Python's own shutdown: it is over when its threads have ended and its files are flushed, or at its timeout.
- HOME, LANG, LC_ALL, LC_CTYPE, LOGNAME, PATH, TZ and USER as whoever starts it has them; TMPDIR, a folder of this
  run alone; OMP_NUM_THREADS, one for each 256 MiB of its memory; and the function's own variables before all these.
- A process group of its own, which outlives neither the run nor the process that watches over it.
- The memory limit, for each process of the run: on Linux for its private memory, used or only reserved. Scratch
  space is not limited.
"""

from typing import TYPE_CHECKING

from taskflows_cloud_core._lazy import attach

if TYPE_CHECKING:
    from taskflows_cloud_core.local.api import list_runs, run_scheduler
    from taskflows_cloud_core.local.options import LocalFunctionOptions, LocalOptions
    from taskflows_cloud_core.local.store.records import Run

_MODULES = {
    "LocalFunctionOptions": "options",
    "LocalOptions": "options",
    "Run": "store.records",
    "list_runs": "api",
    "run_scheduler": "api",
}

__all__ = ["LocalFunctionOptions", "LocalOptions", "Run", "list_runs", "run_scheduler"]

__getattr__, __dir__ = attach(__name__, _MODULES)
