"""Functions that are not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.errors import FunctionNotFoundError, OperationUnsupported
from taskflows_cloud_core.testing.conformance.effects import reads
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike

_OPERATIONS: Mapping[str, Callable[[CloudEnvironment], Any]] = MappingProxyType(
    {
        "describe_function": lambda environment: environment.describe_function("ghost"),
        "get_logs": lambda environment: environment.get_function_logs("ghost"),
        "get_metrics": lambda environment: environment.get_metrics("ghost"),
        "invoke_function": lambda environment: environment.invoke_function("ghost"),
        "list_versions": lambda environment: environment.list_versions("ghost"),
        "rollback_function": lambda environment: environment.rollback_function("ghost"),
        "set_schedules_enabled": lambda environment: environment.pause_schedules("ghost"),
    }
)


@reads
class MissingChecks(Harness):
    """Operations on a function that nobody deployed."""

    @pytest.mark.parametrize("operation", sorted(_OPERATIONS))
    def test_a_missing_function_is_an_error_of_its_own(self, environment: CloudEnvironment, operation: str) -> None:
        """Every operation raises FunctionNotFoundError with the name."""
        try:
            seen = _OPERATIONS[operation](environment)
        except OperationUnsupported:
            pytest.skip(f"the provider {self.provider!r} does not support {operation}")
        except Exception as error:  # noqa: BLE001 - whatever it is, is what was seen
            if isinstance(error, FunctionNotFoundError) and "ghost" in str(error):
                return
            seen = f"{type(error).__name__}: {error}"
        pytest.fail(
            unlike(
                f"{operation} of a function that is not there raises FunctionNotFoundError with its name", repr(seen)
            )
        )

    def test_code_of_a_missing_function_cannot_be_updated(
        self, environment: CloudEnvironment, jobs: ModuleType
    ) -> None:
        """The failure is in the result."""
        result = environment.update_function_code("ghost", jobs.report, [])
        assert not result.success and "ghost" in str(result.error), unlike(
            "update_function_code of what is not there fails in the result, with the name", result
        )

    def test_configuration_of_a_missing_function_cannot_be_updated(self, environment: CloudEnvironment) -> None:
        """The failure is in the result."""
        result = environment.update_function_configuration("ghost", self.config("ghost"))
        assert not result.success and "ghost" in str(result.error), unlike(
            "update_function_configuration of what is not there fails in the result, with the name", result
        )
