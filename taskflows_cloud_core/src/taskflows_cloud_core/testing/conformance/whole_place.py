"""Places with many functions, with other readers, and with functions that cannot start."""

from __future__ import annotations

from types import ModuleType

import pytest

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.testing.conformance.effects import changes, reads, runs
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike
from taskflows_cloud_core.testing.conformance.readings import CannotStart, MakeMany, ReadTexts

_SECRET = "conformance-secret-5c19d2"  # noqa: S105 - it only plays one


@reads
class WholePlaceChecks(Harness):
    """For a harness with the fixtures ``many``, ``texts_others_can_read`` and ``cannot_start``."""

    @changes
    def test_every_page_is_listed(self, environment: CloudEnvironment, many: MakeMany) -> None:
        """More functions than the place lists at once."""
        wanted = sorted(many(environment, self.more_than_a_page))
        seen = sorted(self.names(environment))
        assert seen == wanted, unlike(f"all {len(wanted)} functions are listed", f"{len(seen)}: {seen[:3]} …")

    def test_no_value_stands_where_others_read(
        self, environment: CloudEnvironment, jobs: ModuleType, texts_others_can_read: ReadTexts
    ) -> None:
        """Values of environment variables are for the function, and for those who may read all of it."""
        settings = self.honoured_or_skip(environment_variables={"TOKEN": _SECRET})
        self.deploy(environment, jobs.report, schedules=self.schedules(environment, 1), **settings)
        shown = [text for text in texts_others_can_read(environment, "job") if _SECRET in text]
        assert not shown, unlike("no value stands where more can read it than the function", shown[:1])

    @runs
    def test_what_cannot_start_is_reported(self, environment: CloudEnvironment, cannot_start: CannotStart) -> None:
        """The deployment, or the run, fails with the reason."""
        result = cannot_start(environment, "job")
        if not result.success:
            assert result.error, unlike("a deployment that fails has a reason", result)
            return
        if "invoke" not in self.info.capabilities:
            pytest.fail(unlike("the deployment of what can never start fails with the reason", result))
        try:
            run = environment.invoke_function("job")
        except OperationError as raised:
            ok, reason = False, str(raised)
        else:
            ok, reason = run.ok, run.error or ""
        assert not ok and reason, unlike("the run of what can never start fails with the reason", (ok, reason))
