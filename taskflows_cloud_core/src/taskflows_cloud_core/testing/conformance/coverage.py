"""Which checks hold for each setting, and what nobody has seen."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from taskflows_cloud_core.testing.conformance.effects import reads
from taskflows_cloud_core.testing.conformance.harness import FIXTURES, Harness

# Capability: the fixtures without which nobody has seen that it holds for what schedules start.
_SEEN_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "failed_logs": ("fire",),
        "logs": ("fire",),
        "metrics": ("fire",),
        "pause": ("fire", "deployed_schedules"),
        "rollback": ("fire", "deployed_schedules"),
        "timezones": ("fire", "deployed_schedules"),
    }
)

SETTINGS_SEEN_BY: Mapping[str, str] = MappingProxyType(
    {
        "allow_approximate": "test_nothing_is_approximate_unasked",
        "architecture": "test_a_setting_is_refused_or_warned_about_or_holds",
        "build_from_source": "test_a_setting_that_is_not_honoured_is_refused_or_warned_about",
        "description": "test_a_setting_is_refused_or_warned_about_or_holds",
        "environment_variables": "test_a_scheduled_run_has_the_variables",
        "ephemeral_storage_mb": "test_a_setting_is_refused_or_warned_about_or_holds",
        "function_name": "test_names_that_begin_alike_are_apart",
        "include_files": "test_a_scheduled_run_has_the_included_files",
        "log_retention_days": "test_a_setting_is_refused_or_warned_about_or_holds",
        "max_concurrency": "test_a_setting_is_refused_or_warned_about_or_holds",
        "memory_mb": "test_a_scheduled_run_ends_at_its_memory_limit",
        "provider_options": "test_a_change_is_planned",
        "retries": "test_a_failed_run_is_repeated",
        "runtime": "test_a_description_reads_back_what_was_deployed",
        "schedules": "test_a_due_time_starts_one_run",
        "tags": "test_a_setting_is_refused_or_warned_about_or_holds",
        "timeout_seconds": "test_a_scheduled_run_ends_at_its_timeout",
    }
)
"""For each field of ``CloudFunctionConfig`` the check that sees it hold; a provider may refuse it or warn instead."""


@reads
class CoverageChecks(Harness):
    """What a harness leaves unseen."""

    def test_what_is_declared_is_seen_on_what_runs(self) -> None:
        """Skipped, with the list, as long as a fixture is missing that a declared capability needs."""
        missing = sorted(name for name in FIXTURES if not self.fills(name))
        unseen = sorted(
            capability
            for capability in self.info.capabilities
            if any(fixture in missing for fixture in _SEEN_BY.get(capability, ()))
        )
        if missing:
            claimed = f"; {self.provider!r} declares without having shown it: {', '.join(unseen)}" if unseen else ""
            pytest.skip(f"{type(self).__name__} does not fill {', '.join(missing)}{claimed}")
        assert not unseen
