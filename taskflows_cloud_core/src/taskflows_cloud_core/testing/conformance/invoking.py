"""Running a function because somebody asks for it."""

from __future__ import annotations

from types import ModuleType

import pytest

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.testing.conformance.effects import runs
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike


@runs
class InvokingChecks(Harness):
    """``invoke_function``, for providers with the capability ``"invoke"``."""

    def test_a_payload_goes_in_and_a_value_comes_out(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The function gets the payload as its event; what it returns is the value."""
        self.need("invoke")
        self.deploy(environment, jobs.report)
        payload = {"day": 1, "parts": [None, True, 1.5]}
        result = environment.invoke_function("job", payload)
        seen = (result.ok, result.value)
        assert seen == (True, {"answer": 42, "event": payload}), unlike("the value is what the function returns", seen)

    def test_a_function_without_arguments_runs(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """No payload is needed."""
        self.need("invoke")
        self.deploy(environment, jobs.other)
        result = environment.invoke_function("job")
        assert (result.ok, result.value) == (True, "other"), unlike("a function without arguments runs", result)

    def test_a_failure_is_told_in_the_result(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """An exception of the user's code is not raised."""
        self.need("invoke")
        self.deploy(environment, jobs.fails)
        result = environment.invoke_function("job")
        told = str(result.error)
        assert not result.ok and "ValueError" in told and "broken on purpose" in told, unlike(
            "ok is False, and error has the type and the message of the function's exception", result
        )

    def test_variables_reach_the_function(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The function sees its environment variables."""
        self.need("invoke")
        self.deploy(environment, jobs.variable, environment_variables={"CONFORMANCE_MODE": "fast"})
        value = environment.invoke_function("job", "CONFORMANCE_MODE").value
        assert value == "fast", unlike("os.environ['CONFORMANCE_MODE'] is what was configured, 'fast'", value)

    def test_what_a_run_prints_is_in_its_result(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """``logs`` has the lines of this run."""
        self.need("invoke", "logs")
        self.deploy(environment, jobs.report)
        result = environment.invoke_function("job", {})
        lines = [event.message for event in result.logs]
        assert any("report begins" in line for line in lines), unlike(
            "InvocationResult.logs has what it printed", lines
        )

    def test_not_waiting_only_starts(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Without waiting there is no value; a place where nobody would run it says so."""
        self.need("invoke")
        self.deploy(environment, jobs.other)
        try:
            result = environment.invoke_function("job", wait=False)
        except OperationError:
            return
        assert result.started_only, unlike("with wait=False the result only says that it was started", result)

    def test_the_newest_code_runs(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """After a deployment of other code, that is what runs."""
        self.need("invoke")
        self.deploy(environment, jobs.report)
        self.deploy(environment, jobs.other)
        value = environment.invoke_function("job").value
        assert value == "other", unlike("what was deployed last is what runs", value)

    @pytest.mark.parametrize("name", ["NEW", "CHANGED"])
    def test_changed_variables_reach_the_function(
        self, environment: CloudEnvironment, jobs: ModuleType, name: str
    ) -> None:
        """After a deployment with other variables, those are what the function sees."""
        self.need("invoke")
        self.deploy(environment, jobs.variable, environment_variables={"CHANGED": "before"})
        self.deploy(environment, jobs.variable, environment_variables={"CHANGED": "after", "NEW": "after"})
        value = environment.invoke_function("job", name).value
        assert value == "after", unlike(f"the variable {name} is what was deployed last, 'after'", value)
