"""Versions and the way back to them."""

from __future__ import annotations

from types import ModuleType

import pytest

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.errors import FunctionNotFoundError, OperationError
from taskflows_cloud_core.testing.conformance.effects import changes
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike


@changes
class VersionChecks(Harness):
    """``list_versions`` and ``rollback_function``, for providers with the capability ``"rollback"``."""

    def test_versions_are_listed_newest_first(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The newest stands first, with the digest of its package."""
        digests = self._deploy_two(environment, jobs)
        listed = [version.package_sha256 for version in environment.list_versions("job")]
        assert listed[:2] == digests[::-1], unlike(f"versions are listed newest first: {digests[::-1]}", listed)

    def test_one_version_is_live(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """It is the one that was deployed last."""
        digests = self._deploy_two(environment, jobs)
        live = [version.package_sha256 for version in environment.list_versions("job") if version.is_live]
        assert live == digests[1:], unlike(f"one version is live, that of the last deployment, {digests[1]}", live)

    def test_rolling_back_makes_the_older_code_live(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Without a version it is the one before."""
        digests = self._deploy_two(environment, jobs)
        version = environment.rollback_function("job")
        live = [one.package_sha256 for one in environment.list_versions("job") if one.is_live]
        seen = (version.package_sha256, live)
        assert seen == (digests[0], digests[:1]), unlike("after a rollback the version before is the live one", seen)

    def test_the_older_code_runs_after_a_rollback(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """What is live is what runs."""
        self.need("rollback", "invoke")
        self._deploy_two(environment, jobs)
        environment.rollback_function("job")
        value = environment.invoke_function("job", {}).value
        assert value == {"answer": 42, "event": {}}, unlike("after a rollback the older code runs", value)

    def test_deploying_after_a_rollback_goes_forward_again(
        self, environment: CloudEnvironment, jobs: ModuleType
    ) -> None:
        """The code that was rolled back from is a change, and can be deployed again."""
        digests = self._deploy_two(environment, jobs)
        environment.rollback_function("job")
        self.deploy(environment, jobs.other)
        live = [one.package_sha256 for one in environment.list_versions("job") if one.is_live]
        assert live == digests[1:], unlike("deploying after a rollback makes the newer code live again", live)

    @pytest.mark.parametrize("version", [None, "no-such-version"])
    def test_a_version_that_is_not_there_is_refused(
        self, environment: CloudEnvironment, jobs: ModuleType, version: str | None
    ) -> None:
        """Neither an unknown version nor one before the first."""
        self.need("rollback")
        self.deploy(environment, jobs.report)
        try:
            seen: object = environment.rollback_function("job", version)
        except FunctionNotFoundError as error:
            seen = error
        except OperationError:
            return
        pytest.fail(unlike("rolling back to a version that is not there raises OperationError", seen))

    def _deploy_two(self, environment: CloudEnvironment, jobs: ModuleType) -> list[str]:
        """Deploy two codes; the digests of their packages, older first."""
        self.need("rollback")
        digests = []
        for function in (jobs.report, jobs.other):
            plan = self.deploy(environment, function).plan
            assert plan is not None and plan.package is not None, unlike("the plan has the package", plan)
            digests.append(plan.package.sha256)
        return digests
