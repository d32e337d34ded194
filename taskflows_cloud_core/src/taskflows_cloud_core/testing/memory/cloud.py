"""``MemoryCloud``: what tests hold in their hands."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from types import TracebackType
from typing import Self

from taskflows_cloud_core.environment import CloudEnvironment, get_environment
from taskflows_cloud_core.testing.memory.operating import retries_of, run_once
from taskflows_cloud_core.testing.memory.place import MemoryDeployment, MemoryRun, forget_place, open_place
from taskflows_cloud_core.testing.memory.schedules import Due, due_between, next_due

_NUMBERS = itertools.count(1)


class MemoryCloud:
    """A cloud in the memory of this process, with a clock that stands still until a test moves it.

    Functions are deployed through ``environment``, which is one of the provider ``"memory"`` and goes through the
    very same hooks as any other; they really run, in this process. A run that a schedule starts is repeated at once
    when it fails, as often as ``retries`` says. Time and memory limits are not enforced, and what a function depends
    on is not fetched: it is installed here.

    Args:
        now: Where the clock stands at the beginning, aware; the real time, when not given.
        place: ``get_environment("memory", place=...)`` with the same word sees the same functions; a new one,
            when not given.
    """

    def __init__(self, now: datetime | None = None, *, place: str | None = None) -> None:
        self._name = place or f"test-{os.getpid()}-{next(_NUMBERS)}"
        self._place = open_place(self._name)
        if now is not None:
            self._place.now = _aware(now, "now")

    @cached_property
    def environment(self) -> CloudEnvironment:
        """Deploys to this cloud: ``get_environment("memory", place=cloud.place)``."""
        return get_environment("memory", place=self._name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Forget everything in it."""
        forget_place(self._name)

    @property
    def place(self) -> str:
        """The word for ``get_environment("memory", place=...)``."""
        return self._name

    @property
    def now(self) -> datetime:
        """Where the clock stands."""
        return self._place.now

    @property
    def deployments(self) -> Sequence[MemoryDeployment]:
        """Every deployment that was asked for, oldest first."""
        return tuple(self._place.deployments)

    @property
    def runs(self) -> Sequence[MemoryRun]:
        """Every run of the functions that are there, oldest first."""
        return tuple(self._place.runs)

    def runs_between(self, start: datetime, end: datetime) -> list[Due]:
        """What would run, and when.

        Args:
            start: From this moment on, aware.
            end: Up to but without this moment, aware.

        Returns:
            In the order of time, then of names. Schedules of one function that are due together are one run; a
            paused function has none.

        Raises:
            ValueError: A moment has no time zone.
        """
        return list(due_between(self._place, _aware(start, "start"), _aware(end, "end")))

    def what_runs_at(self, moment: datetime) -> list[str]:
        """The names of the functions that would run at a moment, sorted.

        Args:
            moment: Aware, for instance ``datetime(2027, 1, 4, 9, tzinfo=ZoneInfo("Europe/Berlin"))``.

        Raises:
            ValueError: It has no time zone.
        """
        return [due.function_name for due in self.runs_between(moment, moment + timedelta(microseconds=1))]

    def advance(self, span: timedelta) -> list[MemoryRun]:
        """Move the clock on, and run what falls due on the way, each at its moment.

        Returns:
            The runs, in the order of time; each attempt is one.

        Raises:
            ValueError: The span is negative.
        """
        return self.advance_to(self.now + span)

    def advance_to(self, moment: datetime) -> list[MemoryRun]:
        """Move the clock to a moment, and run what falls due on the way, the moment itself included.

        Returns:
            The runs, in the order of time.

        Raises:
            ValueError: The moment has no time zone, or has passed.
        """
        if _aware(moment, "moment") < self.now:
            raise ValueError(f"moment is {moment}; the clock stands at {self.now} already and never goes back")
        begun: list[MemoryRun] = []
        while (due := next_due(self._place, self.now)) and due[0].moment <= moment:
            self._place.now = due[0].moment
            begun += [run for one in due for run in self._attempts(one)]
        self._place.now = moment.astimezone(UTC)
        return begun

    def _attempts(self, due: Due) -> Iterator[MemoryRun]:
        for attempt in itertools.count(1):
            retries = retries_of(self._place, due.function_name)
            yield (run := self._run(due, attempt))
            if run.ok or attempt > retries or due.function_name not in self._place.functions:
                return

    def _run(self, due: Due, attempt: int) -> MemoryRun:
        request_id = f"{due.function_name}-{len(self._place.runs) + 1}"
        event = {
            "scheduled_time": due.moment.isoformat(),
            "schedule": due.schedule,
            "run_id": request_id,
            "attempt": attempt,
        }
        done, _ = run_once(self._place, due.function_name, event, schedule=due.schedule, request_id=request_id)
        return done

    def __repr__(self) -> str:
        return f"<MemoryCloud {self._name} at {self.now.isoformat()}: {', '.join(sorted(self._place.functions))}>"


def _aware(moment: datetime, name: str) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{name} has no time zone; pass an aware datetime")
    return moment.astimezone(UTC)
