"""From nothing to a function, and its updates."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.testing.conformance.effects import changes
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike


@changes
class LifeCycleChecks(Harness):
    """``deploy_function``, ``list_functions``, ``describe_function`` and updates of a part."""

    def test_a_deployment_says_what_was_made(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The result names function, provider and resource."""
        result = environment.deploy_function(jobs.report, self.config(), [])
        seen = (result.success, result.function_name, result.provider, bool(result.resource_id), result.error)
        assert seen == (True, "job", self.provider, True, None), unlike(
            "the result of a deployment has success, function_name, provider and resource_id", seen
        )

    def test_a_deployed_function_is_listed(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The list has what the result named."""
        result = self.deploy(environment, jobs.report)
        listed = [(one.name, one.resource_id, one.provider) for one in environment.list_functions()]
        assert listed == [("job", result.resource_id, self.provider)], unlike(
            "list_functions has each function with the resource_id of its deployment", listed
        )

    def test_a_list_is_sorted_by_name(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The order of deployment does not matter."""
        for name in ("job-c", "job-a", "job-b"):
            self.deploy(environment, jobs.report, name)
        names = self.names(environment)
        assert names == ["job-a", "job-b", "job-c"], unlike("list_functions is sorted by name", names)

    def test_a_description_reads_back_what_was_deployed(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Memory, timeout, runtime, description and tags come back, where the provider honours them."""
        settings = {"memory_mb": 512, "timeout_seconds": 77, "description": "A report", "tags": {"team": "data"}}
        wanted = self.config(**self.honoured(settings)).resolved(self.info.defaults)
        environment.deploy_function(jobs.report, wanted, []).raise_for_error()
        found = environment.describe_function("job")
        fields = {"function_name", "runtime", *self.honoured(settings)}
        differing = {
            field: getattr(found.config, field)
            for field in sorted(fields - {*found.unreadable})
            if getattr(found.config, field) != getattr(wanted, field)
        }
        assert not differing, unlike("describe_function reads back the configuration that was deployed", differing)

    def test_a_description_names_the_variables(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The names of environment variables come back, sorted."""
        self.deploy(environment, jobs.report, environment_variables={"TOKEN": "x", "MODE": "y"})
        names = environment.describe_function("job").environment_names
        assert names == ("MODE", "TOKEN"), unlike("environment_names has the names of the variables, sorted", names)

    def test_the_schedules_of_a_function_are_listed(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Each expression stands in the list."""
        schedules = self.schedules(environment, 2)
        self.deploy(environment, jobs.report, schedules=schedules)
        (listed,) = environment.list_functions()
        said = [line.expression for one in schedules for line in environment.translate_schedule(one).expressions]
        missing = [text for text in said if not any(text in shown for shown in listed.schedules)]
        assert not missing, unlike(f"DeployedFunction.schedules has every expression; {missing} missing", listed)

    def test_a_redeployment_changes_the_configuration(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """What differs is brought to the wanted state."""
        self.deploy(environment, jobs.report, description="One")
        self.deploy(environment, jobs.report, description="Another")
        found = environment.describe_function("job").config.description
        assert found == "Another", unlike("deploying again brings the description from 'One' to 'Another'", found)

    def test_a_redeployment_replaces_the_schedules(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Schedules that are no longer wanted go."""
        first, second = self.schedules(environment, 2)
        self.deploy(environment, jobs.report, schedules=[first])
        self.deploy(environment, jobs.report, schedules=[second])
        (listed,) = environment.list_functions()
        old = environment.translate_schedule(first).expressions[0].expression
        new = environment.translate_schedule(second).expressions[0].expression
        seen = [(old in shown, new in shown) for shown in listed.schedules]
        assert seen == [(False, True)], unlike(
            f"deploying with {new!r} instead of {old!r} leaves the new schedule alone", listed.schedules
        )

    def test_schedules_can_be_taken_away(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """A configuration without schedules means none."""
        self.deploy(environment, jobs.report, schedules=self.schedules(environment, 1))
        self.deploy(environment, jobs.report)
        (listed,) = environment.list_functions()
        assert listed.schedules == (), unlike("deploying without schedules removes them", listed.schedules)

    def test_an_update_of_the_code_keeps_the_rest(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """``update_function_code`` changes code alone."""
        settings: dict[str, Any] = {"description": "One", "schedules": self.schedules(environment, 1)}
        self.deploy(environment, jobs.report, **settings)
        environment.update_function_code("job", jobs.other, []).raise_for_error()
        plan = environment.plan_function(jobs.other, self.config(**settings), [])
        assert plan.is_empty, unlike("config=None and triggers=None leave configuration and schedules alone", plan)

    def test_an_update_of_the_configuration_keeps_the_rest(
        self, environment: CloudEnvironment, jobs: ModuleType
    ) -> None:
        """``update_function_configuration`` without schedules changes the configuration alone."""
        schedules = self.schedules(environment, 1)
        self.deploy(environment, jobs.report, description="One", schedules=schedules)
        environment.update_function_configuration("job", self.config(description="Another")).raise_for_error()
        plan = environment.plan_function(jobs.report, self.config(description="Another", schedules=schedules), [])
        assert plan.is_empty, unlike("package=None and triggers=None leave code and schedules alone", plan)
