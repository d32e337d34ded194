"""The event that ends waits: who sees it, and what sets it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context

import pytest

from taskflows_cloud_core import stopping


def in_thread(call: Callable[[], object], *, with_context: bool) -> object:
    """What a call returns in another thread."""
    found: list[object] = []
    run = copy_context().run if with_context else (lambda job: job())
    thread = threading.Thread(target=run, args=(lambda: found.append(call()),))
    thread.start()
    thread.join()
    return found[0]


def test_outside_of_any_call_nothing_is_ever_set() -> None:
    stopping.current().set()
    assert not stopping.current().is_set()
    stopping.raise_if_stopped()


def test_an_interrupt_sets_the_event_and_passes_on() -> None:
    with stopping.stoppable() as event:
        assert stopping.current() is event
    assert not event.is_set()
    with pytest.raises(KeyboardInterrupt), stopping.stoppable() as event:
        raise KeyboardInterrupt
    assert event.is_set()
    assert not stopping.current().is_set()


def test_an_ordinary_exception_does_not_set_it() -> None:
    with pytest.raises(ValueError, match="a defect"), stopping.stoppable() as event:
        raise ValueError("a defect")
    assert not event.is_set()


def test_only_threads_with_the_context_of_the_call_see_it() -> None:
    with stopping.stoppable() as event:
        assert in_thread(stopping.current, with_context=True) is event
        assert in_thread(stopping.current, with_context=False) is not event


def test_the_outer_call_stops_the_inner_one_and_not_the_other_way_round() -> None:
    with stopping.stoppable() as outer:
        with stopping.stoppable() as inner:
            inner.set()
        assert not outer.is_set()
        with stopping.stoppable() as inner:
            outer.set()
            assert inner.is_set()
            with pytest.raises(KeyboardInterrupt):
                stopping.raise_if_stopped()
        with stopping.stoppable() as late:
            assert late.is_set()
