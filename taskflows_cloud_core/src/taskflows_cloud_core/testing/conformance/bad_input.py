"""Input that cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.results import CloudDeploymentResult
from taskflows_cloud_core.schedules import Calendar
from taskflows_cloud_core.testing.conformance.effects import reads
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike

_TOO_LONG = "n" * 1000


@reads
class BadInputChecks(Harness):
    """``check_function`` together with the checks of core."""

    def test_all_problems_are_told_at_once(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The name, the schedule, the dependency, the file and the parameter, in one error."""
        error = str(self._deploy_nonsense(environment, jobs).error)
        parts = ("function_name", "schedules[0]", "dependencies", "include_files", "table")
        missing = [part for part in parts if part not in error]
        assert not missing, unlike(f"all problems are told at once; nothing is said of {missing}", error)

    def test_bad_input_changes_nothing(
        self, environment: CloudEnvironment, jobs: ModuleType, look: Callable[[], Any]
    ) -> None:
        """The place is as it was."""
        before = look()
        result = self._deploy_nonsense(environment, jobs)
        assert not result.success, unlike("what cannot be used is refused", result)
        assert look() == before, unlike("a refused deployment changes nothing", look())

    def test_a_bad_update_changes_nothing(
        self, environment: CloudEnvironment, jobs: ModuleType, look: Callable[[], Any]
    ) -> None:
        """What is there goes on as it is."""
        self.deploy(environment, jobs.report, description="One")
        before = look()
        bad = self.config(description="Another", schedules=[Calendar("Someday 99:00")])
        result = environment.deploy_function(jobs.report, bad, [])
        assert not result.success, unlike("what cannot be used is refused", result)
        assert look() == before, unlike("a refused update changes nothing", look())

    def test_the_checks_need_no_code(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """``check_function`` bears ``function=None``, which an update of the configuration gives."""
        self.deploy(environment, jobs.report)
        result = environment.update_function_configuration("job", self.config(description="Without code"))
        assert result.success, unlike("check_function with function=None checks the configuration", result)

    def _deploy_nonsense(self, environment: CloudEnvironment, jobs: ModuleType) -> CloudDeploymentResult:
        config: CloudFunctionConfig = self.config(
            _TOO_LONG, schedules=[Calendar("Someday 99:00")], include_files=["no-such-file.csv"]
        )
        return environment.deploy_function(jobs.needs_more, config, ["no requirement!"])
