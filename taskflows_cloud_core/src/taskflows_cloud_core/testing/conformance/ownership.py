"""What somebody else made in the same place."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.testing.conformance.effects import changes
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike
from taskflows_cloud_core.testing.conformance.readings import MakeForeign


@changes
class OwnershipChecks(Harness):
    """Objects of other owners, for a harness with the fixture ``foreign``."""

    def test_nothing_of_another_owner_is_overwritten(
        self, environment: CloudEnvironment, jobs: ModuleType, foreign: MakeForeign
    ) -> None:
        """Whatever a deployment would create, and somebody else has under that name, stays as it is."""
        changed = self._changed_by(
            environment, jobs, foreign, lambda config: environment.deploy_function(jobs.report, config, [])
        )
        assert not changed, unlike("a deployment overwrites nothing of another owner; it did overwrite", changed)

    def test_nothing_of_another_owner_is_deleted(
        self, environment: CloudEnvironment, jobs: ModuleType, foreign: MakeForeign
    ) -> None:
        """Deleting a function leaves what somebody else has under a name of its resources."""
        changed = self._changed_by(
            environment, jobs, foreign, lambda config: environment.delete_function(config.function_name)
        )
        assert not changed, unlike("a deletion deletes nothing of another owner; it did delete", changed)

    def _changed_by(
        self,
        environment: CloudEnvironment,
        jobs: ModuleType,
        foreign: MakeForeign,
        change: Callable[[CloudFunctionConfig], object],
    ) -> list[str]:
        """The keys of what another owner had and that is no longer as before; each has a function of its own."""
        schedules = self.schedules(environment, 1)
        count = len(environment.plan_function(jobs.report, self.config(schedules=schedules), []).actions)
        made, changed = 0, []
        for number in range(count):
            config = self.config(f"job-{number}", schedules=schedules)
            key = environment.plan_function(jobs.report, config, []).actions[number].key
            read = foreign(environment, key)
            if read is not None:
                made, before = made + 1, read()
                change(config)
                changed += [] if read() == before else [str(key)]
        if not made:
            pytest.skip("nobody else can have anything under the names of a deployment here")
        return changed
