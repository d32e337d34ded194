"""The event loop of the process: one for its whole life, on a thread of its own.

What a module makes and binds to the loop (a lock, a queue, a client) works in every run. Tasks that are left when a
run ends are cancelled, and awaited, before its result is handed over.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future, wait
from typing import Any

_CLOSE_SECONDS = 1.0


def run_to_end(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine on the loop of this process, and wait for it in the calling thread, which is another one.

    Args:
        coroutine: What to run. An exception in the waiting thread, for instance of a signal handler, cancels it.

    Returns:
        What it returns.

    Raises:
        BaseException: What it raises.
    """
    return _loop_of_process().run(coroutine)


def is_on_loop() -> bool:
    """Whether the calling thread is the one of the loop."""
    return bool(_loops) and _loops[0].is_current


class _EventLoop:
    """A running loop. It runs one coroutine at a time, with the tasks which that starts."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._loop = asyncio.new_event_loop()
        self._main: asyncio.Task[Any] | None = None
        self._escaped: BaseException | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="taskflows-cloud-loop", daemon=True)
        self._thread.start()
        atexit.register(self._close)

    @property
    def is_current(self) -> bool:
        """Whether the calling thread is the one of this loop."""
        return threading.current_thread() is self._thread

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """As `run_to_end`."""
        self._escaped = None
        future: Future[tuple[Any, BaseException | None]] = Future()
        self._loop.call_soon_threadsafe(self._start, coroutine, future)
        try:
            value, error = future.result()
        except BaseException:
            self._loop.call_soon_threadsafe(self._cancel_main)
            wait([future])
            raise
        error = self._escaped or error
        if error is not None:
            raise error
        return value

    # While the coroutine runs, no task of ours is among all_tasks(), for which it may wait.
    def _start(self, coroutine: Coroutine[Any, Any, Any], future: Future[Any]) -> None:
        main = self._main = self._loop.create_task(_outcome(coroutine))
        main.add_done_callback(lambda _: self._finish(main, future))

    def _finish(self, main: asyncio.Task[Any], future: Future[Any]) -> None:
        self._main = None
        outcome = (None, asyncio.CancelledError()) if main.cancelled() else main.result()
        cleaning = self._loop.create_task(self._cancel_others())
        cleaning.add_done_callback(lambda _: future.set_result(outcome))

    async def _cancel_others(self) -> None:
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in others:
                task.cancel()
            await asyncio.wait(others)
            for task in others:
                if not task.cancelled() and task.exception() is not None:
                    message = "a task failed while it was cancelled at the end of the run"
                    details = {"message": message, "exception": task.exception(), "task": task}
                    self._loop.call_exception_handler(details)

    def _cancel_main(self) -> None:
        if self._main is not None:
            self._main.cancel()

    def _serve(self) -> None:
        # A task's SystemExit or KeyboardInterrupt leaves run_forever, and so does a call of loop.stop().
        while not self._closing:
            try:
                self._loop.run_forever()
            except BaseException as error:  # noqa: BLE001 - the run that goes on raises it
                self._escaped = error
                self._cancel_main()

    def _close(self) -> None:
        if self.pid != os.getpid():
            return
        self._closing = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CLOSE_SECONDS)
        if not self._thread.is_alive():
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()


async def _outcome(coroutine: Coroutine[Any, Any, Any]) -> tuple[Any, BaseException | None]:
    try:
        return await coroutine, None
    except BaseException as error:  # noqa: BLE001 - the waiting thread raises it
        return None, error


_loops: list[_EventLoop] = []
_starting = threading.Lock()


def _loop_of_process() -> _EventLoop:
    with _starting:
        # A fork has no thread of the loop that its parent had.
        if not _loops or _loops[0].pid != os.getpid():
            _loops[:] = [_EventLoop()]
        return _loops[0]
