"""Jobs side by side; an interrupt lets those under way end, and begins no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

_T = TypeVar("_T")


def side_by_side(jobs: Iterable[Callable[[], _T]], *, max_workers: int) -> list[Future[_T]]:
    """Run jobs in threads.

    Args:
        jobs: What is to be done.
        max_workers: How many may be under way at once.

    Returns:
        A future for each job, in the order given; all are done.

    Raises:
        KeyboardInterrupt: Somebody interrupted; jobs that were not begun never will be.
    """
    with ThreadPoolExecutor(max_workers=max_workers, thread_name_prefix="taskflows-cloud") as pool:
        try:
            # The first job may be under way, and interrupt, before the last is submitted.
            futures = [pool.submit(job) for job in jobs]
            wait(futures)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return futures
