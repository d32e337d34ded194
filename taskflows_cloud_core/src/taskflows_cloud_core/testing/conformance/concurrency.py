"""Several deployments at once, by one person and by two."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.progress import ProgressEvent
from taskflows_cloud_core.testing.conformance.effects import changes
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike

_MANY = 4


@changes
class ConcurrencyChecks(Harness):
    """``deploy_many``, and two deployers of one function."""

    def test_many_functions_are_deployed_side_by_side(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """All are there, each with its own configuration."""
        wanted = {f"job-{number}": f"number {number}" for number in range(_MANY)}
        pairs = [(jobs.report, self.config(name, description=text)) for name, text in wanted.items()]
        results = environment.deploy_many(pairs, [])
        failed = [result.error for result in results if not result.success]
        assert not failed, unlike("deploy_many deploys all", failed)
        found = {name: environment.describe_function(name).config.description for name in self.names(environment)}
        assert found == wanted, unlike(f"each function has its own configuration, {wanted}", found)

    def test_a_success_holds_although_somebody_else_deployed(
        self, environment: CloudEnvironment, another: CloudEnvironment, jobs: ModuleType
    ) -> None:
        """With one deployment between plan and apply of the other, whoever ends with a success has what they wanted."""
        ours, theirs = self._two_wishes(environment)

        def deploy_theirs(event: ProgressEvent) -> None:
            if (event.stage, event.status) == ("plan", "succeeded"):
                another.deploy_function(jobs.other, self.config(**theirs), [])

        result = environment.deploy_function(jobs.report, self.config(**ours), [], progress=deploy_theirs)
        plan = environment.plan_function(jobs.report, self.config(**ours), [])
        assert plan.is_empty or not result.success, unlike(
            "a deployment that says it succeeded has left nothing to do, also when another one came between its plan "
            "and its actions",
            plan,
        )

    def test_running_again_after_a_race_gives_the_wanted_state(
        self,
        environment: CloudEnvironment,
        another: CloudEnvironment,
        jobs: ModuleType,
        look: Callable[[], Any],
    ) -> None:
        """Two at the same time, then one again: its state is there; and a deletion finds everything."""
        before = look()
        ours, theirs = self._two_wishes(environment)
        with ThreadPoolExecutor(2) as pool:
            racing = [
                pool.submit(environment.deploy_function, jobs.report, self.config(**ours), []),
                pool.submit(another.deploy_function, jobs.other, self.config(**theirs), []),
            ]
        silent = [future.result() for future in racing if not future.result().success and not future.result().error]
        assert not silent, unlike("who loses a race is told so in the result", silent)
        self.deploy(environment, jobs.report, **ours)
        plan = environment.plan_function(jobs.report, self.config(**ours), [])
        assert plan.is_empty, unlike("deploying again after a race gives the wanted state", plan)
        environment.delete_function("job").raise_for_error()
        assert look() == before, unlike("after a race and a deletion nothing is left", look())

    def _two_wishes(self, environment: CloudEnvironment) -> tuple[dict[str, Any], dict[str, Any]]:
        first, second = self.schedules(environment, 2)
        return {"description": "One", "schedules": [first]}, {"description": "Another", "schedules": [second]}
