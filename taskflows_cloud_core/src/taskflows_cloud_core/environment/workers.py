"""Run jobs in threads, and stop them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import TypeVar

from taskflows_cloud_core.stopping import raise_if_stopped, stoppable

_T = TypeVar("_T")


def side_by_side(jobs: Iterable[Callable[[], _T]], *, max_workers: int) -> list[Future[_T]]:
    """Run jobs in threads. On an interrupt no further job starts, and `stopping.current` of those that run is set.

    Args:
        jobs: The jobs; each runs in a copy of the caller's context.
        max_workers: How many may run at once.

    Returns:
        A future for each job, in the order given; all are done.

    Raises:
        KeyboardInterrupt: The user interrupted; the jobs that were running have ended.
    """
    with ThreadPoolExecutor(max_workers=max_workers, thread_name_prefix="taskflows-cloud") as pool, stoppable():
        try:
            # The first job may run, and the user interrupt, before the last one is submitted.
            futures = [pool.submit(copy_context().run, _start, job) for job in jobs]
            wait(futures)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return futures


def _start(job: Callable[[], _T]) -> _T:
    raise_if_stopped()
    return job()
