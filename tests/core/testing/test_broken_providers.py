"""The conformance suite bites: each provider that breaks one promise fails the check meant for it, and no other."""

from __future__ import annotations

import re
from collections.abc import Callable

# It replaces a finder of the interpreter when it is first imported, which must not happen inside of a run that is
# undone afterwards.
import importlib_metadata  # noqa: F401
import pytest
from broken_providers import ALL, NAME, Broken

from taskflows_cloud_core import CloudFunctionConfig
from taskflows_cloud_core.testing import MemoryCloud, ProviderConformance

pytest_plugins = ["pytester"]

SUITE = """
import pytest
from taskflows_cloud_core.testing import MemoryCloud, ProviderConformance

class TestBroken(ProviderConformance):
    provider = "broken"

    @pytest.fixture
    def options(self):
        with MemoryCloud() as cloud:
            yield {"place": cloud.place}
"""
Failures = Callable[..., list[str]]
# `nox -s sweep` runs them all.
SAMPLE = sorted(ALL)[::15]


@pytest.fixture(scope="session", autouse=True)
def _everything_is_imported() -> None:
    """Runs inside of this process forget what they import; so nothing is left to be imported there."""
    with MemoryCloud() as cloud:
        config = CloudFunctionConfig(function_name="job", schedules=["Mon 09:00"])
        cloud.environment.deploy_function(answer, config).raise_for_error()
        cloud.environment.invoke_function("job")
        cloud.environment.get_function_logs("job")


def answer() -> int:
    return 42


@pytest.fixture
def failures(pytester: pytest.Pytester) -> Failures:
    """Offer a provider by an entry point, run the suite on it, and name the checks that fail."""

    def run(kind: type[Broken], check: str = "") -> list[str]:
        info = pytester.path / "broken_provider-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-provider\nVersion: 1.0\n")
        # An entry point names an object; this one is made by calling the class, in a module of its own.
        (pytester.path / "broken_provider.py").write_text(
            f"import broken_providers\nprovider = broken_providers.ALL[{kind.__name__!r}]()\n"
        )
        (info / "entry_points.txt").write_text(f"[taskflows_cloud.providers]\n{NAME} = broken_provider:provider\n")
        pytester.syspathinsert()
        suite = pytester.makepyfile(test_suite=SUITE)
        chosen = f"{suite}::TestBroken::{check}" if check else str(suite)
        result = pytester.inline_run(chosen, "-q", "-p", "no:cacheprovider")
        passed, _, failed = result.listoutcomes()
        assert passed or failed, "no check ran"
        return sorted(report.nodeid.split("::", 2)[2] for report in failed)

    return run


@pytest.mark.parametrize("name", ALL)
def test_the_check_that_is_meant_for_it_fails(name: str, failures: Failures) -> None:
    kind = ALL[name]
    assert failures(kind, kind.FAILS) == [kind.FAILS]


@pytest.mark.parametrize(
    "name",
    [
        *(pytest.param(name, marks=pytest.mark.slow) for name in SAMPLE),
        *(pytest.param(name, marks=pytest.mark.sweep) for name in ALL if name not in SAMPLE),
    ],
)
def test_no_other_check_fails(name: str, failures: Failures) -> None:
    kind = ALL[name]
    assert failures(kind) == [kind.FAILS]


def test_there_are_many_and_each_has_a_check_of_its_own() -> None:
    checks = [kind.FAILS for kind in ALL.values()]
    assert len(checks) >= 25
    assert len(set(checks)) == len(checks)
    assert all(hasattr(ProviderConformance, check.partition("[")[0]) for check in checks)


def test_a_failure_tells_the_contract_and_what_was_seen(pytester: pytest.Pytester, failures: Failures) -> None:
    kind = ALL["ListsUnsorted"]
    assert failures(kind, kind.FAILS) == [kind.FAILS]
    told = pytester.runpytest_inprocess("-q", "-k", "sorted_by_name", "-p", "no:cacheprovider").stdout.str()
    assert re.search(r"the contract:  list_functions is sorted by name\n", told), told
    assert re.search(r"what was seen: \['job-c', 'job-b', 'job-a'\]", told), told
