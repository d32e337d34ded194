"""Packages: the same every time, as they say of themselves, and complete."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from types import ModuleType
from typing import Any

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.testing.conformance.effects import reads
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike

_SECRET = "conformance-secret-5f1d9c"  # noqa: S105 - it only plays one


@reads
class PackagingChecks(Harness):
    """``package_function``, seen through the plans that hold its packages."""

    def test_a_plan_holds_the_package(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The code that is to be deployed goes with the plan."""
        plan = environment.plan_function(jobs.report, self.config(), [])
        assert isinstance(plan.package, Package), unlike("Plan.package is the code that the actions need", plan.package)

    def test_a_package_is_the_same_every_time(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Equal input makes an equal archive."""
        digests = {self._package(environment, jobs.report).sha256 for _ in range(2)}
        assert len(digests) == 1, unlike("packaging the same again gives the same sha256", digests)

    def test_other_code_makes_another_package(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The digest tells one code from another."""
        digests = {self._package(environment, function).sha256 for function in (jobs.report, jobs.other)}
        assert len(digests) == 2, unlike("two functions have packages with two digests", digests)

    def test_a_package_has_the_digest_that_it_says(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """``sha256`` and ``size`` are those of the archive on disk."""
        package = self._package(environment, jobs.report)
        archive = package.path.read_bytes()
        seen, said = (hashlib.sha256(archive).hexdigest(), len(archive)), (package.sha256, package.size)
        assert seen == said, unlike(f"the archive has the sha256 and the size that the package says, {said}", seen)

    def test_a_package_has_the_contents_that_it_says(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """``contents`` is what is in the archive."""
        package = self._package(environment, jobs.report)
        said = {file.path for file in package.contents}
        if not zipfile.is_zipfile(package.path):
            assert said, unlike("Package.contents lists the files", said)
            return
        inside = {name for name in zipfile.ZipFile(package.path).namelist() if not name.endswith("/")}
        assert said == inside, unlike("Package.contents is what is in the archive; different are", said ^ inside)

    def test_a_package_holds_the_users_modules(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The module of the function and those that it imports go along."""
        paths = {file.path for file in self._package(environment, jobs.report).contents}
        helper = jobs.answer.__module__
        missing = {f"{name}.py" for name in (jobs.__name__, helper)} - paths
        assert not missing, unlike(f"the package holds the user's modules; {missing} missing in", paths)

    def test_a_package_holds_the_files_to_include(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """``include_files`` keep their place."""
        plan = environment.plan_function(jobs.report, self.config(include_files=["table.csv"]), [])
        paths = {file.path for file in plan.package.contents} if plan.package else set()
        assert "table.csv" in paths, unlike("include_files=['table.csv'] puts that file into the package", paths)

    def test_a_package_holds_no_environment_value(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Variables are settings of the function, not a part of its code."""
        config = self.config(environment_variables={"TOKEN": _SECRET})
        plan = environment.plan_function(jobs.report, config, [])
        found = [name for name, data in _members(plan.package) if _SECRET.encode() in data]
        assert not found, unlike("no environment value is in the package; one is in", found)

    def _package(self, environment: CloudEnvironment, function: Callable[..., Any]) -> Package:
        package = environment.plan_function(function, self.config(), []).package
        assert package is not None, unlike("Plan.package is the code that the actions need", package)
        return package


def _members(package: Package | None) -> list[tuple[str, bytes]]:
    if package is None:
        return []
    if not zipfile.is_zipfile(package.path):
        return [(package.path.name, package.path.read_bytes())]
    with zipfile.ZipFile(package.path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]
