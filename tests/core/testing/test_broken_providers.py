"""The conformance suite bites: each provider that breaks one promise fails the check meant for it,
and no other but those that are listed."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatch
from typing import Any

# It replaces a finder of the interpreter when it is first imported, which must not happen inside of a run that is
# undone afterwards.
import importlib_metadata  # noqa: F401
import pytest
from broken_providers import ALL, BY_CLOCK, NAME, Broken, Sound, TakesNoUnderscores

from taskflows_cloud_core import CloudFunctionConfig
from taskflows_cloud_core.testing import MemoryCloud, ProviderConformance

pytest_plugins = ["pytester"]

SUITE = """
from broken_providers import BrokenConformance

class TestBroken(BrokenConformance):
    pass
"""
Failures = Callable[..., list[str]]
# `nox -s sweep` runs them all.
NAMES = sorted(ALL)
WHOLE_SAMPLE, SAMPLE = NAMES[::30], NAMES[::2]


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
            f"import {kind.__module__} as module\nprovider = module.{kind.__name__}()\n"
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


def sampled(names: list[str], mark: pytest.MarkDecorator | None = None) -> list[Any]:
    """All names; those outside of a sample are for the sweep."""
    marks = [] if mark is None else [mark]
    return [pytest.param(name, marks=marks if name in names else pytest.mark.sweep) for name in NAMES]


@pytest.mark.parametrize("name", sampled(SAMPLE))
def test_the_check_that_is_meant_for_it_fails(name: str, failures: Failures) -> None:
    kind = ALL[name]
    assert failures(kind, kind.FAILS) == [kind.FAILS]


@pytest.mark.parametrize("name", sampled(WHOLE_SAMPLE, pytest.mark.slow))
def test_no_other_check_fails(name: str, failures: Failures) -> None:
    kind = ALL[name]
    found = failures(kind)
    assert kind.FAILS in found
    others = [check for check in found if check != kind.FAILS]
    assert not [check for check in others if not any(fnmatch(check, pattern) for pattern in kind.MAY_FAIL)]


@pytest.mark.slow
def test_no_check_fails_where_nothing_is_broken(failures: Failures) -> None:
    assert failures(Sound) == []


def test_neighbours_that_are_no_names_are_left_out(failures: Failures) -> None:
    assert failures(TakesNoUnderscores, "test_names_that_begin_alike_are_apart") == []


def test_there_are_many_and_each_has_a_check_that_is_meant_for_it() -> None:
    checks = {kind.FAILS for kind in ALL.values()}
    assert len(ALL) >= 90
    assert len(BY_CLOCK) >= 28
    assert len(checks) >= 85
    assert all(hasattr(ProviderConformance, check.partition("[")[0]) for check in checks)


def test_a_failure_tells_the_contract_and_what_was_seen(pytester: pytest.Pytester, failures: Failures) -> None:
    kind = ALL["ListsUnsorted"]
    assert failures(kind, kind.FAILS) == [kind.FAILS]
    told = pytester.runpytest_inprocess("-q", "-k", "sorted_by_name", "-p", "no:cacheprovider").stdout.str()
    assert re.search(r"the contract:  list_functions is sorted by name\n", told), told
    assert re.search(r"what was seen: \['job-c', 'job-b', 'job-a'\]", told), told
