"""Settings that are not given, and settings that the provider cannot honour."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.config import running_runtime
from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.errors import ConfigurationError
from taskflows_cloud_core.schedules import Calendar
from taskflows_cloud_core.testing.conformance.effects import reads
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike

# What a user could give for each setting that a provider may be unable to honour.
_GIVEN: Mapping[str, Any] = MappingProxyType(
    {
        "allow_approximate": True,
        "architecture": "arm64",
        "build_from_source": ["any-name"],
        "description": "A report",
        "environment_variables": {"MODE": "fast"},
        "ephemeral_storage_mb": 1024,
        "include_files": ["table.csv"],
        "log_retention_days": 7,
        "max_concurrency": 3,
        "memory_mb": 512,
        "retries": 1,
        "runtime": running_runtime(),
        "schedules": [Calendar("Mon-Fri 09:00")],
        "tags": {"team": "data"},
        "timeout_seconds": 77,
    }
)
# What a description reads back; that the others hold is seen on what runs.
_READ_BACK = (
    "architecture",
    "description",
    "ephemeral_storage_mb",
    "log_retention_days",
    "max_concurrency",
    "memory_mb",
    "retries",
    "tags",
    "timeout_seconds",
)


@reads
class SettingChecks(Harness):
    """``ProviderInfo.defaults`` and ``ProviderInfo.unsupported``."""

    def test_a_setting_that_is_not_given_is_the_default(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """A description reads back the provider's own default of each setting that it honours."""
        self.deploy(environment, jobs.report)
        found = environment.describe_function("job")
        usual = {**self.info.defaults, **{name: getattr(self.config(), name) for name in self.config().given}}
        wanted = {name: usual[name] for name in self.honoured(self.info.defaults) if name not in found.unreadable}
        seen = {name: getattr(found.config, name) for name in wanted}
        assert seen == wanted, unlike(f"a function without settings has the defaults of the provider, {wanted}", seen)

    @pytest.mark.parametrize("setting", sorted(_GIVEN))
    def test_a_setting_that_is_not_honoured_is_refused_or_warned_about(
        self, environment: CloudEnvironment, jobs: ModuleType, setting: str
    ) -> None:
        """Who gives a setting in ``unsupported`` is told so, by name, in the error or in a warning of the result."""
        answer = self.info.unsupported.get(setting)
        if answer is None:
            pytest.skip(f"the provider {self.provider!r} honours {setting}")
        result = environment.deploy_function(jobs.report, self.config(**{setting: _GIVEN[setting]}), [])
        if answer == "refuse":
            seen = result.error_code == ConfigurationError.code and f"{setting}: " in (result.error or "")
            assert seen, unlike(f"{setting} is refused, by name", result)
        else:
            warned = any(warning.startswith(f"{setting} has no effect") for warning in result.warnings)
            assert result.success and warned, unlike(f"{setting} is deployed with a warning that names it", result)

    @pytest.mark.parametrize("setting", _READ_BACK)
    def test_a_setting_is_refused_or_warned_about_or_holds(
        self, environment: CloudEnvironment, jobs: ModuleType, setting: str
    ) -> None:
        """A deployment that neither fails nor warns because of a setting has it afterwards."""
        value = _GIVEN[setting]
        result = environment.deploy_function(jobs.report, self.config(**{setting: value}), [])
        if not result.success:
            assert setting in (result.error or ""), unlike(f"a refusal of {setting} names it", result)
            return
        found = environment.describe_function("job")
        is_said = setting in found.unreadable or any(setting in warning for warning in result.warnings)
        seen = getattr(found.config, setting)
        assert is_said or seen == value, unlike(f"{setting}={value!r} is refused, warned about, or read back", seen)
