"""Values of environment variables, which nobody may see."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.progress import ProgressEvent
from taskflows_cloud_core.schedules import Calendar
from taskflows_cloud_core.testing.conformance.effects import changes
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike

_SECRET = "conformance-secret-8b2e41"  # noqa: S105 - it only plays one
_OTHER = "conformance-secret-77aa03"


@changes
class SecretChecks(Harness):
    """Every text that a person or a log might get to see."""

    def test_a_plan_shows_no_value(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Neither for something new nor for a change."""
        new = environment.plan_function(jobs.report, self._config(_SECRET), [])
        environment.deploy_function(jobs.report, self._config(_SECRET), []).raise_for_error()
        change = environment.plan_function(jobs.report, self._config(_OTHER), [])
        removal = environment.plan_removal("job")
        _assert_hidden("plan", new, change, removal)

    def test_a_result_shows_no_value(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Neither of a deployment nor of a deletion, metadata included."""
        result = environment.deploy_function(jobs.report, self._config(_SECRET), []).raise_for_error()
        _assert_hidden("result", result, result.metadata, environment.delete_function("job"))

    def test_a_list_shows_no_value(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Not one line of the list."""
        environment.deploy_function(jobs.report, self._config(_SECRET), []).raise_for_error()
        _assert_hidden("list", *environment.list_functions())

    def test_a_description_shows_no_value(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Names of variables are told, values are not."""
        environment.deploy_function(jobs.report, self._config(_SECRET), []).raise_for_error()
        found = environment.describe_function("job")
        _assert_hidden("description", found, found.metadata, dict(found.config.environment_variables))

    def test_progress_shows_no_value(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Not one of the steps that are told."""
        events: list[ProgressEvent] = []
        environment.deploy_function(jobs.report, self._config(_SECRET), [], progress=events.append).raise_for_error()
        environment.deploy_function(jobs.report, self._config(_OTHER), [], progress=events.append).raise_for_error()
        _assert_hidden("progress", *events)

    def test_an_error_shows_no_value(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Not the one that refuses a configuration."""
        bad = self.config(environment_variables={"TOKEN": _SECRET}, schedules=[Calendar("Someday 99:00")])
        _assert_hidden("error", environment.deploy_function(jobs.report, bad, []))

    def test_an_export_shows_no_value(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """What is printed for other tools has names of variables at the most."""
        self.need("export")
        plan = environment.plan_function(jobs.report, self._config(_SECRET), [])
        _assert_hidden("export", *(environment.export_plan(plan, one) for one in self.info.export_formats))

    def _config(self, value: str) -> Any:
        return self.config(environment_variables={"TOKEN": value})


def _assert_hidden(what: str, *values: object) -> None:
    shown = [text for value in values for text in (str(value), repr(value)) if _SECRET in text or _OTHER in text]
    assert not shown, unlike(f"no environment value stands in a {what}", shown[:1])
