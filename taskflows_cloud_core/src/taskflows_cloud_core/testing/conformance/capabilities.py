"""What a provider declares, against what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType, ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.errors import OperationUnsupported
from taskflows_cloud_core.schedules import Calendar
from taskflows_cloud_core.testing.conformance.effects import changes
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike

_ASK: Mapping[str, Callable[[CloudEnvironment, Any], Any]] = MappingProxyType(
    {
        "cost": lambda environment, plan: environment.estimate_cost(plan, runs_per_month=1000.0),
        "diagnose": lambda environment, _: environment.diagnose(),
        "export": lambda environment, plan: environment.export_plan(plan, "no-such-format"),
        "failed_logs": lambda environment, _: environment.get_function_logs("job", failed_only=True),
        "invoke": lambda environment, _: environment.invoke_function("job"),
        "keep_logs": lambda environment, _: environment.plan_removal("job", keep_logs=True),
        "logs": lambda environment, _: environment.get_function_logs("job"),
        "metrics": lambda environment, _: environment.get_metrics("job"),
        "pause": lambda environment, _: environment.pause_schedules("job"),
        "permissions": lambda environment, _: environment.required_permissions(),
        "rollback": lambda environment, _: environment.list_versions("job"),
        "shared": lambda environment, _: environment.plan_unused(),
    }
)
# Asking for a format that there is not is refused by those who do export.
_ANSWERING = sorted(set(_ASK) - {"export"})


@changes
class CapabilityChecks(Harness):
    """``ProviderInfo.capabilities``: what is declared works, what is not is unsupported."""

    @pytest.mark.parametrize("capability", sorted(_ASK))
    def test_what_is_not_declared_is_unsupported(
        self, environment: CloudEnvironment, jobs: ModuleType, capability: str
    ) -> None:
        """The operation of a capability that is not declared raises OperationUnsupported."""
        if capability in self.info.capabilities:
            pytest.skip(f"the provider {self.provider!r} declares {capability!r}")
        try:
            seen = self._ask(environment, jobs, capability)
        except OperationUnsupported:
            return
        pytest.fail(unlike(f"{capability!r} is not declared, so its operation raises OperationUnsupported", repr(seen)))

    @pytest.mark.parametrize("capability", _ANSWERING)
    def test_what_is_declared_answers(self, environment: CloudEnvironment, jobs: ModuleType, capability: str) -> None:
        """The operation of a declared capability is there."""
        self.need(capability)
        try:
            self._ask(environment, jobs, capability)
        except OperationUnsupported as error:
            pytest.fail(unlike(f"{capability!r} is declared, so its operation answers", error))

    def test_an_unknown_format_of_export_is_unsupported(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """A format that the provider does not know raises OperationUnsupported."""
        self.need("export")
        plan = environment.plan_function(jobs.report, self.config(), [])
        with pytest.raises(OperationUnsupported):
            environment.export_plan(plan, "no-such-format")

    def test_what_is_exported_is_text(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Every format that the provider declares gives files with something in them, and there is one."""
        self.need("export")
        assert self.info.export_formats, unlike("who declares 'export' names its formats in export_formats", "none")
        plan = environment.plan_function(jobs.report, self.config(), [])
        files = {one: environment.export_plan(plan, one) for one in self.info.export_formats}
        empty = [one for one, content in files.items() if not content or not all(content.values())]
        assert not empty, unlike(f"each of the formats {list(files)} gives files with content; empty are", empty)

    def test_seconds_are_said_only_where_declared(self, environment: CloudEnvironment) -> None:
        """``"seconds"`` means that a calendar with seconds is said exactly."""
        translation = environment.translate_schedule(Calendar("*-*-* 10:00:30"))
        declared = "seconds" in self.info.capabilities
        assert (translation.verdict == "exact") == declared, unlike(
            f"'seconds' is {'' if declared else 'not '}declared", translation
        )

    def test_time_zones_are_said_only_where_declared(self, environment: CloudEnvironment) -> None:
        """``"timezones"`` means that a calendar in a zone with summer time is said exactly."""
        translation = environment.translate_schedule(Calendar("Mon-Fri 09:00", timezone="Europe/Berlin"))
        declared = "timezones" in self.info.capabilities
        assert (translation.verdict == "exact") == declared, unlike(
            f"'timezones' is {'' if declared else 'not '}declared", translation
        )

    def test_logs_are_kept_when_asked_for(
        self, environment: CloudEnvironment, jobs: ModuleType, look: Callable[[], Any]
    ) -> None:
        """``keep_logs`` names what stays; deleting again without it removes that too."""
        self.need("keep_logs", "invoke", "logs")
        before = look()
        self.deploy(environment, jobs.report)
        environment.invoke_function("job", {})
        kept = environment.delete_function("job", keep_logs=True).raise_for_error()
        assert kept.left, unlike("DeletionResult.left names the log that stays", kept)
        gone = environment.delete_function("job").raise_for_error()
        assert gone.deleted and look() == before, unlike("deleting again without keep_logs removes the log", gone)

    def test_metrics_count_runs_and_failures(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """One run that returned and one that failed."""
        self.need("metrics", "invoke")
        self.deploy(environment, jobs.report)
        environment.invoke_function("job", {})
        self.deploy(environment, jobs.fails)
        environment.invoke_function("job")
        end = datetime.now(UTC) + timedelta(minutes=5)
        metrics = environment.get_metrics("job", end - timedelta(hours=1), end)
        seen = (metrics.invocations, metrics.errors)
        assert seen == (2, 1), unlike("two runs, one of them failed", metrics)

    def test_metrics_of_what_never_ran_are_zero(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """No run is no error, and has no length."""
        self.need("metrics")
        self.deploy(environment, jobs.report)
        metrics = environment.get_metrics("job")
        seen = (metrics.invocations, metrics.errors, metrics.average_duration_ms)
        assert seen == (0, 0, None), unlike("a function that never ran has zeros and no average", seen)

    def test_an_estimate_is_the_sum_of_its_parts(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """And says what was assumed."""
        self.need("cost")
        plan = environment.plan_function(jobs.report, self.config(), [])
        estimate = environment.estimate_cost(plan, runs_per_month=1000.0)
        assert estimate.monthly == pytest.approx(sum(estimate.parts.values())), unlike("monthly is the sum", estimate)
        assert estimate.assumptions, unlike("an estimate says what was assumed", estimate)

    def _ask(self, environment: CloudEnvironment, jobs: ModuleType, capability: str) -> Any:
        result = self.deploy(environment, jobs.other)
        return _ASK[capability](environment, result.plan)
