"""What several threads read of a function becomes one observation."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from taskflows_cloud_core.kit import Collector, ReadResult
from taskflows_cloud_core.reconcile import Resource, ResourceKey

FUNCTION = Resource(kind="function", name="job", properties={})
QUEUE = Resource(kind="queue", name="job-queue", properties={})


def refuse() -> None:
    raise PermissionError("denied")


def read_queue(collector: Collector, denied: set[str], read: Callable[[], None] = refuse) -> None:
    collector.read_optional(
        read,
        kind="queue",
        permission="queue:Read",
        is_denied=lambda error: isinstance(error, PermissionError),
        denied=denied,
    )


def test_what_is_ours_is_a_resource_and_what_is_not_is_named() -> None:
    collector = Collector()
    collector.add(FUNCTION, None)
    assert collector.take(QUEUE.key, ReadResult(resource=QUEUE))
    assert collector.take(ResourceKey("topic", "job"), ReadResult())
    assert not collector.take(ResourceKey("rule", "job"), ReadResult(resource=QUEUE, owned=False))

    found = collector.observation(kind="function")
    assert found.exists
    assert set(found.resources) == {FUNCTION, QUEUE}
    assert found.not_ours == {ResourceKey("rule", "job")}


def test_adopting_takes_what_is_not_ours() -> None:
    collector = Collector(adopt=True)
    assert collector.take(QUEUE.key, ReadResult(resource=QUEUE, owned=False))
    found = collector.observation(kind="function")
    assert (found.resources, found.not_ours, found.exists) == ((QUEUE,), frozenset(), False)


def test_only_resources_with_other_users_are_noted() -> None:
    collector = Collector()
    collector.add_users(QUEUE.key, ["other"])
    collector.add_users(FUNCTION.key, [])
    assert dict(collector.observation(kind="function").used_by) == {QUEUE.key: ("other",)}


def test_what_credentials_may_not_read_is_noted_and_not_asked_for_again() -> None:
    denied: set[str] = set()
    collector = Collector()
    read_queue(collector, denied)
    assert collector.observation(kind="function").unread == ("queue (queue:Read is not permitted)",)

    def fail() -> None:
        raise AssertionError("it was read")

    again = Collector()
    read_queue(again, denied, fail)
    assert again.observation(kind="function").unread == ("queue (queue:Read is not permitted)",)


def test_another_error_is_raised() -> None:
    def fail() -> None:
        raise ConnectionError("unreachable")

    denied: set[str] = set()
    with pytest.raises(ConnectionError):
        read_queue(Collector(), denied, fail)
    assert denied == set()


def test_threads_lose_nothing() -> None:
    collector = Collector()
    resources = [Resource(kind="rule", name=f"job-{number}", properties={}) for number in range(500)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(collector.add, resources))
    assert set(collector.observation(kind="function").resources) == set(resources)
