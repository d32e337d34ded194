"""Runs that end in the middle, and are run again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from types import ModuleType
from typing import Any

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.progress import Progress, ProgressEvent
from taskflows_cloud_core.testing.conformance.effects import changes
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike


class _InterruptedError(BaseException):
    """Stands for Ctrl-C: nobody catches it."""


@changes
class InterruptionChecks(Harness):
    """The listener of progress raises at an action, which ends the run there."""

    def test_an_interrupted_deployment_goes_on(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Running it again gives what was wanted."""
        settings = self._interrupted_settings(environment)
        for interrupt in _moments(self._events_of_deployment(environment, jobs, settings)):
            with suppress(_InterruptedError):
                environment.deploy_function(jobs.report, self.config(**settings), [], progress=interrupt)
            self.deploy(environment, jobs.report, **settings)
            plan = environment.plan_function(jobs.report, self.config(**settings), [])
            assert plan.is_empty, unlike("an interrupted deployment that is run again gives the wanted state", plan)
            environment.delete_function("job").raise_for_error()

    def test_what_an_interrupted_deployment_made_can_be_deleted(
        self, environment: CloudEnvironment, jobs: ModuleType, look: Callable[[], Any]
    ) -> None:
        """A deletion finds what was made before the interruption."""
        settings = self._interrupted_settings(environment)
        events = self._events_of_deployment(environment, jobs, settings)
        before = look()
        for interrupt in _moments(events):
            with suppress(_InterruptedError):
                environment.deploy_function(jobs.report, self.config(**settings), [], progress=interrupt)
            environment.delete_function("job").raise_for_error()
            assert look() == before, unlike("deleting after an interrupted deployment leaves nothing", look())

    def test_an_interrupted_removal_goes_on(
        self, environment: CloudEnvironment, jobs: ModuleType, look: Callable[[], Any]
    ) -> None:
        """Running it again leaves nothing."""
        settings = self._interrupted_settings(environment)
        before = look()
        self.deploy(environment, jobs.report, **settings)
        events: list[ProgressEvent] = []
        environment.delete_function("job", progress=events.append).raise_for_error()
        for interrupt in _moments(_of_actions(events)):
            self.deploy(environment, jobs.report, **settings)
            with suppress(_InterruptedError):
                environment.delete_function("job", progress=interrupt)
            environment.delete_function("job").raise_for_error()
            assert look() == before, unlike("an interrupted deletion that is run again leaves nothing", look())

    def _interrupted_settings(self, environment: CloudEnvironment) -> dict[str, Any]:
        return {"description": "A report", "schedules": self.schedules(environment, 2)}

    def _events_of_deployment(self, environment: CloudEnvironment, jobs: ModuleType, settings: dict[str, Any]) -> int:
        events: list[ProgressEvent] = []
        environment.deploy_function(jobs.report, self.config(**settings), [], progress=events.append).raise_for_error()
        environment.delete_function("job").raise_for_error()
        return _of_actions(events)


def _of_actions(events: list[ProgressEvent]) -> int:
    return sum(event.stage == "apply" for event in events)


def _moments(events: int) -> Iterator[Progress]:
    """Listeners that interrupt at the first, at the last, and at an event in the middle of the actions."""
    for moment in sorted({1, events // 2, events} - {0}):
        yield _interrupt_at(moment)


def _interrupt_at(moment: int) -> Progress:
    seen = 0

    def listen(event: ProgressEvent) -> None:
        nonlocal seen
        seen += event.stage == "apply"
        if seen >= moment and event.stage == "apply":
            raise _InterruptedError

    return listen
