"""Names: long ones, near ones, and those that try to get out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.testing.conformance.effects import changes
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike

_LIMIT = "function_name_characters"
_NEIGHBOURS = ("job", "job-2", "job_2", "jobs")
_HOSTILE = (
    ".",
    "..",
    "../job",
    "job/..",
    "/tmp/job",  # noqa: S108 - a name, not a file
    "-rf",
    "a b",
    "$(id)",
    "a;id",
    "a'b",
    'a"b',
    "a|b",
    "%s",
    "*",
    "CON",
    "größe",
    "レポート",
    "n" * 300,
)


@changes
class NameChecks(Harness):
    """Whatever is a name works from end to end; whatever is none is refused before anything happens."""

    def test_the_longest_name_works(
        self, environment: CloudEnvironment, jobs: ModuleType, look: Callable[[], Any]
    ) -> None:
        """A name of the length that ``limits`` promises works with a schedule."""
        before, name = look(), "n" * self._longest()
        self.deploy(environment, jobs.report, name, schedules=self.schedules(environment, 1))
        assert self.names(environment) == [name], unlike("the longest name is listed", self.names(environment))
        environment.delete_function(name).raise_for_error()
        assert look() == before, unlike("nothing is left of it", look())

    def test_a_longer_name_is_refused(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """One character more is a problem of ``function_name``."""
        result = environment.deploy_function(jobs.report, self.config("n" * (self._longest() + 1)), [])
        assert not result.success and "function_name" in str(result.error), unlike(
            f"check_function refuses function_name with more than {self._longest()} characters", result
        )

    def test_names_that_begin_alike_are_apart(
        self, environment: CloudEnvironment, jobs: ModuleType, options: Mapping[str, Any]
    ) -> None:
        """Deleting one leaves the others as they were."""
        schedules = self.schedules(environment, 1)
        names = [name for name in _NEIGHBOURS if self.is_name(options, name)]
        for name in names:
            self.deploy(environment, jobs.report, name, schedules=schedules)
        environment.delete_function("job").raise_for_error()
        touched = [
            name
            for name in names[1:]
            if not environment.plan_function(jobs.report, self.config(name, schedules=schedules), []).is_empty
        ]
        assert not touched, unlike(f"deleting 'job' touches none of {names[1:]}; it did touch", touched)

    @pytest.mark.parametrize("name", _HOSTILE, ids=ascii)
    def test_a_hostile_name_is_refused_or_works(
        self, environment: CloudEnvironment, jobs: ModuleType, look: Callable[[], Any], name: str
    ) -> None:
        """Either ``check_function`` refuses it and nothing changes, or it works and can be deleted."""
        before = look()
        result = environment.deploy_function(jobs.report, self.config(name), [])
        if result.success:
            assert self.names(environment) == [name], unlike("it is listed as it was given", self.names(environment))
            environment.delete_function(name).raise_for_error()
        else:
            assert "function_name" in str(result.error), unlike("it is refused as a function_name", result)
        assert look() == before, unlike("nothing is left of it", look())

    def test_what_can_have_no_such_name_is_deleted(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Deleting under a hostile name succeeds, and finds nothing to delete."""
        self.deploy(environment, jobs.report)
        deletions = {name: environment.delete_function(name) for name in _HOSTILE}
        wrong = [name for name, deletion in deletions.items() if not deletion.success or deletion.deleted]
        assert not wrong, unlike("there is nothing to delete under a hostile name; there was under", wrong)
        assert self.names(environment) == ["job"], unlike("what is there stays", self.names(environment))

    def _longest(self) -> int:
        longest = self.info.limits.get(_LIMIT)
        if longest is None:
            pytest.skip(f"the limits of the provider {self.provider!r} do not have {_LIMIT!r}")
        return longest
