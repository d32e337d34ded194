"""The conformance suite itself: what authors can leave out, and what is skipped."""

from __future__ import annotations

import pytest

from taskflows_cloud_core.provider_info import CAPABILITIES
from taskflows_cloud_core.testing import ProviderConformance
from taskflows_cloud_core.testing.conformance.capabilities import _ASK
from taskflows_cloud_core.testing.conformance.harness import Harness

pytest_plugins = ["pytester"]

SUITE = """
from taskflows_cloud_core.testing import ProviderConformance

class TestMemory(ProviderConformance):
    provider = "memory"
    left_out = {{{left_out}}}
"""


def run(pytester: pytest.Pytester, left_out: str) -> pytest.RunResult:
    pytester.makepyfile(test_it=SUITE.format(left_out=left_out))
    return pytester.runpytest_subprocess("-q", "-rs", "-k", "title", "-p", "no:cacheprovider")


def test_a_check_that_is_left_out_is_skipped_with_the_reason(pytester: pytest.Pytester) -> None:
    result = run(pytester, '"test_it_has_a_title_for_people": "there are no people here"')
    assert result.parseoutcomes()["skipped"] == 1
    result.stdout.fnmatch_lines(["*left out by TestMemory: there are no people here"])


def test_leaving_out_what_is_no_check_is_an_error(pytester: pytest.Pytester) -> None:
    result = run(pytester, '"test_it_has_a_titel": "a slip"')
    result.stdout.fnmatch_lines(["*left_out names what is no check: test_it_has_a_titel"])
    assert result.ret != 0


def test_every_capability_is_asked_for() -> None:
    """A capability that core knows is checked: by its operation, or by a check of its own."""
    without_operation = {"seconds", "timezones"}
    assert set(_ASK) == set(CAPABILITIES) - without_operation


def test_two_sets_of_checks_must_not_hide_each_other() -> None:
    class First(Harness):
        def _helper(self) -> int:
            return 1

    class Second(Harness):
        def _helper(self) -> int:
            return 2

    with pytest.raises(TypeError, match="First and Second both define '_helper': one hides the other"):
        type("Both", (First, Second), {})


def test_the_number_of_checks() -> None:
    checks = [name for name in dir(ProviderConformance) if name.startswith("test_")]
    assert len(checks) >= 100
    assert all((getattr(ProviderConformance, name).__doc__ or "").strip() for name in checks)
