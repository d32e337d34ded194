"""Ctrl-C while many functions are under way: none that was not begun is touched."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from sample_jobs import job

from taskflows_cloud_core import CloudEnvironment, CloudFunctionConfig, ProgressEvent, deploy_everywhere
from taskflows_cloud_core.environment.workers import side_by_side
from taskflows_cloud_core.testing import MemoryCloud

COUNT = 20


@pytest.fixture
def env() -> Iterator[CloudEnvironment]:
    with MemoryCloud() as cloud:
        yield cloud.environment


@pytest.fixture
def interrupted() -> Iterator[Callable[[ProgressEvent], None]]:
    """Interrupt this process at the first change, and take time over each."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    begun: list[ProgressEvent] = []

    def listen(event: ProgressEvent) -> None:
        if event.stage == "apply":
            if not begun:
                os.kill(os.getpid(), signal.SIGINT)
            begun.append(event)
            time.sleep(0.1)

    yield listen
    signal.signal(signal.SIGINT, before)


def left(env: CloudEnvironment) -> int:
    """How many functions are there when no thread of ours works any more."""
    for thread in threading.enumerate():
        if thread.name.startswith("taskflows-cloud"):
            thread.join()
    return len(env.list_functions())


def pairs() -> list[tuple[Callable[..., object], CloudFunctionConfig]]:
    return [(job, CloudFunctionConfig(function_name=f"job-{number:02d}")) for number in range(COUNT)]


def test_deploying_many(env: CloudEnvironment, interrupted: Callable[[ProgressEvent], None]) -> None:
    with pytest.raises(KeyboardInterrupt):
        env.deploy_many(pairs(), [], progress=interrupted, max_workers=2)
    assert 1 <= left(env) <= COUNT // 2


def test_deploying_everywhere(env: CloudEnvironment, interrupted: Callable[[ProgressEvent], None]) -> None:
    with pytest.raises(KeyboardInterrupt):
        deploy_everywhere({"here": env}, pairs(), [], progress=interrupted, max_workers=2)
    assert 1 <= left(env) <= COUNT // 2


def test_pruning(env: CloudEnvironment, interrupted: Callable[[ProgressEvent], None]) -> None:
    assert all(env.deploy_many(pairs(), []))
    with pytest.raises(KeyboardInterrupt):
        env.prune_functions([], tags={}, everything=True, progress=interrupted, max_workers=2)
    assert COUNT // 2 <= left(env) <= COUNT - 1


def test_an_interrupt_while_jobs_are_still_being_handed_out() -> None:
    begun: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        time.sleep(0.2)

    def jobs() -> Iterator[Callable[[], None]]:
        for number in range(COUNT):
            yield partial(work, number)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side(jobs(), max_workers=1)
    assert len(begun) <= COUNT // 2
